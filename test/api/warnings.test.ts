import fc from "fast-check";
import { expect, it } from "vitest";
import { Warnings } from "../../src/api/warnings.ts";

it("a warning is quoted as HTTP wants it", () => {
  const warnings = new Warnings();
  warnings.add(String.raw`unknown field "a\b"`);
  expect(warnings.headers()).toEqual([String.raw`299 - "unknown field \"a\\b\""`]);
});

it("a warning is given once", () => {
  const warnings = new Warnings();
  warnings.add("a");
  warnings.add("a");
  expect(warnings.headers()).toHaveLength(1);
});

it("whatever the text holds, it can be sent as a header", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const warnings = new Warnings();
      warnings.add(text);
      for (const value of warnings.headers()) expect(new Headers({ warning: value }).get("warning")).toBe(value);
    }),
  );
});

it("warnings end before they fill a header block", () => {
  const warnings = new Warnings();
  for (let index = 0; index < 1000; index++) warnings.add(`unknown field ${index}`);
  expect(warnings.headers().join("").length).toBeLessThan(8192);
  expect(warnings.headers().length).toBeGreaterThan(100);
});
