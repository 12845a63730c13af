import fc from "fast-check";
import { expect, it } from "vitest";
import { decodeBase64Url, encodeBase64Url } from "../../src/dns/base64url.ts";

it("reads what Node writes", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (octets) => {
      expect(decodeBase64Url(Buffer.from(octets).toString("base64url"))).toEqual(Uint8Array.from(octets));
    }),
  );
});

it("writes what Node writes", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (octets) => {
      expect(encodeBase64Url(octets)).toBe(Buffer.from(octets).toString("base64url"));
    }),
  );
});

it("takes the alphabet and nothing else", () => {
  const taken = Array.from({ length: 0x200 }, (_, code) => String.fromCharCode(code)).filter(
    (character) => decodeBase64Url(`AAA${character}`) !== undefined,
  );
  expect(taken.sort().join("")).toBe("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");
});

it.each([1, 5, 9])("takes no text of %i characters, which no octets have", (length) => {
  expect(decodeBase64Url("A".repeat(length))).toBeUndefined();
});
