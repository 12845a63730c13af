import { describe, expect, it } from "vitest";
import { parseConfig, type Variables } from "../src/config.ts";

describe("the configuration", () => {
  it("has defaults for everything, and lets nobody in", () => {
    expect(parseConfig({})).toMatchObject({
      ok: true,
      config: {
        access: { open: false, adminToken: undefined, tokenKeys: [], cloudflareAccess: undefined },
        dns: {
          zones: { primary: { name: ["cluster", "local"] } },
          ttlSeconds: 5,
          staleSeconds: 0,
          podRecords: "verified",
          nameServerAddresses: [],
          choices: true,
          upstreamUrl: undefined,
        },
        dnsAccess: "token",
        serviceRanges: [{ network: { text: "10.96.0.0" }, prefixLength: 12 }],
        quotas: {},
        probePolicy: { allow: [], deny: [], denyNames: [], denyPorts: [{ first: 25, last: 25 }], ownPorts: [] },
      },
    });
  });

  it("prefers a token to open access", () => {
    const parsed = parseConfig({ ROLLCALL_ADMIN_TOKEN: "secret", ROLLCALL_OPEN: "true" });
    expect(parsed).toMatchObject({ config: { access: { open: false, adminToken: "secret" } } });
  });

  it("takes several zones and ranges, with blanks and final dots", () => {
    const parsed = parseConfig({
      DNS_ZONES: "Cluster.Local., 96.10.in-addr.arpa",
      SERVICE_CIDRS: "10.96.0.0/16 , fd00::/112",
      DNS_NS_ADDRESSES: "192.0.2.53, 2001:DB8::53",
    });
    expect(parsed).toMatchObject({
      ok: true,
      config: {
        dns: {
          zones: { primary: { name: ["cluster", "local"] }, all: { length: 2 } },
          nameServerAddresses: [{ text: "192.0.2.53" }, { text: "2001:db8::53" }],
        },
      },
    });
  });

  it.each([
    ["", undefined],
    ["https://dns.example/dns-query", "https://dns.example/dns-query"],
    ["https://dns.example/dns-query{?dns}", "https://dns.example/dns-query"],
    ["https://DNS.example/of/me?x=1#part", "https://dns.example/of/me?x=1"],
    ["http://127.0.0.1:8053/dns-query", "http://127.0.0.1:8053/dns-query"],
    ["http://[::1]/", "http://[::1]/"],
  ])("takes the upstream %j", (text, upstreamUrl) => {
    const parsed = parseConfig({ DNS_UPSTREAM: text, DNS_ACCESS: "token" });
    expect(parsed).toMatchObject({ ok: true, config: { dns: { upstreamUrl } } });
  });

  it.each<[Variables, RegExp]>([
    [{ DNS_TTL: "3601" }, /DNS_TTL must be a whole number/],
    [{ DNS_TTL: "" }, /DNS_TTL/],
    [{ DNS_TTL: "5s" }, /DNS_TTL/],
    [{ DNS_ZONES: "" }, /DNS_ZONES: "" is not/],
    [{ DNS_ZONES: "a..b" }, /DNS_ZONES: "a..b" is not/],
    [{ DNS_PODS: "maybe" }, /DNS_PODS must be/],
    [{ DNS_ACCESS: "anyone" }, /DNS_ACCESS must be token or public/],
    [{ DNS_UPSTREAM: "https://dns.example/dns-query", DNS_ACCESS: "public" }, /DNS_UPSTREAM .* needs DNS_ACCESS=token/],
    [{ DNS_UPSTREAM: "dns.example", DNS_ACCESS: "token" }, /^DNS_UPSTREAM is no URL$/],
    [{ DNS_UPSTREAM: "http://dns.example/", DNS_ACCESS: "token" }, /^DNS_UPSTREAM must begin with https/],
    [{ DNS_UPSTREAM: "https://192.0.2.53/", DNS_ACCESS: "token" }, /^DNS_UPSTREAM must name its host/],
    [{ DNS_UPSTREAM: "https://[2001:db8::53]/", DNS_ACCESS: "token" }, /^DNS_UPSTREAM must name its host/],
    [{ DNS_UPSTREAM: "https://me:secret@dns.example/", DNS_ACCESS: "token" }, /^DNS_UPSTREAM must be without a user/],
    [{ DNS_UPSTREAM: "https://dns.example/?dns=AAAA", DNS_ACCESS: "token" }, /^DNS_UPSTREAM must be without the var/],
    [{ DNS_CHOICES: "yes" }, /DNS_CHOICES must be on or off, not "yes"/],
    [{ DNS_NS_ADDRESSES: "ns.example.com" }, /DNS_NS_ADDRESSES: "ns.example.com" is no IP address/],
    [{ SERVICE_CIDRS: "10.0.0.0" }, /SERVICE_CIDRS: "10.0.0.0" is no address range/],
    [{ SERVICE_CIDRS: "10.0.0.0/8,11.0.0.0/8" }, /at most one range per address family/],
    [{ SERVICE_CIDRS: " " }, /at least one range/],
    [{ HOME_REGION: "mars" }, /HOME_REGION must be one of wnam/],
    [{ ACCESS_AUDIENCE: "tag" }, /ACCESS_TEAM_DOMAIN and ACCESS_AUDIENCE must be set together/],
    [{ ACCESS_TEAM_DOMAIN: "https://team.example", ACCESS_AUDIENCE: "tag" }, /ACCESS_TEAM_DOMAIN must be a host name/],
    [
      { ACCESS_TEAM_DOMAIN: "team.example", ACCESS_AUDIENCE: "tag", ACCESS_GROUPS: "system:masters" },
      /may not begin with system:/,
    ],
    [{ TOKEN_KEYS: "c2hvcnQ=" }, /TOKEN_KEYS: key 1 must be at least 32 random octets/],
    [{ PROBE_ALLOW: "localhost" }, /PROBE_ALLOW: "localhost"/],
    [{ NAMESPACE_QUOTA: "pods" }, /NAMESPACE_QUOTA: "pods" is no quota/],
    [{ PROBE_DENY: "127.1" }, /PROBE_DENY: "127.1" is neither/],
    [{ PROBE_DENY_PORTS: "9-3" }, /PROBE_DENY_PORTS: "9-3" is neither/],
    [{ PROBE_DENY_PORTS: "66000" }, /PROBE_DENY_PORTS: "66000" is neither/],
  ])("%j is refused by name", (variables, error) => {
    const parsed = parseConfig(variables);
    expect(parsed.ok ? [] : parsed.errors).toEqual([expect.stringMatching(error)]);
  });
});
