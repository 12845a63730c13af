/**
 * `/openapi/v3`: for each group and version, the types of its kinds with a text for every field, which is what `kubectl
 * explain` shows; and that PATCH takes `fieldValidation`, so that kubectl leaves validation to the server. Which formats a
 * PATCH takes is not said: kubectl, which makes better patches by itself, would make them by these types.
 */
import { hashOf } from "../../domain/hash.ts";
import { apiVersionOf, type Kind } from "../kinds/kind.ts";
import { kinds } from "../kinds/kinds.ts";
import type { Review } from "../reviews/review.ts";
import { reviews } from "../reviews/reviews.ts";
import { fieldNames, fieldType, isTypeName, type Scalar, type TypeName } from "../schema/schema.ts";
import { descriptions, keptDescription } from "./descriptions.ts";

type Schema = Record<string, unknown>;

interface Root {
  group: string;
  version: string;
  kind: string;
  schema: TypeName;
}

const documents = new Map<string, string>();

/** Where the document of each group and version is, with a hash that changes with it. */
export function openApiIndex(): object {
  const paths = groupVersions().map((path) => {
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hashOfDocument(openApiDocument(path) ?? "")}` }];
  });
  return { paths: Object.fromEntries(paths) as object };
}

/** One document, by its path such as `api/v1`; whoever has it by its hash need not ask again. */
export function openApiResponse(path: string, hash: string | undefined): Response | undefined {
  const document = openApiDocument(path);
  if (document === undefined) return undefined;
  const isLasting = hash !== undefined && hash === hashOfDocument(document);
  const caching = isLasting ? "private, max-age=31536000, immutable" : "no-cache, private";
  return new Response(document, { headers: { "Content-Type": "application/json", "Cache-Control": caching } });
}

/** The JSON text of a document, made when it is first asked for. */
export function openApiDocument(path: string): string | undefined {
  if (!groupVersions().includes(path)) return undefined;
  const known = documents.get(path);
  if (known !== undefined) return known;
  const text = JSON.stringify(describe(path));
  documents.set(path, text);
  return text;
}

function hashOfDocument(text: string): string {
  return hashOf(text).toString(16).toUpperCase();
}

function groupVersions(): string[] {
  return [...new Set([...kinds, ...reviews].map((served) => pathOf(served)))];
}

function pathOf(served: { group: string; version: string }): string {
  return `${served.group === "" ? "api" : "apis"}/${apiVersionOf(served)}`;
}

function describe(path: string): object {
  const served = kinds.filter((kind) => pathOf(kind) === path);
  const asked = reviews.filter((review) => pathOf(review) === path);
  const roots = [...served, ...asked.map((review) => rootOf(review))];
  return {
    openapi: "3.0.0",
    info: { title: "Rollcall", version: "v1" },
    paths: Object.fromEntries([
      ...served.map((kind) => [objectPath(kind), { patch: patchOf(kind) }]),
      ...asked.map((review) => [reviewPath(review), { post: postOf(review) }]),
    ]) as object,
    components: { schemas: schemasOf(roots) },
  };
}

function rootOf({ group, version, kind }: Review): Root {
  return { group, version, kind, schema: kind };
}

function objectPath(kind: Kind): string {
  return `/${pathOf(kind)}${kind.namespaced ? "/namespaces/{namespace}" : ""}/${kind.plural}/{name}`;
}

function reviewPath(review: Review): string {
  return `/${pathOf(review)}${review.namespaced ? "/namespaces/{namespace}" : ""}/${review.plural}`;
}

function patchOf(kind: Kind): object {
  const parameters = ["dryRun", "fieldValidation"].map((name) => ({ name, in: "query", schema: { type: "string" } }));
  return { parameters, responses: {}, "x-kubernetes-action": "patch", ...spokenOf(kind) };
}

function postOf(review: Review): object {
  return { responses: {}, "x-kubernetes-action": "post", ...spokenOf(review) };
}

function spokenOf({ group, version, kind }: Kind | Review): object {
  return { "x-kubernetes-group-version-kind": { group, version, kind } };
}

/** The types of these kinds, and of what they are made of. */
function schemasOf(roots: readonly Root[]): Record<string, Schema> {
  const schemas: Record<string, Schema> = { ...scalarTypes };
  const waiting = roots.map(({ schema }) => schema);
  for (let type = waiting.pop(); type !== undefined; type = waiting.pop()) {
    if (schemas[type] !== undefined) continue;
    schemas[type] = typeSchema(type);
    for (const name of fieldNames(type)) {
      const of = fieldType(type, name)?.of ?? "any";
      if (isTypeName(of)) waiting.push(of);
    }
  }
  for (const { group, version, kind, schema } of roots) {
    schemas[schema] = { ...schemas[schema], "x-kubernetes-group-version-kind": [{ group, version, kind }] };
  }
  return schemas;
}

function typeSchema(type: TypeName): Schema {
  const properties = fieldNames(type).map((name) => [name, fieldSchema(type, name)]);
  const description = descriptions[type];
  return { type: "object", ...(description && { description }), properties: Object.fromEntries(properties) as object };
}

function fieldSchema(type: TypeName, name: string): Schema {
  const { form, of } = fieldType(type, name) ?? { form: "one", of: "any" };
  const one = isTypeName(of) ? reference(of) : scalarSchemas[of];
  const description = descriptions[`${type}.${name}`] ?? envelope[name] ?? keptDescription;
  if (form === "list") return { type: "array", items: one, description };
  if (form === "map") return { type: "object", additionalProperties: one, description };
  return { ...one, description };
}

/** What every object has, whatever its kind. */
const envelope: Readonly<Record<string, string>> = {
  apiVersion: "The version of the kind.",
  kind: "The kind of the object.",
  metadata: "The object's name, its labels, and the like.",
};

/** Texts beside a reference are not read; a list of one reference is how Kubernetes gets by. */
function reference(name: string): Schema {
  return { allOf: [{ $ref: `#/components/schemas/${name}` }] };
}

/** Scalars that `kubectl explain` calls by the name of a type. */
const scalarTypes: Readonly<Record<string, Schema>> = {
  FieldsV1: { type: "object" },
  IntOrString: { oneOf: [{ type: "integer" }, { type: "string" }], format: "int-or-string" },
  MicroTime: { type: "string", format: "date-time" },
  Quantity: { oneOf: [{ type: "string" }, { type: "number" }] },
  Time: { type: "string", format: "date-time" },
};

const scalarSchemas: Readonly<Record<Scalar, Schema>> = {
  string: { type: "string" },
  bool: { type: "boolean" },
  int32: { type: "integer", format: "int32" },
  int64: { type: "integer", format: "int64" },
  time: reference("Time"),
  microTime: reference("MicroTime"),
  intOrString: reference("IntOrString"),
  quantity: reference("Quantity"),
  any: reference("FieldsV1"),
};
