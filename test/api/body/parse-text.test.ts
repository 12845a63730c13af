import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { parseText } from "../../../src/api/body/parse-text.ts";
import { scanJson } from "../../../src/api/body/scan-json.ts";
import { jsonDepth, type Json } from "../../../src/api/json.ts";

function valueOf(text: string, format: "json" | "yaml"): unknown {
  const parsed = parseText(text, format);
  return parsed.outcome === "parsed" ? parsed.value : parsed.message;
}

function duplicatesOf(text: string, format: "json" | "yaml"): unknown {
  const parsed = parseText(text, format);
  return parsed.outcome === "parsed" ? parsed.duplicates : parsed.message;
}

describe("JSON", () => {
  it("is scanned for its depth whatever its strings hold", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        for (const space of [0, 2]) {
          expect(scanJson(JSON.stringify(value, null, space)).depth).toBe(jsonDepth(value as Json));
        }
      }),
    );
  });

  it("has no duplicate keys when it was written by JSON.stringify", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        expect(scanJson(JSON.stringify(value)).duplicates).toEqual([]);
      }),
    );
  });

  it.each([
    ['{"a":1,"a":2}', ["a"]],
    ['{"spec":{"x":1,"y":{"x":1},"x":2}}', ["spec.x"]],
    ['{"l":[{"n":1},{"n":1, "n" : 2}]}', ["l[1].n"]],
    [String.raw`{"a":1,"\u0061":2}`, ["a"]],
    ['{"a":["a","a"],"b":"a:"}', []],
    ['[[1,2],[{"k":1,"k":1}]]', ["[1][0].k"]],
  ])("%s has the duplicate keys %j", (text, duplicates) => {
    expect(duplicatesOf(text, "json")).toEqual(duplicates);
  });

  it("is refused when it nests deeper than any manifest, without overflowing", () => {
    expect(valueOf("[".repeat(100) + "]".repeat(100), "json")).toBeInstanceOf(Array);
    expect(valueOf("[".repeat(101) + "]".repeat(101), "json")).toBe("exceeded max depth of 100");
    expect(valueOf("[".repeat(40_000) + "]".repeat(40_000), "json")).toBe("exceeded max depth of 100");
  });

  it("is not looked into when it holds too many values", () => {
    const list = (items: number): string => `[${Array.from({ length: items }, () => "1").join(",")}]`;
    expect(parseText(list(49_999), "json").outcome).toBe("parsed");
    expect(parseText(list(50_001), "json")).toEqual({
      outcome: "too-large",
      message: "exceeded max number of values of 50000",
    });
    expect(parseText("- a\n".repeat(100_000), "yaml").outcome).toBe("too-large");
  });

  it("that is none says why", () => {
    expect(parseText("{", "json").outcome).toBe("malformed");
  });
});

describe("YAML", () => {
  it("says the same as the JSON that it contains", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5, noUnicodeString: true }), (value) => {
        const text = JSON.stringify(value);
        expect(valueOf(text, "yaml")).toEqual(JSON.parse(text));
      }),
    );
  });

  it("is read with anchors and merge keys", () => {
    const text = "base: &base {app: kubia, tier: web}\nlabels:\n  <<: *base\n  tier: db\n";
    expect(valueOf(text, "yaml")).toMatchObject({ labels: { app: "kubia", tier: "db" } });
  });

  it("takes yes and on for words, and keys for text", () => {
    expect(valueOf("a: yes\nb: on\n1: true\n", "yaml")).toEqual({ a: "yes", b: "on", "1": true });
  });

  it("with keys that are no text writes nothing into our log", () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    parseText("? {a: b}\n: c\n", "yaml");
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  it("is null where it says nothing", () => {
    expect(valueOf("# nothing\n", "yaml")).toBeNull();
  });

  it("names duplicate keys by their path", () => {
    expect(duplicatesOf("a: 1\nspec:\n  l:\n  - n: 1\n    n: 2\na: 3\n", "yaml")).toEqual(["spec.l[0].n", "a"]);
  });

  it.each([
    ["two documents", "a: 1\n---\nb: 2\n"],
    ["an alias of nothing", "a: *b\n"],
    ["flow that nests deeply", "[".repeat(300_000)],
    ["explicit keys that nest deeply", "? ".repeat(3000)],
    ["sequences that nest deeply", `${"- ".repeat(3000)}a`],
    ["mappings that nest deeply", Array.from({ length: 500 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n")],
    ["an unclosed quote", 'a: "b\n'],
    ["unexpected tokens without end", "[]".repeat(200_000)],
    ["a bomb of aliases", bomb()],
    ["aliases that nest deeply", `a0: &a0 [1]\n${chain(200)}`],
    ["a large text repeated by aliases", `a: &a "${"x".repeat(500_000)}"\nl: [${"*a, ".repeat(99)}*a]\n`],
  ])("that holds %s is refused", (_, text) => {
    expect(parseText(text, "yaml").outcome).not.toBe("parsed");
  });

  it("with more keys than any manifest is read without looking at each pair of them", () => {
    const text = Array.from({ length: 10_000 }, (_, index) => `k${index}: 1`).join("\n");
    expect(Object.keys(valueOf(text, "yaml") as object)).toHaveLength(10_000);
  });
});

/** Nine levels, each nine times the one before: 387 million strings. */
function bomb(): string {
  const names = "abcdefghij".split("");
  return names
    .map((name, level) => {
      const inner = level === 0 ? '"lol"' : `*${names[level - 1]}`;
      return `${name}: &${name} [${Array.from({ length: 9 }, () => inner).join(", ")}]`;
    })
    .join("\n");
}

function chain(length: number): string {
  return Array.from({ length }, (_, index) => `a${index + 1}: &a${index + 1} [*a${index}]`).join("\n");
}
