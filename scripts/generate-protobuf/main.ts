/**
 * Writes src/api/schema/protobuf.json: the number of each field of src/api/schema/kubernetes.json in protobuf, read
 * from the struct tags that a kubectl program carries. No package has Kubernetes' protobuf definitions for JavaScript,
 * and kubectl is what speaks them. Run it after kubernetes.json has changed, with the newest kubectl there is (an
 * unstripped or stripped Linux release for 64 bits), and commit what it writes:
 *
 *     node scripts/generate-protobuf/main.ts /usr/local/bin/kubectl
 *
 * The notation is read by src/api/schema/protobuf.ts: `name=number`, with `?` behind the name of a field that is a
 * pointer in Go, for which a zero is a value and not an absence; and `...Type=number` for a message whose fields are the
 * type's own in JSON. Fields that are newer than the kubectl are reported, and cannot be read from protobuf.
 */
import { readFileSync, writeFileSync } from "node:fs";
import schema from "../../src/api/schema/kubernetes.json" with { type: "json" };
import { GoTypes, type GoField, type GoType } from "./go-types.ts";

type GoStruct = GoType & { kind: "struct" };

/** In order: a name that two packages have is meant to be the first one's, but for those that name their package. */
const packages = [
  "k8s.io/apimachinery/pkg/apis/meta/v1",
  "k8s.io/api/core/v1",
  "k8s.io/api/discovery/v1",
  "k8s.io/api/coordination/v1",
  "k8s.io/api/policy/v1",
  "k8s.io/api/autoscaling/v1",
  "k8s.io/api/authentication/v1",
  "k8s.io/api/authorization/v1",
  "k8s.io/api/rbac/v1",
];

const [program] = process.argv.slice(2);
if (program === undefined) throw new Error("name a kubectl: node scripts/generate-protobuf/main.ts /path/to/kubectl");
const go = new GoTypes(readFileSync(program));
const structs = new Map<string, GoStruct>();
for (const path of packages) {
  const group = path.split("/").at(-2) ?? "";
  for (const [name, struct] of go.structsOf(path)) {
    const plain = name.replace(/^v1\./, "");
    for (const key of [plain, `${group}.${plain}`]) if (!structs.has(key)) structs.set(key, struct);
  }
}

const numbers = new Map<string, string>();
const missing: string[] = [];
for (const [type, fields] of Object.entries(schema)) {
  const struct = structs.get(type);
  if (struct === undefined) {
    missing.push(type);
    continue;
  }
  const known = new Set(enterStruct(type, struct, new Map(Object.entries(fields))));
  missing.push(...Object.keys(fields).flatMap((name) => (known.has(name) ? [] : [`${type}.${name}`])));
}

/** Notes a struct's fields, and those of the structs it takes in; returns the names of all of them. */
function enterStruct(type: string, struct: GoStruct, fields: ReadonlyMap<string, string>): string[] {
  const names: string[] = [];
  const entries: [number: number, notation: string][] = [];
  for (const field of struct.fields) {
    const [name = "", ...options] = tagOf(field, "json").split(",");
    const number = Number(/\d+/.exec(tagOf(field, "protobuf"))?.[0] ?? 0);
    if (options.includes("inline") && field.type.kind === "struct") {
      // The envelope says what kind an object is, so these have no number.
      if (number === 0) names.push("apiVersion", "kind");
      else {
        names.push(...enterStruct(field.name, field.type, fields));
        entries.push([number, `...${field.name}`]);
      }
    } else if (fields.has(name)) {
      names.push(name);
      if (isReadable(field, fields.get(name) ?? "")) entries.push([number, isPointer(field) ? `${name}?` : name]);
    }
  }
  const sorted = entries.toSorted(([one], [other]) => one - other);
  numbers.set(type, sorted.map(([number, notation]) => `${notation}=${number}`).join(" "));
  return names;
}

function tagOf({ tag }: GoField, key: string): string {
  return new RegExp(`${key}:"([^"]*)"`).exec(tag)?.[1] ?? "";
}

/** Of what JSON may hold anything, protobuf holds the text; of the rest there are only answers. */
function isReadable(field: GoField, notation: string): boolean {
  return notation !== "any" || (field.type.kind === "pointer" && tagOf(field, "json").startsWith("fieldsV1"));
}

/** A pointer to a struct is no matter: it is there or it is not. */
function isPointer({ type }: GoField): boolean {
  return type.kind === "pointer" && (type.element.kind !== "struct" || type.element.name === "intstr.IntOrString");
}

const sorted = Object.fromEntries([...numbers].toSorted(([one], [other]) => (one < other ? -1 : 1)));
const target = new URL("../../src/api/schema/protobuf.json", import.meta.url);
writeFileSync(target, `${JSON.stringify(sorted, null, 2)}\n`);
console.log(`${numbers.size} types written to ${target.pathname}`);
if (missing.length > 0) console.log(`newer than ${program}, so not readable from protobuf:\n${missing.join("\n")}`);
