import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/api/json.ts";
import { jsonPatch } from "../../../src/api/patch/json-patch.ts";

function patched(document: Json, operations: readonly Json[]): unknown {
  const result = jsonPatch(document, operations);
  return result.outcome === "patched" ? result.document : result.why;
}

describe("a JSON patch", () => {
  // RFC 6902, appendix A, in its order.
  it.each<[string, Json, Json[], unknown]>([
    ["adds a member", { foo: "bar" }, [{ op: "add", path: "/baz", value: "qux" }], { foo: "bar", baz: "qux" }],
    [
      "adds an item",
      { foo: ["bar", "baz"] },
      [{ op: "add", path: "/foo/1", value: "qux" }],
      { foo: ["bar", "qux", "baz"] },
    ],
    ["removes a member", { baz: "qux", foo: "bar" }, [{ op: "remove", path: "/baz" }], { foo: "bar" }],
    ["removes an item", { foo: ["bar", "qux", "baz"] }, [{ op: "remove", path: "/foo/1" }], { foo: ["bar", "baz"] }],
    [
      "replaces",
      { baz: "qux", foo: "bar" },
      [{ op: "replace", path: "/baz", value: "boo" }],
      { baz: "boo", foo: "bar" },
    ],
    [
      "moves",
      { foo: { waldo: "fred" }, qux: {} },
      [{ op: "move", from: "/foo/waldo", path: "/qux/thud" }],
      { foo: {}, qux: { thud: "fred" } },
    ],
    [
      "moves an item",
      { foo: ["all", "grass", "cows", "eat"] },
      [{ op: "move", from: "/foo/1", path: "/foo/3" }],
      { foo: ["all", "cows", "eat", "grass"] },
    ],
    ["tests", { baz: "qux", foo: ["a", 2] }, [{ op: "test", path: "/foo/1", value: 2 }], { baz: "qux", foo: ["a", 2] }],
    ["fails with a test", { baz: "qux" }, [{ op: "test", path: "/baz", value: "bar" }], "test failed"],
    [
      "adds what nests",
      { foo: "bar" },
      [{ op: "add", path: "/child", value: { g: {} } }],
      { foo: "bar", child: { g: {} } },
    ],
    ["does not make parents", { foo: "bar" }, [{ op: "add", path: "/baz/bat", value: "qux" }], "path leads nowhere"],
    ["knows escapes", { "/": 9, "~1": 10 }, [{ op: "test", path: "/~01", value: 10 }], { "/": 9, "~1": 10 }],
    ["tells text from numbers", { "~1": 10 }, [{ op: "test", path: "/~01", value: "10" }], "test failed"],
    ["appends", { foo: ["bar"] }, [{ op: "add", path: "/foo/-", value: ["abc"] }], { foo: ["bar", ["abc"]] }],
    [
      "copies",
      { a: { b: 1 } },
      [
        { op: "copy", from: "/a", path: "/c" },
        { op: "add", path: "/c/b", value: 2 },
      ],
      { a: { b: 1 }, c: { b: 2 } },
    ],
    ["replaces the whole", { a: 1 }, [{ op: "replace", path: "", value: [] }], []],
    ["does not replace what is not there", {}, [{ op: "replace", path: "/a", value: 1 }], "path leads nowhere"],
    ["does not go beyond the end", { a: [1] }, [{ op: "add", path: "/a/2", value: 1 }], "path leads nowhere"],
    ["takes no index with a zero before it", { a: [1, 2] }, [{ op: "remove", path: "/a/01" }], "path leads nowhere"],
    ["takes no negative index", { a: [1] }, [{ op: "remove", path: "/a/-1" }], "path leads nowhere"],
    [
      "moves nothing into itself",
      { a: { b: {} } },
      [{ op: "move", from: "/a", path: "/a/b/c" }],
      "a value cannot be moved into itself",
    ],
    ["wants a value", {}, [{ op: "add", path: "/a" }], "value is missing"],
    ["wants a pointer", {}, [{ op: "add", path: "a", value: 1 }], "path is no JSON pointer"],
    ["takes null for a value", {}, [{ op: "add", path: "/a", value: null }], { a: null }],
    ["sees nothing that is inherited", {}, [{ op: "copy", from: "/constructor", path: "/a" }], "from names nothing"],
  ])("%s", (_, document, operations, expected) => {
    expect(patched(document, operations)).toEqual(expected);
  });

  it("keeps __proto__ a key like any other", () => {
    const result = patched({}, [{ op: "add", path: "/__proto__", value: { polluted: "yes" } }]);
    expect(JSON.stringify(result)).toBe('{"__proto__":{"polluted":"yes"}}');
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("leaves the document and itself as they were", () => {
    const pointer = fc
      .array(fc.constantFrom("a", "b", "0", "-"), { maxLength: 3 })
      .map((tokens) => tokens.map((token) => `/${token}`).join(""));
    const value = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>;
    const operation = fc.record({
      op: fc.constantFrom("add", "remove", "replace", "move", "copy", "test"),
      path: pointer,
      from: pointer,
      value,
    });
    fc.assert(
      fc.property(
        fc.record({ a: value, b: fc.array(value) }),
        fc.array(operation, { maxLength: 6 }),
        (document, operations) => {
          const before = JSON.stringify([document, operations]);
          const first = patched(document, operations);
          expect(JSON.stringify([document, operations])).toBe(before);
          expect(patched(document, operations)).toEqual(first);
        },
      ),
    );
  });

  it("does not nest or grow beyond bounds", () => {
    const doubling = Array.from({ length: 120 }, () => ({ op: "copy", from: "", path: "/a" }));
    expect(patched({ a: {}, b: {} }, doubling)).toBe("it nests too deep");
    const growing = Array.from({ length: 60 }, (_, index) => ({ op: "copy", from: "/b", path: `/b${index}` }));
    expect(patched({ b: "x".repeat(100_000) }, growing)).toBe("it copies and moves too much");
  });
});
