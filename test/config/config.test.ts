import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/config/config.ts";
import type { Variables } from "../../src/config/variables.ts";

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
        dnsOrigins: [],
        serviceRanges: [{ network: { text: "10.96.0.0" }, prefixLength: 12 }],
        homeRegion: undefined,
        limits: { quotas: {}, concurrency: { lists: 0, writes: 0 }, watchesPerIdentity: 0 },
        audit: false,
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

  it("takes numbers that wrangler.toml holds without quotes", () => {
    const unquoted = { DNS_TTL: 30, CONCURRENT_LISTS: 4, PROBE_DENY_PORTS: 25 } as unknown as Variables;
    const quoted = { DNS_TTL: "30", CONCURRENT_LISTS: "4", PROBE_DENY_PORTS: "25" };
    expect(parseConfig(unquoted)).toEqual(parseConfig(quoted));
  });

  it("takes quotas as ResourceQuota writes them", () => {
    const parsed = parseConfig({ NAMESPACE_QUOTA: "pods=5000, count/leases.coordination.k8s.io=100,*=20000" });
    const quotas = { pods: 5000, "leases.coordination.k8s.io": 100, "*": 20_000 };
    expect(parsed).toMatchObject({ ok: true, config: { limits: { quotas } } });
  });

  it("keeps probes away from names, ranges, ports, and Rollcall's own addresses", () => {
    const parsed = parseConfig({
      DNS_NS_ADDRESSES: "2001:db8::53",
      PROBE_DENY: "Rollcall.Example., 198.51.100.0/24",
      PROBE_DENY_PORTS: "25,6000-6063",
      ROLLCALL_PORTS: "8787",
    });
    const probePolicy = {
      deny: [
        { range: { network: { text: "2001:db8::53" }, prefixLength: 128 }, kind: "Rollcall's own" },
        { range: { network: { text: "198.51.100.0" }, prefixLength: 24 }, kind: "denied by PROBE_DENY" },
      ],
      denyNames: ["rollcall.example"],
      denyPorts: [
        { first: 25, last: 25 },
        { first: 6000, last: 6063 },
      ],
      ownPorts: [8787],
    };
    expect(parsed).toMatchObject({ ok: true, config: { probePolicy } });
  });

  it.each<Variables>([
    { DNS_STALE_SECONDS: "", DNS_UPSTREAM: "", DNS_NS_ADDRESSES: "", DNS_CORS: "" },
    { HOME_REGION: "", NAMESPACE_QUOTA: "", CONCURRENT_LISTS: "", CONCURRENT_WRITES: "", WATCHES_PER_IDENTITY: "" },
    { ACCESS_TEAM_DOMAIN: "", ACCESS_AUDIENCE: "", ACCESS_GROUPS: "", TOKEN_KEYS: "", ROLLCALL_ADMIN_TOKEN: "" },
    { AUDIT: "", PROBE_ALLOW: "", PROBE_DENY: "" },
  ])("takes %j for not set", (variables) => {
    expect(parseConfig(variables)).toEqual(parseConfig({}));
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

  it.each<[Variables, string]>([
    [{ TOKEN_KEYS: "c2hvcnQ=" }, "TOKEN_KEYS: key 1 must be at least 32 random octets in base64"],
    [{ ACCESS_AUDIENCE: "tag" }, "ACCESS_TEAM_DOMAIN and ACCESS_AUDIENCE must be set together"],
    [{ ACCESS_TEAM_DOMAIN: "team.example" }, "ACCESS_TEAM_DOMAIN and ACCESS_AUDIENCE must be set together"],
    [
      { ACCESS_TEAM_DOMAIN: "https://team.example", ACCESS_AUDIENCE: "tag" },
      'ACCESS_TEAM_DOMAIN must be a host name such as example.cloudflareaccess.com, not "https://team.example"',
    ],
    [
      { ACCESS_TEAM_DOMAIN: "team.example", ACCESS_AUDIENCE: "tag", ACCESS_GROUPS: "ours, system:masters" },
      'ACCESS_USER_PREFIX and ACCESS_GROUPS may not begin with system:, as "system:masters" does',
    ],
    [
      { ACCESS_TEAM_DOMAIN: "team.example", ACCESS_AUDIENCE: "tag", ACCESS_USER_PREFIX: "system:" },
      'ACCESS_USER_PREFIX and ACCESS_GROUPS may not begin with system:, as "system:" does',
    ],
    [{ DNS_ZONES: "" }, 'DNS_ZONES: "" is not the name of a zone'],
    [{ DNS_ZONES: "a..b" }, 'DNS_ZONES: "a..b" is not the name of a zone'],
    [{ DNS_ZONES: "10.in-addr.arpa" }, "DNS_ZONES: the first zone must be the cluster domain"],
    [{ DNS_TTL: "3601" }, 'DNS_TTL must be a whole number of seconds from 0 to 3600, not "3601"'],
    [{ DNS_TTL: "-1" }, 'DNS_TTL must be a whole number of seconds from 0 to 3600, not "-1"'],
    [{ DNS_TTL: "5s" }, 'DNS_TTL must be a whole number of seconds from 0 to 3600, not "5s"'],
    [{ DNS_TTL: "" }, 'DNS_TTL must be a whole number of seconds from 0 to 3600, not ""'],
    [{ DNS_STALE_SECONDS: "86401" }, 'DNS_STALE_SECONDS must be a whole number from 0 to 86400, not "86401"'],
    [{ DNS_PODS: "maybe" }, 'DNS_PODS must be disabled, insecure or verified, not "maybe"'],
    [{ DNS_NS_ADDRESSES: "ns.example.com" }, 'DNS_NS_ADDRESSES: "ns.example.com" is no IP address'],
    [{ DNS_CHOICES: "yes" }, 'DNS_CHOICES must be on or off, not "yes"'],
    [{ DNS_ACCESS: "anyone" }, 'DNS_ACCESS must be token or public, not "anyone"'],
    [
      { DNS_UPSTREAM: "https://dns.example/dns-query", DNS_ACCESS: "public" },
      "DNS_UPSTREAM is for callers with a token: it needs DNS_ACCESS=token",
    ],
    [{ DNS_UPSTREAM: "dns.example" }, "DNS_UPSTREAM is no URL"],
    [{ DNS_UPSTREAM: "http://dns.example/" }, "DNS_UPSTREAM must begin with https://"],
    [
      { DNS_UPSTREAM: "https://192.0.2.53/" },
      "DNS_UPSTREAM must name its host, since a Worker cannot fetch from an address",
    ],
    [
      { DNS_UPSTREAM: "https://[2001:db8::53]/" },
      "DNS_UPSTREAM must name its host, since a Worker cannot fetch from an address",
    ],
    [{ DNS_UPSTREAM: "https://me:secret@dns.example/" }, "DNS_UPSTREAM must be without a user and a password"],
    [{ DNS_UPSTREAM: "https://dns.example/?dns=AAAA" }, "DNS_UPSTREAM must be without the variable dns"],
    [
      { DNS_CORS: "https://app.example/" },
      'DNS_CORS: "https://app.example/" is neither * nor an origin such as https://app.example.com',
    ],
    [{ SERVICE_CIDRS: "10.0.0.0" }, 'SERVICE_CIDRS: "10.0.0.0" is no address range such as 10.0.0.0/8'],
    [{ SERVICE_CIDRS: "10.0.0.0/8,11.0.0.0/8" }, "SERVICE_CIDRS must hold at most one range per address family"],
    [{ SERVICE_CIDRS: " , " }, "SERVICE_CIDRS must hold at least one range"],
    [{ HOME_REGION: "mars" }, 'HOME_REGION must be one of wnam, enam, sam, weur, eeur, apac, oc, afr, me, not "mars"'],
    [{ NAMESPACE_QUOTA: "pods" }, 'NAMESPACE_QUOTA: "pods" is no quota such as pods=5000 or *=20000'],
    [{ NAMESPACE_QUOTA: "pods=-1" }, 'NAMESPACE_QUOTA: "pods=-1" is no quota such as pods=5000 or *=20000'],
    [{ CONCURRENT_LISTS: "many" }, 'CONCURRENT_LISTS must be a whole number from 0 to 10000, not "many"'],
    [{ CONCURRENT_WRITES: "1.5" }, 'CONCURRENT_WRITES must be a whole number from 0 to 10000, not "1.5"'],
    [{ WATCHES_PER_IDENTITY: "30001" }, 'WATCHES_PER_IDENTITY must be a whole number from 0 to 30000, not "30001"'],
    [{ AUDIT: "true" }, 'AUDIT must be on or off, not "true"'],
    [{ PROBE_ALLOW: "localhost" }, 'PROBE_ALLOW: "localhost" is no address range such as 10.0.0.0/8'],
    [{ PROBE_DENY: "127.1" }, 'PROBE_DENY: "127.1" is neither an address range such as 10.0.0.0/8 nor a host name'],
    [{ PROBE_DENY_PORTS: "9-3" }, 'PROBE_DENY_PORTS: "9-3" is neither a port such as 25 nor a range such as 6000-6063'],
    [
      { PROBE_DENY_PORTS: "25, 66000" },
      'PROBE_DENY_PORTS: "66000" is neither a port such as 25 nor a range such as 6000-6063',
    ],
  ])("is refused for %j", (variables, error) => {
    expect(parseConfig(variables)).toEqual({ ok: false, errors: [error] });
  });

  it("is refused for everything that is wrong at once", () => {
    const parsed = parseConfig({ DNS_TTL: "", PROBE_ALLOW: "a,10.0.0.0/8,b", SERVICE_CIDRS: "" });
    expect(parsed.ok ? [] : parsed.errors).toHaveLength(4);
  });
});
