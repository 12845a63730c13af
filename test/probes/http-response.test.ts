import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bodyLimitOctets,
  headLimitOctets,
  HttpResponseParser,
  type ParseState,
} from "../../src/probes/http-response.ts";

const octets = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** Feeds the pieces, then the end when the peer closes. */
function parse(pieces: Uint8Array[], closes = true): { state: ParseState; body: string } {
  const parser = new HttpResponseParser();
  for (const piece of pieces) parser.push(piece);
  if (closes) parser.end();
  return { state: parser.state, body: parser.body };
}

/** Cuts `whole` at the given places. */
function cut(whole: Uint8Array, places: number[]): Uint8Array[] {
  const ends = [...new Set(places.map((place) => place % (whole.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...ends].map((start, index) => whole.subarray(start, ends[index] ?? whole.length));
}

const done = (status: number, location?: string): ParseState => ({ state: "done", head: { status, location } });

describe("a response", () => {
  it.each<[string, string, ParseState, string]>([
    ["with a body of known length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", done(200), "ok"],
    ["with a body up to the end", "HTTP/1.1 200 OK\r\n\r\nall of it", done(200), "all of it"],
    ["of HTTP/1.0", "HTTP/1.0 503 Service Unavailable\r\n\r\n", done(503), ""],
    ["without a reason", "HTTP/1.1 204\r\n\r\n", done(204), ""],
    ["with an empty reason", "HTTP/1.1 200 \r\n\r\n", done(200), ""],
    ["with bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 0\n\n", done(200), ""],
    [
      "after interim ones",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
      done(200),
      "",
    ],
    ["that switches protocols", "HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\n\r\n\0\0\0", done(101), ""],
    ["that redirects", "HTTP/1.1 302 Found\r\nlocation:  /next \r\n\r\n", done(302, "/next"), ""],
    ["with two locations", "HTTP/1.1 302 Found\r\nLocation: /a\r\nLocation: /b\r\n\r\n", done(302, "/a"), ""],
    ["with a folded header", "HTTP/1.1 200 OK\r\nX: a\r\n  b\r\n\r\n", done(200), ""],
    [
      "in chunks",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
      done(200),
      "2\r\nok\r\n0\r\n\r\n",
    ],
    ["in no chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", done(200), "0\r\n\r\n"],
    [
      "in chunks, its length notwithstanding",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
      done(200),
      "0\r\n\r\n",
    ],
    [
      "whose length is said twice alike",
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n",
      done(200),
      "",
    ],
  ])("%s is read", (_, text, state, body) => {
    expect(parse([octets(text)])).toEqual({ state, body });
  });

  it.each<[string, string]>([
    ["HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", "204"],
    ["HTTP/1.1 304 Not Modified\r\n\r\n", "304"],
    ["HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "no length"],
    ["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "the length"],
    ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", "the last chunk"],
  ])("is known to be over without the peer closing: %j (%s)", (text) => {
    expect(parse([octets(text)], false).state.state).toBe("done");
  });

  it.each<[string, string, string]>([
    ["nothing", "", "EOF"],
    ["half a status line", "HTTP/1.1 20", "unexpected EOF"],
    ["half a head", "HTTP/1.1 200 OK\r\nX: y\r\n", "unexpected EOF"],
    ["an interim response only", "HTTP/1.1 100 Continue\r\n\r\n", "unexpected EOF"],
    [
      "another protocol",
      "SSH-2.0-OpenSSH_9.6\r\n",
      'net/http: HTTP/1.x transport connection broken: malformed HTTP response "SSH-2.0-OpenSSH_9.6"',
    ],
    ["another protocol without a line's end", "\0\0\x12\x04", "unexpected EOF"],
    [
      "another version",
      "HTTP/2.0 200 OK\r\n\r\n",
      'net/http: HTTP/1.x transport connection broken: malformed HTTP response "HTTP/2.0 200 OK"',
    ],
    [
      "a version that does not exist",
      "HTTP/1.7 200 OK\r\n\r\n",
      'net/http: HTTP/1.x transport connection broken: malformed HTTP response "HTTP/1.7 200 OK"',
    ],
    [
      "a status of letters",
      "HTTP/1.1 abc OK\r\n\r\n",
      'net/http: HTTP/1.x transport connection broken: malformed HTTP status code "abc"',
    ],
    [
      "a status below 100",
      "HTTP/1.1 099 X\r\n\r\n",
      'net/http: HTTP/1.x transport connection broken: malformed HTTP status code "099"',
    ],
    [
      "a status of four digits",
      "HTTP/1.1 2000 X\r\n\r\n",
      'net/http: HTTP/1.x transport connection broken: malformed HTTP status code "2000"',
    ],
    ["a header without a colon", "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", "malformed MIME header line: nonsense"],
    ["a blank before the colon", "HTTP/1.1 200 OK\r\nX : y\r\n\r\n", "malformed MIME header line: X : y"],
    ["a length of letters", "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", 'bad Content-Length "many"'],
    ["a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", 'bad Content-Length "-1"'],
    [
      "two lengths",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      "http: message cannot contain multiple Content-Length headers",
    ],
  ])("that is %s is broken", (_, text, message) => {
    expect(parse([octets(text)]).state).toEqual({ state: "broken", message });
  });

  it("is broken off when its head is too large, at the limit exactly", () => {
    const frame = "HTTP/1.1 200 OK\r\nX: \r\n\r\n".length;
    const head = (length: number): Uint8Array => octets(`HTTP/1.1 200 OK\r\nX: ${"x".repeat(length - frame)}\r\n\r\n`);
    expect(parse([head(headLimitOctets)]).state.state).toBe("done");
    expect(parse([head(headLimitOctets + 1)]).state).toEqual({
      state: "broken",
      message: `net/http: server response headers exceeded ${headLimitOctets} bytes; aborted`,
    });
  });

  it("is broken off when interim responses have no end", () => {
    const parser = new HttpResponseParser();
    const interim = octets("HTTP/1.1 100 Continue\r\n\r\n");
    let pushed = 0;
    while (parser.state.state === "head") {
      parser.push(interim);
      pushed += interim.length;
      expect(pushed).toBeLessThan(headLimitOctets + 100);
    }
    expect(parser.state.state).toBe("broken");
  });

  it("keeps no more of a body than the limit, and ends there", () => {
    const parser = new HttpResponseParser();
    parser.push(octets("HTTP/1.1 200 OK\r\n\r\n"));
    for (let piece = 0; piece < 20; piece += 1) parser.push(new Uint8Array(1000).fill(65));
    expect(parser.state.state).toBe("done");
    expect(parser.body.length).toBe(bodyLimitOctets);
  });

  it("is the same however it is cut", () => {
    const header = fc.constantFrom(
      "Content-Length: 5",
      "Transfer-Encoding: chunked",
      "Location: /x",
      "X: y",
      " folded",
      "bad",
    );
    const response = fc
      .tuple(
        fc.constantFrom("HTTP/1.1 200 OK", "HTTP/1.0 302", "HTTP/1.1 100 C", "HTTP/1.1 99", "HTP", "HTTP/1.1"),
        fc.array(header, { maxLength: 4 }),
        fc.string({ maxLength: 30, unit: "binary-ascii" }),
      )
      .map(([status, headers, body]) => octets(`${[status, ...headers].join("\r\n")}\r\n\r\n${body}`));
    fc.assert(
      fc.property(response, fc.array(fc.nat(), { maxLength: 12 }), fc.boolean(), (whole, places, closes) => {
        const everyOctet = Array.from(whole, (octet) => Uint8Array.of(octet));
        const expected = parse([whole], closes);
        expect(parse(cut(whole, places), closes)).toEqual(expected);
        expect(parse(everyOctet, closes)).toEqual(expected);
      }),
    );
  });

  it("never fails in another way than being broken, whatever comes", () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.string().map(octets),
      fc.constant(octets("HTTP/1.1 2")),
    );
    fc.assert(
      fc.property(fc.array(noise, { maxLength: 8 }), (pieces) => {
        const { state, body } = parse(pieces);
        expect(["done", "broken"]).toContain(state.state);
        expect(body.length).toBeLessThanOrEqual(bodyLimitOctets);
      }),
    );
  });
});
