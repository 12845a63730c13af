import { describe, expect, it } from "vitest";
import { parseEndpoint, endpointText } from "../../src/bridge/endpoint.ts";
import { parseOptions, type CommandOptions } from "../../src/bridge/options.ts";

const upstream = "https://rollcall.example/dns-query";

function options(...args: string[]): CommandOptions {
  const parsed = parseOptions(["--upstream", upstream, ...args]);
  if (parsed.kind !== "options") throw new Error(JSON.stringify(parsed));
  return parsed.options;
}

function errors(...args: string[]): string[] {
  const parsed = parseOptions(args);
  return parsed.kind === "wrong" ? parsed.errors : [];
}

describe("rollcall dns", () => {
  it("needs to be told only where Rollcall is", () => {
    expect(options()).toEqual({
      upstreams: [new URL(upstream)],
      listen: [{ address: "127.0.0.1", port: 5354 }],
      zones: [["cluster", "local"]],
      searchList: [],
      ndots: 1,
      outside: "forward",
      resolvers: undefined,
      keepsAnswers: true,
      staleForSeconds: 3600,
      staleTtlSeconds: 30,
      caFiles: [],
    });
  });

  it("takes several of what there can be several of, in their order", () => {
    const args = ["--upstream=https://b.example/", "--listen=127.0.0.1:53", "--listen=[::1]:53"];
    const search = ["--search=default.svc.cluster.local", "--search=SVC.cluster.local."];
    expect(options(...args, ...search, "--resolver=192.0.2.1", "--resolver=2001:db8::1")).toMatchObject({
      upstreams: [new URL(upstream), new URL("https://b.example/")],
      listen: [
        { address: "127.0.0.1", port: 53 },
        { address: "::1", port: 53 },
      ],
      searchList: [
        ["default", "svc", "cluster", "local"],
        ["svc", "cluster", "local"],
      ],
      resolvers: [
        { address: "192.0.2.1", port: 53 },
        { address: "2001:db8::1", port: 53 },
      ],
    });
  });

  it("has a search list within its zones, whatever they are", () => {
    expect(options("--zone", "prod.example", "--search", "default.svc.prod.example").zones).toEqual([
      ["prod", "example"],
    ]);
    expect(errors("--upstream", upstream, "--search", "example.com")).toEqual([
      "--search example.com. is in none of the zones: see --zone",
    ]);
  });

  it.each<[string, string[], RegExp]>([
    ["no upstream", [], /^--upstream is missing/],
    ["an upstream that is no URL", ["--upstream", "rollcall.example/secret"], /^--upstream must be a URL/],
    ["an upstream of another scheme", ["--upstream", "ftp://rollcall.example/secret"], /^--upstream must be a URL/],
    [
      "plain HTTP to elsewhere",
      ["--upstream", "http://rollcall.example/secret"],
      /must be https, except on this machine/,
    ],
    [
      "a host name to listen on",
      ["--upstream", upstream, "--listen", "localhost:53"],
      /^--listen must be an IP address/,
    ],
    ["no port to listen on", ["--upstream", upstream, "--listen", "127.0.0.1"], /^--listen must be .* and a port/],
    ["a resolver that is a name", ["--upstream", upstream, "--resolver", "dns.example"], /^--resolver must be/],
    ["an empty zone", ["--upstream", upstream, "--zone", ""], /^--zone must be a domain name/],
    ["the root as a zone", ["--upstream", upstream, "--zone", "."], /^--zone must be a domain name/],
    ["a number that is none", ["--upstream", upstream, "--stale-for", "1h"], /^--stale-for must be a whole number/],
    ["a number that is too large", ["--upstream", upstream, "--ndots", "16"], /from 0 to 15/],
    ["an unknown policy", ["--upstream", upstream, "--outside", "drop"], /forward, refuse or upstream, not "drop"/],
    ["an unknown option", ["--upstream", upstream, "--listn", "x"], /^Unknown option '--listn'$/],
    ["an option without its value", ["--upstream"], /--upstream/],
    ["a word too many", ["--upstream", upstream, "more"], /more/],
  ])("refuses %s in one line, which repeats no URL", (_, args, expected) => {
    expect(errors(...args)).toEqual([expect.stringMatching(expected) as unknown]);
    expect(errors(...args).join("\n")).not.toMatch(/secret|\n/);
  });

  it.each(["http://127.0.0.1:8787/dns-query", "http://localhost/dns-query", "http://[::1]:8787/dns-query"])(
    "takes %s, which does not leave this machine",
    (url) => expect(parseOptions(["--upstream", url]).kind).toBe("options"),
  );

  it.each(["--help", "-h"])("explains itself with %s, whatever else is said", (flag) => {
    expect(parseOptions([flag])).toEqual({ kind: "help" });
  });
});

describe("an endpoint", () => {
  it.each([
    ["127.0.0.1:53", { address: "127.0.0.1", port: 53 }],
    ["[::1]:53", { address: "::1", port: 53 }],
    ["127.0.0.1:0", { address: "127.0.0.1", port: 0 }],
    ["127.0.0.1", undefined],
    ["::1", undefined],
    ["[127.0.0.1]:53", undefined],
    ["127.0.0.1:65536", undefined],
    ["127.0.0.1:", undefined],
    [":53", undefined],
    ["", undefined],
  ])("%s", (text, expected) => {
    const endpoint = parseEndpoint(text);
    expect(endpoint).toEqual(expected);
    expect(endpoint && endpointText(endpoint)).toBe(expected && text);
  });

  it("may go without a port where there is a usual one", () => {
    expect(parseEndpoint("192.0.2.1", 53)).toEqual({ address: "192.0.2.1", port: 53 });
    expect(parseEndpoint("::1", 53)).toEqual({ address: "::1", port: 53 });
    expect(parseEndpoint("192.0.2.1:5353", 53)).toEqual({ address: "192.0.2.1", port: 5353 });
  });
});
