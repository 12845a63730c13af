/**
 * Writes src/api/schema/kubernetes.json: the fields of every type that Rollcall's kinds are made of, and of what they
 * are made of in turn. Source: the model classes of `@kubernetes/client-node`, which are generated from Kubernetes'
 * OpenAPI document. Run it with `node scripts/generate-schema.ts` after that package moved or a kind was added, and
 * commit what it writes.
 *
 * The notation is read by src/api/schema/schema.ts: a scalar's name or a type's name, behind `[]` for a list of it and
 * behind `{}` for a map from strings to it.
 */
import { writeFileSync } from "node:fs";
import * as models from "@kubernetes/client-node";

interface Attribute {
  baseName: string;
  type: string;
  format: string;
}

const roots = [
  "V1Namespace",
  "V1Node",
  "V1Pod",
  "V1Service",
  "V1Endpoints",
  "V1EndpointSlice",
  "CoreV1Event",
  "V1ReplicationController",
  "V1Lease",
  "V1ServiceAccount",
  "V1Role",
  "V1RoleBinding",
  "V1ClusterRole",
  "V1ClusterRoleBinding",
  "V1DeleteOptions",
  "V1Eviction",
  "V1Scale",
  "AuthenticationV1TokenRequest",
  "V1LocalSubjectAccessReview",
  "V1SelfSubjectAccessReview",
  "V1SelfSubjectReview",
  "V1SelfSubjectRulesReview",
  "V1SubjectAccessReview",
  "V1TokenReview",
];

/** The models say `string` of a resource.Quantity, which may be a number as well. */
const quantities = new Set(["divisor", "sizeLimit"]);
const quantityMaps = new Set([
  "allocatable",
  "allocatedResources",
  "capacity",
  "limits",
  "overhead",
  "requests",
  "resources",
]);

function attributesOf(model: string): Attribute[] | undefined {
  const found: unknown = Reflect.get(models, model);
  if (typeof found !== "function" || !("getAttributeTypeMap" in found)) return undefined;
  return (found as unknown as { getAttributeTypeMap(): Attribute[] }).getAttributeTypeMap();
}

/** `V1ServicePort` is Go's ServicePort. Two packages have an EndpointPort; the one of discovery keeps its package. */
function typeName(model: string): string {
  return model
    .replace(/^Discovery(?=V1)/, "discovery.")
    .replace(/^(Authentication|Core|Rbac)(?=V1)/, "")
    .replace(/V1(?=[A-Z])/, "");
}

function fieldType({ baseName, type, format }: Attribute): string {
  const element = /^Array<(.+)>$/.exec(type)?.[1];
  if (element !== undefined) return `[]${fieldType({ baseName: "", type: element, format })}`;
  // Only answers have these, and what is in them is not looked at.
  if (/^\{.*Array<string>/.test(type)) return "any";
  if (type.startsWith("{")) return `{}${quantityMaps.has(baseName) ? "quantity" : "string"}`;
  if (type === "string" && quantities.has(baseName)) return "quantity";
  if (type === "V1MicroTime") return "microTime";
  if (type === "IntOrString") return "intOrString";
  if (type === "Date") return "time";
  if (type === "number") return format;
  if (type === "boolean") return "bool";
  return attributesOf(type) === undefined ? type : typeName(type);
}

function modelsIn({ type }: Attribute): string[] {
  return (type.match(/\w+/g) ?? []).filter((word) => attributesOf(word) !== undefined);
}

const types = new Map<string, Record<string, string>>();
const waiting = [...roots];
for (let model = waiting.pop(); model !== undefined; model = waiting.pop()) {
  if (types.has(typeName(model))) continue;
  const attributes = attributesOf(model);
  if (attributes === undefined) throw new Error(`@kubernetes/client-node has no model ${model}`);
  const fields = attributes.map((attribute) => [attribute.baseName, fieldType(attribute)] as const);
  types.set(typeName(model), Object.fromEntries(fields.toSorted(([one], [other]) => (one < other ? -1 : 1))));
  waiting.push(...attributes.flatMap((attribute) => modelsIn(attribute)));
}

const sorted = Object.fromEntries([...types].toSorted(([one], [other]) => (one < other ? -1 : 1)));
const target = new URL("../src/api/schema/kubernetes.json", import.meta.url);
writeFileSync(target, `${JSON.stringify(sorted, null, 2)}\n`);
console.log(`${types.size} types written to ${target.pathname}`);
