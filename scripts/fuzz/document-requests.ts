/**
 * Bodies of every type that is served, of any of its fields and whole in form, in protobuf or as JSON; some with octets
 * in them that do not belong there. Pure.
 */
import fc, { type Arbitrary } from "fast-check";
import { resources, type Resource } from "../../src/api/discovery/resources.ts";
import { isJsonObject, type JsonObject } from "../../src/api/json.ts";
import { isTypeName, type TypeName } from "../../src/api/schema/schema.ts";
import { documentOf } from "../lab/arbitrary-documents.ts";
import { encodeMessage, encodeObject } from "../lab/encode-protobuf.ts";
import { pathOf, type Depth, type HostileRequest } from "./hostile-request.ts";

/** Who takes a body, and of which type. */
interface Taker {
  resource: Resource;
  method: string;
  depth: Depth;
  subresource: string;
  apiVersion: string;
  type: TypeName;
}

const methods: Readonly<Record<string, readonly [method: string, depth: Depth]>> = {
  create: ["POST", "collection"],
  update: ["PUT", "object"],
  delete: ["DELETE", "object"],
  deletecollection: ["DELETE", "collection"],
};

const takers = resources.flatMap((resource): Taker[] => [
  ...resource.verbs.flatMap((verb) => takerOf(resource, verb, resource, "")),
  ...resource.subresources.flatMap((part) => part.verbs.flatMap((verb) => takerOf(resource, verb, part, part.name))),
]);

type Spoken = Pick<Resource, "group" | "version" | "kind">;

function takerOf(resource: Resource, verb: string, { group, version, kind }: Spoken, subresource: string): Taker[] {
  const [method, depth] = methods[verb] ?? [];
  const type = method === "DELETE" ? "DeleteOptions" : kind;
  if (method === undefined || depth === undefined || !isTypeName(type)) return [];
  const own = group === "" ? version : `${group}/${version}`;
  const apiVersion = method === "DELETE" ? "meta.k8s.io/v1" : own;
  return [{ resource, method, depth: subresource === "" ? depth : "subresource", subresource, apiVersion, type }];
}

/** Where, what comes instead of how many octets. */
const damage = fc.array(fc.tuple(fc.nat(), fc.nat(3), fc.uint8Array({ maxLength: 4 })), { maxLength: 3 });

export const documentRequest: Arbitrary<HostileRequest> = fc.constantFrom(...takers).chain((taker) => {
  const { resource, method, type } = taker;
  return fc
    .record({
      document: documentOf(type, 4),
      name: fc.constantFrom("a", "web", "web-1", "kubernetes"),
      isProtobuf: fc.boolean(),
      query: fc.constantFrom("", "", "dryRun=All", "fieldValidation=Strict", "fieldManager=a"),
      damage: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: damage }),
    })
    .map(({ document, name, isProtobuf, query, damage: edits }) => {
      const named = type === "DeleteOptions" ? document : withName(document, name);
      const place = { ...taker, namespace: "default", name, query };
      const octets = isProtobuf ? inProtobuf(named, taker) : inJson(named, taker);
      const contentType = isProtobuf ? "application/vnd.kubernetes.protobuf" : "application/json";
      return { method, path: pathOf(resource, place), contentType, body: damaged(octets, edits) };
    });
});

/** Else next to nothing would be accepted. */
function withName(document: JsonObject, name: string): JsonObject {
  const { metadata } = document;
  return { ...document, metadata: { ...(isJsonObject(metadata) && metadata), name, namespace: "default" } };
}

function inProtobuf(document: JsonObject, { apiVersion, type }: Taker): Uint8Array {
  return encodeObject(apiVersion, type, encodeMessage(document, type));
}

function inJson(document: JsonObject, { apiVersion, type }: Taker): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ ...document, apiVersion, kind: type }));
}

function damaged(octets: Uint8Array, edits: readonly (readonly [number, number, Uint8Array])[]): Uint8Array {
  return edits.reduce((before, [at, gone, come]) => {
    const place = at % (before.length + 1);
    return Uint8Array.from([...before.subarray(0, place), ...come, ...before.subarray(place + gone)]);
  }, octets);
}
