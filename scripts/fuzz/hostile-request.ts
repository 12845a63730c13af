/** One request, and how its target is put together. */
import type { Resource } from "../../src/api/discovery/resources.ts";

export interface HostileRequest {
  method: string;
  /** With the query, as it goes over the wire. */
  path: string;
  contentType: string;
  body: Uint8Array;
}

export type Depth = "collection" | "object" | "subresource";

export interface Place {
  namespace: string;
  name: string;
  depth: Depth;
  subresource: string;
  query: string;
}

type Served = Pick<Resource, "group" | "version" | "plural" | "namespaced">;

export function pathOf({ group, version, plural, namespaced }: Served, place: Place): string {
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const collection = `${root}${namespaced ? `/namespaces/${place.namespace}` : ""}/${plural}`;
  const object = place.depth === "collection" ? "" : `/${place.name}`;
  return `${collection}${object}${place.depth === "subresource" ? `/${place.subresource}` : ""}?${place.query}`;
}

export function bare(method: string, target: string): HostileRequest {
  return { method, path: target, contentType: "", body: new Uint8Array() };
}

export function percentEncoded(octets: Uint8Array): string {
  return [...octets].map((octet) => `%${octet.toString(16).padStart(2, "0")}`).join("");
}
