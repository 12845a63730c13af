import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/api/json.ts";
import { strategicPatchProblem } from "../../../src/api/patch/check-strategic-patch.ts";
import { mergePatch } from "../../../src/api/patch/merge-patch.ts";
import { strategicMergePatch } from "../../../src/api/patch/strategic-merge-patch.ts";
import type { TypeName } from "../../../src/api/schema/schema.ts";

function patched(type: TypeName, document: JsonObject, patch: JsonObject): JsonObject {
  expect(strategicPatchProblem(patch, type)).toBeUndefined();
  return strategicMergePatch(document, patch, type);
}

/** Where a list that is merged stands, and the field that tells its items apart. */
const mergedLists: [type: TypeName, path: string[], key: string][] = [
  ["Pod", ["spec", "containers"], "name"],
  ["Pod", ["spec", "initContainers"], "name"],
  ["Pod", ["spec", "volumes"], "name"],
  ["Pod", ["spec", "imagePullSecrets"], "name"],
  ["Pod", ["spec", "hostAliases"], "ip"],
  ["Pod", ["spec", "topologySpreadConstraints"], "topologyKey"],
  ["Pod", ["status", "conditions"], "type"],
  ["Pod", ["status", "podIPs"], "ip"],
  ["Pod", ["metadata", "ownerReferences"], "uid"],
  ["Service", ["spec", "ports"], "port"],
  ["Service", ["status", "conditions"], "type"],
  ["Node", ["status", "addresses"], "type"],
  ["Node", ["status", "conditions"], "type"],
  ["Namespace", ["status", "conditions"], "type"],
  ["Container", ["env"], "name"],
  ["Container", ["ports"], "containerPort"],
  ["Container", ["volumeMounts"], "mountPath"],
  ["Container", ["volumeDevices"], "devicePath"],
];

/** The value at the end of the path, with what is around it. */
function at(path: readonly string[], value: JsonObject): JsonObject {
  return path.slice(0, -1).reduceRight<JsonObject>((inner, field) => ({ [field]: inner }), value);
}

describe.each(mergedLists)("in a %s, %j is merged by %s", (type, path, key) => {
  const field = path.at(-1) ?? "";
  const one = { [key]: 1, kept: "yes", changed: "old" };
  const two = { [key]: 2 };
  const document = at(path, { [field]: [one, two] });

  it("item by item, new ones last", () => {
    const patch = at(path, { [field]: [{ [key]: 3 }, { [key]: 1, changed: "new" }] });
    expect(patched(type, document, patch)).toEqual(
      at(path, { [field]: [{ ...one, changed: "new" }, two, { [key]: 3 }] }),
    );
  });

  it("and items are deleted by it", () => {
    const patch = at(path, { [field]: [{ $patch: "delete", [key]: 1 }] });
    expect(patched(type, document, patch)).toEqual(at(path, { [field]: [two] }));
  });

  it("unless the list is replaced", () => {
    const patch = at(path, { [field]: [{ [key]: 3 }, { $patch: "replace" }] });
    expect(patched(type, document, patch)).toEqual(at(path, { [field]: [{ [key]: 3 }] }));
  });

  it("in the order that the patch gives", () => {
    const order = [{ [key]: 3 }, { [key]: 2 }, { [key]: 1 }];
    const patch = at(path, { [`$setElementOrder/${field}`]: order, [field]: [{ [key]: 3 }] });
    expect(patched(type, document, patch)).toEqual(at(path, { [field]: [{ [key]: 3 }, two, one] }));
  });

  it("and an item must say which one it is", () => {
    expect(strategicPatchProblem(at(path, { [field]: [{ changed: "new" }] }), type)).toBe(
      `map: {"changed":"new"} does not contain declared merge key: ${key}`,
    );
  });
});

