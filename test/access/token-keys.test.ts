import { describe, expect, it } from "vitest";
import { parseTokenKeys } from "../../src/access/token-keys.ts";

const key = (fill: number, octets = 32): string => Buffer.alloc(octets, fill).toString("base64");

describe("the keys of tokens", () => {
  it("are listed in base64, with blanks, in either alphabet", () => {
    const parsed = parseTokenKeys(` ${key(255)} ,${Buffer.alloc(33, 254).toString("base64url")},`);
    expect(parsed.ok && parsed.keys.map(([first, ...rest]) => [first, rest.length + 1])).toEqual([
      [255, 32],
      [254, 33],
    ]);
  });

  it("may be none", () => {
    expect(parseTokenKeys("")).toEqual({ ok: true, keys: [] });
  });

  it.each([["secret"], [key(1, 31)], [`${key(1)},?`]])("%s is refused, and not repeated", (text) => {
    const parsed = parseTokenKeys(text);
    expect(parsed.ok ? "" : parsed.error).toMatch(/^key [12] must be at least 32 random octets in base64$/);
  });
});
