import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nameToText, parseNameText } from "../../../src/dns/wire/name-text.ts";
import { foldedWireName, foldLabel, nameOfWireName, readName, skipName } from "../../../src/dns/wire/name.ts";
import { anyName, octetsOf } from "./arbitraries.ts";

/** Twelve octets of header, then these. */
function message(...octets: number[]): Uint8Array {
  return Uint8Array.from([...Array.from({ length: 12 }, () => 0), ...octets]);
}

describe("skipping a name", () => {
  it.each([
    ["the root", message(0), 12, 13],
    ["two labels", message(1, 0x61, 1, 0x62, 0), 12, 17],
    ["a pointer", message(1, 0x61, 0, 0xc0, 12), 15, 17],
    ["labels and a pointer", message(1, 0x61, 0, 1, 0x62, 0xc0, 12), 15, 19],
    ["no octets", message(), 12, -1],
    ["a label past the end", message(5, 0x61), 12, -1],
    ["a pointer to its own run", message(1, 0x61, 0xc0, 12), 12, -1],
    ["a pointer into the header", message(0xc0, 0), 12, -1],
    ["half a pointer", message(0xc0), 12, -1],
  ])("%s", (_, octets, start, end) => {
    expect(skipName(octets, start)).toBe(end);
  });

  it.each([
    [1, 15],
    [126, 13 + 2 * 126],
    [127, -1],
  ])("follows no more pointers than a name can have labels: %i", (pointers, end) => {
    // The root, then pointers, each to what stands before it.
    const octets = [0];
    for (let index = 0; index < pointers; index++) {
      const target = index === 0 ? 12 : 11 + 2 * index;
      octets.push(0xc0 | (target >> 8), target & 0xff);
    }
    expect(skipName(message(...octets), 11 + 2 * pointers)).toBe(end);
  });
});

describe("names", () => {
  it("are read as they were written", () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const octets = message(...octetsOf(name));
        expect(skipName(octets, 12)).toBe(octets.length);
        expect(readName(octets, 12)).toEqual(name);
        expect(nameOfWireName(foldedWireName(octets, 12, octets.length))).toEqual(name.map(foldLabel));
      }),
    );
  });

  it("survive being written as text", () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const text = nameToText(name);
        expect(text).toMatch(/^[ -~]+$/);
        expect(parseNameText(text)).toEqual(name);
      }),
    );
  });

  it("fold A to Z alone", () => {
    const every = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));
    const folded = every.filter((character) => foldLabel(character) !== character);
    expect(folded.join("")).toBe("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    expect(foldLabel("AZaz\u00c0")).toBe("azaz\u00c0");
  });
});