describe("a strategic merge patch", () => {
  it.each<[string, TypeName, JsonObject, JsonObject, JsonObject]>([
    [
      "removes by null",
      "Pod",
      { metadata: { labels: { a: "1", b: "2" } } },
      { metadata: { labels: { a: null } } },
      { metadata: { labels: { b: "2" } } },
    ],
    [
      "merges maps",
      "Service",
      { spec: { selector: { a: "1" } } },
      { spec: { selector: { b: "2" } } },
      { spec: { selector: { a: "1", b: "2" } } },
    ],
    [
      "replaces a map that says so",
      "Service",
      { spec: { selector: { a: "1" } } },
      { spec: { selector: { $patch: "replace", b: "2" } } },
      { spec: { selector: { b: "2" } } },
    ],
    [
      "deletes a map that says so",
      "Service",
      { spec: { selector: { a: "1" }, type: "x" } },
      { spec: { selector: { $patch: "delete" } } },
      { spec: { type: "x" } },
    ],
    [
      "replaces lists without a merge key",
      "Pod",
      { spec: { tolerations: [{ key: "a" }] } },
      { spec: { tolerations: [{ key: "b" }] } },
      { spec: { tolerations: [{ key: "b" }] } },
    ],
    [
      "replaces subsets of Endpoints",
      "Endpoints",
      { subsets: [{ ports: [{ port: 1 }] }] },
      { subsets: [] },
      { subsets: [] },
    ],
    [
      "unites finalizers",
      "Pod",
      { metadata: { finalizers: ["a", "b"] } },
      { metadata: { finalizers: ["b", "c"] } },
      { metadata: { finalizers: ["a", "b", "c"] } },
    ],
    [
      "takes from finalizers",
      "Pod",
      { metadata: { finalizers: ["a", "b"] } },
      { metadata: { "$deleteFromPrimitiveList/finalizers": ["a"] } },
      { metadata: { finalizers: ["b"] } },
    ],
    [
      "orders finalizers",
      "Pod",
      { metadata: { finalizers: ["a", "b"] } },
      { metadata: { "$setElementOrder/finalizers": ["c", "b", "a"], finalizers: ["c"] } },
      { metadata: { finalizers: ["c", "b", "a"] } },
    ],
    [
      "retains the keys it names",
      "Pod",
      { spec: { volumes: [{ name: "v", emptyDir: {} }] } },
      { spec: { volumes: [{ name: "v", $retainKeys: ["name", "hostPath"], hostPath: { path: "/" } }] } },
      { spec: { volumes: [{ name: "v", hostPath: { path: "/" } }] } },
    ],
    [
      "reaches into items of items",
      "Pod",
      {
        spec: {
          containers: [
            {
              name: "c",
              env: [
                { name: "A", value: "1" },
                { name: "B", value: "2" },
              ],
            },
          ],
        },
      },
      {
        spec: {
          containers: [
            {
              name: "c",
              env: [
                { name: "A", value: "3" },
                { name: "B", $patch: "delete" },
              ],
            },
          ],
        },
      },
      { spec: { containers: [{ name: "c", env: [{ name: "A", value: "3" }] }] } },
    ],
    [
      "leaves directives out of new items",
      "Pod",
      { spec: {} },
      { spec: { containers: [{ name: "c", "$setElementOrder/env": [{ name: "A" }], env: [{ name: "A" }] }] } },
      { spec: { containers: [{ name: "c", env: [{ name: "A" }] }] } },
    ],
    [
      "keeps items that the order does not name behind their neighbours",
      "Service",
      { spec: { ports: [{ port: 1 }, { port: 2 }, { port: 3 }] } },
      { spec: { "$setElementOrder/ports": [{ port: 3 }, { port: 1 }] } },
      { spec: { ports: [{ port: 3 }, { port: 1 }, { port: 2 }] } },
    ],
    [
      "orders nothing that is not merged",
      "Pod",
      { spec: { tolerations: [{ key: "a" }] } },
      { spec: { "$setElementOrder/tolerations": [{ key: "b" }] } },
      { spec: { tolerations: [{ key: "a" }] } },
    ],
  ])("%s", (_, type, document, patch, expected) => {
    expect(patched(type, document, patch)).toEqual(expected);
  });

  const key = fc.string({ minLength: 1 }).filter((text) => !text.startsWith("$"));
  const map = fc.dictionary(key, fc.oneof(fc.string(), fc.constant(null)));
  const withoutNulls = fc.dictionary(key, fc.string());

  it("on what has no lists is a merge patch", () => {
    fc.assert(
      fc.property(withoutNulls, map, (labels, change) => {
        const [document, patch] = [{ metadata: { labels } }, { metadata: { labels: change } }];
        expect(strategicMergePatch(document, patch, "Pod")).toEqual(mergePatch(document, patch));
      }),
    );
  });

  it("applied twice is as applied once, and none changes nothing", () => {
    const ports = fc.uniqueArray(fc.record({ port: fc.integer({ min: 1, max: 9 }), name: fc.string() }), {
      selector: ({ port }) => port,
    });
    const patchItems = fc.uniqueArray(
      fc.record({
        port: fc.integer({ min: 1, max: 9 }),
        $patch: fc.constantFrom("delete", "merge"),
        name: fc.string(),
      }),
      { selector: ({ port }) => port },
    );
    fc.assert(
      fc.property(ports, patchItems, (before, items) => {
        const document = { spec: { ports: before } };
        const patch = { spec: { ports: items } };
        const once = patched("Service", document, patch);
        expect(patched("Service", once, patch)).toEqual(once);
        expect(patched("Service", document, {})).toEqual(document);
        const left = (once["spec"] as typeof document.spec).ports.map(({ port }) => port);
        const deleted = new Set(items.flatMap(({ port, $patch }) => ($patch === "delete" ? [port] : [])));
        expect(left.filter((port) => deleted.has(port))).toEqual([]);
        expect(new Set(left).size).toBe(left.length);
      }),
    );
  });

  it("cannot reach into what all objects share", () => {
    const patch = JSON.parse(
      '{"metadata":{"labels":{"__proto__":{"polluted":"yes"},"constructor":"x"}}}',
    ) as JsonObject;
    const result = patched("Pod", { metadata: { labels: {} } }, patch);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect(Object.keys((result["metadata"] as { labels: object }).labels)).toEqual(["__proto__", "constructor"]);
  });
});
