import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../../src/api/json.ts";
import { conform } from "../../../src/api/schema/conform.ts";
import { fieldNames, fieldType, isTypeName, type TypeName } from "../../../src/api/schema/schema.ts";

/** A document of a type, with every kind of field that the type has, a few levels deep. */
function documentOf(type: TypeName, depth: number): fc.Arbitrary<JsonObject> {
  const fields = fieldNames(type).map((name): [string, fc.Arbitrary<Json>] => {
    const field = fieldType(type, name);
    const one = valueOf(field?.of ?? "any", depth);
    if (field?.form === "list") return [name, fc.array(one, { maxLength: 2 })];
    return [name, field?.form === "map" ? fc.dictionary(fc.string(), one, { maxKeys: 2 }) : one];
  });
  return fc.record(Object.fromEntries(fields), { requiredKeys: [] }) as fc.Arbitrary<JsonObject>;
}

function valueOf(of: string, depth: number): fc.Arbitrary<Json> {
  if (isTypeName(of)) return depth === 0 ? fc.constant({}) : documentOf(of, depth - 1);
  switch (of) {
    case "bool":
      return fc.boolean();
    case "int32":
    case "int64":
      return fc.integer();
    case "intOrString":
      return fc.oneof(fc.integer(), fc.string());
    case "quantity":
      return fc.constantFrom("100m", "1Gi", "0.5", "1e3", 2);
    case "time":
    case "microTime":
      return fc.constantFrom("2026-11-01T01:02:03+01:00", "2026-11-01T00:00:00.5Z");
    default:
      return fc.string();
  }
}

describe("conforming", () => {
  it.each(["Pod", "Service", "EndpointSlice", "Node", "DeleteOptions"] as const)(
    "leaves a %s alone that is in its shape already",
    (type) => {
      fc.assert(
        fc.property(documentOf(type, 3), (document) => {
          const once = conform(document, type);
          expect(once).toMatchObject({ unknown: [], mismatch: undefined });
          expect(conform(once.object, type)).toEqual(once);
        }),
        { numRuns: 50 },
      );
    },
  );

  it("never fails, and finds nothing wrong with its own result, whatever it is given", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom("metadata", "spec", "status", "x"), fc.jsonValue()), (document) => {
        const { object, mismatch } = conform(document as JsonObject, "Pod");
        expect(mismatch === undefined || mismatch.length > 0).toBe(true);
        expect(conform(object, "Pod").unknown).toEqual([]);
      }),
    );
  });

  it("takes keys for what they are, whatever objects have by birth", () => {
    const labels = JSON.parse('{"__proto__":"a","constructor":"b"}') as JsonObject;
    const { object, unknown } = conform(
      { metadata: { labels }, constructor: 1, ...JSON.parse('{"__proto__":{"spec":1}}') } as JsonObject,
      "Pod",
    );
    expect(Object.keys((object["metadata"] as JsonObject)["labels"] as JsonObject)).toEqual([
      "__proto__",
      "constructor",
    ]);
    expect(unknown).toEqual(["constructor", "__proto__"]);
    expect(object).not.toHaveProperty("spec");
  });

  it("leaves nulls out, and puts fields into one order", () => {
    const { object } = conform(
      { status: {}, spec: { nodeName: null, hostname: "h" }, metadata: { creationTimestamp: null } },
      "Pod",
    );
    expect(JSON.stringify(object)).toBe('{"metadata":{},"spec":{"hostname":"h"},"status":{}}');
  });

  it.each([
    [
      "time",
      { metadata: { creationTimestamp: "2026-11-01T01:30:00.75+01:30" } },
      { metadata: { creationTimestamp: "2026-11-01T00:00:00Z" } },
    ],
    ["quantity", { spec: { overhead: { cpu: 1 } } }, { spec: { overhead: { cpu: "1" } } }],
    ["list with a hole", { spec: { containers: [null] } }, { spec: { containers: [{}] } }],
  ])("makes a %s canonical", (_, document, expected) => {
    expect(conform(document, "Pod").object).toEqual(expected);
  });

  it("keeps the microseconds of a time that has them", () => {
    const { object } = conform({ spec: { renewTime: "2026-11-01T00:00:00.12345678Z" } }, "Lease");
    expect(object).toEqual({ spec: { renewTime: "2026-11-01T00:00:00.123456Z" } });
  });

  it.each([
    [{ metadata: { creationTimestamp: "yesterday" } }, /^parsing time "yesterday"/],
    [{ spec: { overhead: { cpu: "one" } } }, /^quantities must match the regular expression/],
    [
      { spec: { containers: [{ livenessProbe: { tcpSocket: { port: true } } }] } },
      /^json: cannot unmarshal bool into Go value of type int32$/,
    ],
    [{ spec: { activeDeadlineSeconds: 2 ** 60 } }, /of type int64$/],
  ])("%j is malformed", (document, message) => {
    expect(conform(document, "Pod").mismatch).toMatch(message);
  });

  it("reports no more than a hundred unknown fields", () => {
    const document = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`x${index}`, 1]));
    expect(conform(document, "Pod").unknown).toHaveLength(100);
  });
});
