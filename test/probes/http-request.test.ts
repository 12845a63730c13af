import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodePath } from "../../src/probes/encode-path.ts";
import { encodeRequest } from "../../src/probes/http-request.ts";
import type { HttpTarget } from "../../src/probes/probe-target.ts";

const base: HttpTarget = {
  transport: "http",
  scheme: "http",
  hostname: "10.1.0.1",
  port: 8080,
  path: "/ready",
  headers: [],
};

function encoded(target: Partial<HttpTarget>): string {
  const request = encodeRequest({ ...base, ...target });
  return request.ok ? new TextDecoder().decode(request.octets) : `error: ${request.message}`;
}

const header = (name: string, value: string): Partial<HttpTarget> => ({ headers: [{ name, value }] });

/** Any code point, lone surrogates included; fast-check's own unit of them takes seconds to prepare. */
const character = fc.oneof(fc.nat({ max: 0x7f }), fc.nat({ max: 0x10ffff })).map((code) => String.fromCodePoint(code));

describe("a request", () => {
  it("is kubelet's", () => {
    expect(encoded({})).toBe(
      "GET /ready HTTP/1.1\r\nHost: 10.1.0.1:8080\r\nUser-Agent: kube-probe/1.32\r\nAccept: */*\r\nConnection: close\r\n\r\n",
    );
  });

  it("puts an IPv6 address into brackets", () => {
    expect(encoded({ hostname: "fd00::1" })).toContain("\r\nHost: [fd00::1]:8080\r\n");
  });

  it.each<[string, Partial<HttpTarget>, string, string | undefined]>([
    ["sends its own headers", header("X-Token", " a b "), "\r\nX-Token: a b\r\n", undefined],
    ["takes its Host from them", header("host", "web.test"), "\r\nHost: web.test\r\n", "10.1.0.1"],
    ["takes its User-Agent from them", header("user-agent", "me"), "\r\nuser-agent: me\r\n", "kube-probe"],
    ["takes its Accept from them", header("Accept", "text/plain"), "\r\nAccept: text/plain\r\n", "*/*"],
    ["leaves out an empty User-Agent", header("User-Agent", ""), "\r\nAccept: */*\r\n", "User-Agent"],
    ["leaves out an empty Accept", header("accept", ""), "\r\nUser-Agent", "ccept"],
    ["speaks for its own body", header("Content-Length", "7"), "\r\nConnection: close\r\n", "Content-Length"],
    ["speaks for its own framing", header("Transfer-Encoding", "chunked"), "\r\nAccept", "chunked"],
    ["keeps no connection", header("Connection", "keep-alive"), "\r\nConnection: close\r\n", "keep-alive"],
    ["sends other text as UTF-8", header("X", "ü"), "\r\nX: ü\r\n", undefined],
  ])("%s", (_, target, contains, without) => {
    const sent = encoded(target);
    expect(sent).toContain(contains);
    expect(without !== undefined && sent.includes(without)).toBe(false);
  });

  it.each([
    [header("X\r\nY", "z"), 'error: net/http: invalid header field name "X\\r\\nY"'],
    [header("", "z"), 'error: net/http: invalid header field name ""'],
    [header("X Y", "z"), 'error: net/http: invalid header field name "X Y"'],
    [header("X", "a\r\nY: b"), 'error: net/http: invalid header field value for "X"'],
    [header("X", "a\0"), 'error: net/http: invalid header field value for "X"'],
    [header("Host", "web test"), "error: http: invalid Host header"],
    [header("Host", "web\u010Atest"), "error: http: invalid Host header"],
    [{ path: "/a b" }, "error: net/http: invalid request path"],
    [{ path: "/a\r\nX: y" }, "error: net/http: invalid request path"],
    [{ path: "/ü" }, "error: net/http: invalid request path"],
    [{ path: "" }, "error: net/http: invalid request path"],
  ] satisfies [Partial<HttpTarget>, string][])("refuses %j", (target, message) => {
    expect(encoded(target)).toBe(message);
  });

  it("is one request whatever is declared: no path, host or header can begin another line", () => {
    const nasty = fc.oneof(
      fc.string({ unit: character }),
      fc.constantFrom("a\r\nEvil: yes", "a\nb", "\u010D\u010AEvil: yes", "x HTTP/1.1", "%0d%0aEvil: yes", "\u2028"),
    );
    const headers = fc.array(
      fc.record({ name: fc.oneof(nasty, fc.constantFrom("X-Fine", "Host", "User-Agent")), value: nasty }),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(nasty, nasty, headers, (path, hostname, headers) => {
        const request = encodeRequest({ ...base, hostname, path: encodePath(path), headers });
        if (!request.ok) return;
        const text = Array.from(request.octets, (octet) => String.fromCharCode(octet)).join("");
        const lines = text.split("\r\n");
        expect(lines.slice(-2)).toEqual(["", ""]);
        const sent = lines.slice(1, -2);
        expect(lines[0]).toMatch(/^GET \/[\u0021-\u007E]* HTTP\/1\.1$/);
        expect(sent.filter((line) => !/^[^\s:]+: [^\r\n\0]*$/s.test(line))).toEqual([]);
        const declared = new Set(["Host", "User-Agent", "Accept", "Connection", ...headers.map(({ name }) => name)]);
        expect(sent.filter((line) => !declared.has(line.split(":")[0] ?? ""))).toEqual([]);
        expect(sent.length).toBeLessThanOrEqual(4 + headers.length);
      }),
    );
  });
});

describe("a path", () => {
  it.each([
    ["", "/"],
    ["ready", "/ready"],
    ["/a?b=c&d", "/a?b=c&d"],
    ["/a b", "/a%20b"],
    ["/a%20b", "/a%20b"],
    ["/100%", "/100%25"],
    ["/%zz", "/%25zz"],
    ["/ü", "/%C3%BC"],
    ["/a\r\nb", "/a%0D%0Ab"],
    ["/a\0", "/a%00"],
    ["/a#b", "/a"],
    ["/\ud800", "/%EF%BF%BD"],
    ['/"<>', "/%22%3C%3E"],
  ])("%j is sent as %s", (path, sent) => {
    expect(encodePath(path)).toBe(sent);
  });

  it("that was encoded is encoded no further", () => {
    fc.assert(
      fc.property(fc.string({ unit: character }), (path) => {
        expect(encodePath(encodePath(path))).toBe(encodePath(path));
      }),
    );
  });
});
