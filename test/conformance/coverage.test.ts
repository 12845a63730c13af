/** The table in README.md names every rule, and a test that is there. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

/** How many rules there are of each kind. */
const counts = { K: 59, M: 34, Q: 18, F: 6, V: 17 };

const rules = Object.entries(counts).flatMap(([kind, count]) =>
  Array.from({ length: count }, (_, index) => `${kind}${index + 1}`),
);

function read(file: string): string {
  return readFileSync(new URL(file, import.meta.url), "utf8");
}

const rows = [...read("README.md").matchAll(/^\| ([KMQFV]\d+) +\| .+ \| (.+?) +\|$/gm)].map(
  ([, rule = "", test = ""]) => ({
    rule,
    test,
  }),
);

it("names each rule once", () => {
  expect(rows.map(({ rule }) => rule)).toEqual(rules);
});

it.each(rows)("$rule has its test, or a reason to have none: $test", ({ rule, test }) => {
  const file = /^\[(.+)\]/.exec(test)?.[1];
  const shown = file === undefined ? test.startsWith("— (") : new RegExp(`\\b${rule}\\b[:,"]`).test(read(file));
  expect(shown).toBe(true);
});
