import { describe, expect, it } from "vitest";
import { parseSettings, type Settings } from "../../src/local/settings.ts";

const configured = { DNS_ZONES: "cluster.local", DNS_TTL: "5", SERVICE_CIDRS: "10.96.0.0/12", PROBE_ALLOW: "" };

function settings(environment: Record<string, string>, ofWrangler = {}): Settings {
  const parsed = parseSettings({ ...configured, ...ofWrangler }, environment);
  if (!parsed.ok) throw new Error(parsed.errors.join("\n"));
  return parsed.settings;
}

function errors(environment: Record<string, string>): string[] {
  const parsed = parseSettings(configured, environment);
  return parsed.ok ? [] : parsed.errors;
}

describe("the settings of the local runtime", () => {
  it("are complete without any environment: loopback, open, swept every minute", () => {
    expect(settings({})).toMatchObject({ host: "127.0.0.1", port: 8787, cron: true, open: true });
    expect(settings({}).dataFolder).toMatch(/\/\.rollcall$/);
    expect(settings({}).variables).toMatchObject({ ...configured, PROBE_ALLOW: expect.any(String) as unknown });
  });

  it.each([
    [undefined, 5354],
    ["", 5354],
    ["53", 53],
    ["0", undefined],
  ])("take DNS_PORT=%s for %s", (text, dnsPort) => {
    expect(settings(text === undefined ? {} : { DNS_PORT: text }).dnsPort).toBe(dnsPort);
  });

  it.each([
    [{}, "public", 5354],
    [{ HOST: "::1" }, "public", 5354],
    [{ DNS_ACCESS: "token" }, "token", undefined],
    [{ HOST: "0.0.0.0", ROLLCALL_ADMIN_TOKEN: "secret" }, "token", undefined],
    [{ HOST: "0.0.0.0", ROLLCALL_ADMIN_TOKEN: "secret", DNS_ACCESS: "public" }, "public", 5354],
  ])("let programs of this machine ask DNS, and others by a token: %j", (environment, access, dnsPort) => {
    const ofWrangler = { DNS_ACCESS: "token", DNS_UPSTREAM: "https://dns.example/dns-query" };
    expect(settings(environment, ofWrangler)).toMatchObject({
      dnsPort,
      variables: { DNS_ACCESS: access, DNS_UPSTREAM: "" },
    });
  });

  it("take an upstream together with tokens, and plain DNS without", () => {
    const DNS_UPSTREAM = "https://dns.example/dns-query";
    expect(settings({ DNS_UPSTREAM, DNS_ACCESS: "token" }).variables).toMatchObject({ DNS_UPSTREAM });
    expect(errors({ DNS_UPSTREAM })).toEqual([expect.stringContaining("DNS_ACCESS=token")]);
    expect(errors({ DNS_ACCESS: "token", DNS_PORT: "53" })).toEqual([expect.stringContaining("DNS_ACCESS=public")]);
  });

  it("know the zones that plain DNS is for", () => {
    const { zones } = settings({ DNS_ZONES: "Cluster.local,96.10.in-addr.arpa" });
    expect(zones.map((zone) => zone.join(".")).sort()).toEqual(["96.10.in-addr.arpa", "cluster.local"]);
  });

  it.each([
    ["localhost", "127.0.0.1"],
    ["127.0.0.5", "127.0.0.5"],
    ["::1", "::1"],
    ["", "127.0.0.1"],
  ])("take HOST=%s for %s, which is open", (HOST, host) => {
    expect(settings({ HOST })).toMatchObject({ host, open: true, variables: { ROLLCALL_OPEN: "true" } });
  });

  it.each(["0.0.0.0", "::", "192.168.1.5", "::ffff:127.0.0.1"])("refuse %s without a token", (HOST) => {
    expect(errors({ HOST })).toEqual([expect.stringContaining("set HTTPS=1 or ROLLCALL_ADMIN_TOKEN")]);
    expect(errors({ HOST, ROLLCALL_ADMIN_TOKEN: "" })).toHaveLength(1);
    expect(settings({ HOST, ROLLCALL_ADMIN_TOKEN: "secret" }).open).toBe(false);
  });

  it.each([{ HTTPS: "0" }, { HTTPS: "" }, { HTTPS_NAMES: "rollcall.example" }])(
    "serve plain HTTP with %j",
    (environment) => {
      expect(settings(environment)).toMatchObject({ https: undefined, open: true });
    },
  );

  it("open the door to nobody over TLS, so that it may be reached from everywhere", () => {
    for (const HOST of ["127.0.0.1", "0.0.0.0"]) {
      const { https, open, variables } = settings({ HOST, HTTPS: "1", HTTPS_NAMES: " Rollcall.example, ::0001 ," });
      expect([https, open]).toEqual([{ names: ["rollcall.example", "::1"] }, false]);
      expect(variables).not.toHaveProperty("ROLLCALL_OPEN");
    }
  });

  it("never open the door for one who has a token, nor because the environment says so", () => {
    const { variables } = settings(
      { ROLLCALL_ADMIN_TOKEN: "secret", ROLLCALL_OPEN: "true" },
      { ROLLCALL_OPEN: "true" },
    );
    expect(variables).toMatchObject({ ROLLCALL_ADMIN_TOKEN: "secret" });
    expect(variables).not.toHaveProperty("ROLLCALL_OPEN");
  });

  it("serve the Worker of wrangler.toml, or another module when told", () => {
    expect(settings({}).entry).toBeUndefined();
    expect(settings({ ROLLCALL_WORKER: "scripts/other.ts" }).entry).toMatch(/^\/.*\/scripts\/other\.ts$/);
  });

  it("take a token from .dev.vars too", () => {
    expect(settings({}, { ROLLCALL_ADMIN_TOKEN: "secret" }).open).toBe(false);
  });

  it("put the environment before wrangler.toml", () => {
    const { variables } = settings({ DNS_TTL: "30", DNS_ZONES: "test.example", SERVICE_CIDRS: "10.0.0.0/16" });
    expect(variables).toMatchObject({ DNS_TTL: "30", DNS_ZONES: "test.example", SERVICE_CIDRS: "10.0.0.0/16" });
  });

  it("let probes reach loopback and private ranges, and what PROBE_ALLOW adds", () => {
    expect(settings({ PROBE_ALLOW: "169.254.0.0/16" }).variables["PROBE_ALLOW"]?.split(",")).toEqual(
      expect.arrayContaining(["127.0.0.0/8", "::1/128", "10.0.0.0/8", "fc00::/7", "169.254.0.0/16"]) as unknown,
    );
  });

  it.each([
    [{ HOST: "example.org" }, "HOST must be an IP address or localhost"],
    [{ PORT: "65536" }, "PORT must be a number from 0 to 65535"],
    [{ PORT: "http" }, "PORT must be a number"],
    [{ DNS_PORT: "-1" }, "DNS_PORT must be a number from 0 to 65535"],
    [{ HTTPS: "yes" }, "HTTPS must be 1 or 0"],
    [{ HTTPS: "1", HTTPS_NAMES: "*.example" }, "HTTPS_NAMES"],
    [{ ROLLCALL_CRON: "yes" }, "ROLLCALL_CRON must be on or off"],
    [{ DNS_TTL: "soon" }, "DNS_TTL must be"],
    [{ SERVICE_CIDRS: "10.0.0.0" }, "SERVICE_CIDRS"],
    [{ PROBE_ALLOW: "everything" }, "PROBE_ALLOW"],
  ])("say what is wrong with %o", (environment, expected) => {
    expect(errors(environment)).toEqual([expect.stringContaining(expected)]);
  });

  it("say everything that is wrong at once", () => {
    expect(errors({ PORT: "-1", ROLLCALL_CRON: "1", DNS_TTL: "" })).toHaveLength(3);
  });
});
