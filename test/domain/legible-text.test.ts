import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { legible } from "../../src/domain/legible-text.ts";

const character = fc.oneof(fc.nat({ max: 0xff }), fc.integer({ min: 0x2000, max: 0x2070 }), fc.nat({ max: 0xffff }));

describe("text of strangers", () => {
  it.each([
    ["HTTP probe failed with statuscode: 503", "HTTP probe failed with statuscode: 503"],
    ["größer 中 😀", "größer 中 😀"],
    ["a\r\nb\tc", "a b c"],
    ["\u001b[31mred\u001b]0;title\u0007", " [31mred ]0;title "],
    ["a\u0085b\u009bc", "a b c"],
    ["invoice\u202egpj.exe", "invoice gpj.exe"],
    ["a\u2066b\u2069c\u200fd\ufeff", "a b c d "],
    ["a\u2028b\u2029c", "a b c"],
    ["half \ud83d", "half  "],
    ["x".repeat(3000), "x".repeat(1024)],
  ])("%j becomes %j", (given, shown) => {
    expect(legible(given)).toBe(shown);
  });

  it("is bounded, on one line and whole, whatever was given", () => {
    fc.assert(
      fc.property(fc.array(character, { maxLength: 1100 }), (units) => {
        const shown = legible(String.fromCharCode(...units));
        expect(shown.length).toBeLessThanOrEqual(1024);
        // oxlint-disable-next-line no-control-regex -- control characters are what this looks for.
        expect(shown).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/);
        expect(shown.isWellFormed()).toBe(true);
        expect(legible(shown)).toBe(shown);
      }),
    );
  });
});
