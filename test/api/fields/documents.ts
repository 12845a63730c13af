/** Documents to try sets of fields on, and the slow and obvious way to say what is in them. */
import fc from "fast-check";
import { parseFieldsV1, noFields, type FieldSet } from "../../../src/api/fields/field-set.ts";
import { shapeOfType } from "../../../src/api/fields/shape.ts";
import type { Json, JsonObject } from "../../../src/api/json.ts";

export const serviceShape = shapeOfType("Service");
export const podShape = shapeOfType("Pod");

export function fields(fieldsV1: Json): FieldSet {
  return parseFieldsV1(fieldsV1) ?? noFields;
}

const text = fc.constantFrom("a", "b", "c");

/** An object with some of the keys, the first always among them. */
function some(model: Record<string, fc.Arbitrary<Json>>): fc.Arbitrary<JsonObject> {
  return fc.record(model, { requiredKeys: Object.keys(model).slice(0, 1) }) as fc.Arbitrary<JsonObject>;
}

const port = fc.record(
  {
    port: fc.constantFrom(80, 81, 82),
    protocol: fc.constantFrom("TCP", "UDP"),
    name: text,
    targetPort: fc.constantFrom<Json>(8080, "http"),
  },
  { requiredKeys: ["port", "protocol"] },
) as fc.Arbitrary<JsonObject>;

const ports = fc.uniqueArray(port, {
  selector: (each) => JSON.stringify([each["port"], each["protocol"]]),
  maxLength: 4,
});

/**
 * Services with every shape that there is: structs, maps, whole maps, lists by key, sets and whole lists. None of them
 * holds an empty struct or map: one that is applied over what held something goes with it, as it does in Kubernetes.
 */
export const service: fc.Arbitrary<JsonObject> = some({
  metadata: some({
    labels: some({ x: text, y: text, z: text }),
    finalizers: fc.uniqueArray(text, { maxLength: 3 }),
  }),
  spec: some({
    type: text,
    ports,
    selector: some({ x: text, y: text }),
    externalIPs: fc.array(text, { maxLength: 2 }),
    sessionAffinityConfig: some({ clientIP: some({ timeoutSeconds: fc.constantFrom(1, 2) }) }),
  }),
});

/** What a manager can own of a service one by one, by path, with its value. */
export function leavesOf(document: JsonObject): Map<string, string> {
  const leaves = new Map<string, string>();
  const visit = (value: Json | undefined, at: string): void => {
    const isOpen = typeof value === "object" && value !== null && !/selector$|externalIPs$/.test(at);
    if (value === undefined) return;
    if (!isOpen) leaves.set(at, JSON.stringify(value));
    else if (Array.isArray(value)) {
      for (const item of value as Json[]) visit(item, `${at}[${itemName(item)}]`);
    } else for (const [key, inner] of Object.entries(value)) visit(inner, `${at}.${key}`);
  };
  visit(document, "");
  return leaves;
}

function itemName(item: Json): string {
  if (typeof item !== "object" || item === null || Array.isArray(item)) return `=${JSON.stringify(item)}`;
  const { port: number, protocol } = item as JsonObject;
  return `port=${JSON.stringify(number)},protocol=${JSON.stringify(protocol)}`;
}
