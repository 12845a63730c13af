import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ipFromOctets, parseIp, parseIpRange, rangeContains } from "../../src/domain/ip.ts";

describe("an address", () => {
  it.each([
    ["10.0.0.1", "10.0.0.1"],
    ["FD00:0:0::1", "fd00::1"],
    ["1234::5678:0000:0000:9abc:def1", "1234::5678:0:0:9abc:def1"],
    ["::ffff:10.0.0.1", "::ffff:a00:1"],
    ["::", "::"],
  ])("%s is written %s", (text, canonical) => {
    expect(parseIp(text)?.text).toBe(canonical);
  });

  it.each([
    "",
    "10.0.0",
    "10.0.0.256",
    "010.0.0.1",
    "0x7f.1",
    "2130706433",
    "10.0.0.1/8",
    "fe80::1%eth0",
    "[::1]",
    "a.b.c.d",
    " 10.0.0.1",
  ])("%j is none", (text) => {
    expect(parseIp(text)).toBeUndefined();
  });

  it("survives the way through its octets and its text", () => {
    const octets = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
    );
    fc.assert(
      fc.property(octets, (bytes) => {
        const ip = ipFromOctets(bytes);
        expect(parseIp(ip.text)?.octets).toEqual(bytes);
      }),
    );
  });
});

describe("a range", () => {
  it.each([
    ["10.96.0.0/12", "10.96.0.1", true],
    ["10.96.0.0/12", "10.111.255.255", true],
    ["10.96.0.0/12", "10.112.0.0", false],
    ["10.97.3.4/12", "10.96.0.0", true],
    ["0.0.0.0/0", "255.255.255.255", true],
    ["127.0.0.1/32", "127.0.0.2", false],
    ["fd00::/8", "fdff::1", true],
    ["fd00::/8", "10.0.0.1", false],
  ])("%s holds %s: %s", (range, ip, expected) => {
    const [parsedRange, parsedIp] = [parseIpRange(range), parseIp(ip)];
    if (parsedRange === undefined || parsedIp === undefined) throw new Error("the table is wrong");
    expect(rangeContains(parsedRange, parsedIp)).toBe(expected);
  });

  it.each(["", "10.0.0.0", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "::/129", "x/8", "10.0.0.0/"])(
    "%j is none",
    (text) => {
      expect(parseIpRange(text)).toBeUndefined();
    },
  );
});
