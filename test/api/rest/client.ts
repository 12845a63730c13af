/** Speaks to the API as clients do: over HTTP, through the Worker's own entry, with the real registry behind it. */
import { env, exports } from "cloudflare:workers";
import { expect } from "vitest";
import type { ObjectMeta, OwnerReference } from "../../../src/domain/object.ts";

/** Whatever comes back, as far as tests look at it. */
export interface Document {
  kind: string;
  apiVersion: string;
  metadata: ObjectMeta & { continue?: string };
  spec: Record<string, unknown>;
  status: unknown;
  items: Document[];
  /** Of a Status. */
  message: string;
  reason: string;
  details: { causes?: { reason: string; message: string; field?: string }[]; [field: string]: unknown };
  /** Of a Table. */
  columnDefinitions: { name: string; priority: number }[];
  rows: { cells: unknown[]; object?: Document }[];
}

export interface Reply {
  code: number;
  headers: Headers;
  text: string;
  /** An empty object where the answer is no JSON. */
  body: Document;
  warnings: string[];
}

export const mergePatch = "application/merge-patch+json";
export const strategicMergePatch = "application/strategic-merge-patch+json";
export const jsonPatch = "application/json-patch+json";

export function fetchApi(path: string, init: RequestInit = {}): Promise<Response> {
  return exports.default.fetch(new Request(`http://localhost${path}`, init));
}

/** A body that is no text is sent as JSON. */
export async function send(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const sent = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetchApi(path, {
    method,
    headers: { ...(sent !== undefined && { "Content-Type": "application/json" }), ...headers },
    ...(sent !== undefined && { body: sent }),
  });
  const text = new TextDecoder().decode(await response.arrayBuffer());
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json") === true && text !== "";
  return {
    code: response.status,
    headers: response.headers,
    text,
    body: (isJson ? JSON.parse(text) : {}) as Document,
    warnings: warningsOf(response.headers),
  };
}

export function get(path: string, accept?: string): Promise<Reply> {
  return send("GET", path, undefined, accept === undefined ? {} : { Accept: accept });
}

export function patch(path: string, type: string, body: unknown): Promise<Reply> {
  return send("PATCH", path, body, { "Content-Type": type });
}

/** Creates the object, which must succeed. */
export async function created(collection: string, manifest: object): Promise<Document> {
  const reply = await send("POST", collection, manifest);
  expect([reply.code, reply.text]).toEqual([201, reply.text]);
  return reply.body;
}

let namespaces = 0;

/** The path of a namespace that nobody else uses, and its name. */
export async function newNamespace(): Promise<{ name: string; path: string }> {
  const name = `ns-${++namespaces}-${crypto.randomUUID().slice(0, 8)}`;
  await created("/api/v1/namespaces", { metadata: { name } });
  return { name, path: `/api/v1/namespaces/${name}` };
}

const rack = "rack-1";

/** Registers the node that `quietPod` puts its pods on. */
export async function registerRack(): Promise<void> {
  await created("/api/v1/nodes", { metadata: { name: rack } });
}

/** A pod on a node of somebody's own: nothing here probes it, so that nobody but the test writes it. */
export function quietPod(name: string, metadata: object = {}, spec: object = {}): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, ...metadata },
    spec: { nodeName: rack, containers: [{ name: "main" }], ...spec },
  };
}

/** Endpoints that belong to no service: an object of which nothing is derived. */
export function endpoints(name: string, metadata: object = {}, rest: object = {}): object {
  return { apiVersion: "v1", kind: "Endpoints", metadata: { name, ...metadata }, ...rest };
}

/** Puts so many leases, of which nobody takes notice, into the registry at once, past the API, and says their names in order. */
export async function manyLeases(namespace: string, count: number, owner?: OwnerReference): Promise<string[]> {
  const made = Array.from({ length: count }, (_, index) => `many-${String(index).padStart(4, "0")}`);
  const rows = made.map((name) => {
    const uid = crypto.randomUUID();
    const metadata = {
      name,
      namespace,
      uid,
      creationTimestamp: "2026-11-01T00:00:00Z",
      ...(owner !== undefined && { ownerReferences: [owner] }),
    };
    return { name, uid, manifest: JSON.stringify({ apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata }) };
  });
  const columns = "(resource, namespace, name, uid, manifest";
  const values =
    "SELECT 'leases.coordination.k8s.io', ?1, value ->> 'name', value ->> 'uid', value ->> 'manifest' FROM json_each(?2)";
  const stored =
    "SELECT resource, namespace, name, uid, manifest, revision FROM log WHERE namespace = ?1 AND name LIKE 'many-%'";
  await env.DB.batch([
    env.DB.prepare(`INSERT INTO log ${columns}, change) ${values.replace(" FROM", ", 'ADDED' FROM")}`).bind(
      namespace,
      JSON.stringify(rows),
    ),
    env.DB.prepare(`INSERT INTO objects ${columns}, revision) ${stored}`).bind(namespace),
    env.DB.prepare(
      "INSERT INTO owners SELECT ?1, 'leases.coordination.k8s.io', ?2, value ->> 'name' FROM json_each(?3) WHERE ?1 <> ''",
    ).bind(owner?.uid ?? "", namespace, JSON.stringify(rows)),
  ]);
  return made;
}

export function leasesOf(namespace: string): string {
  return `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
}

export function names(list: Document): string[] {
  return list.items.map(({ metadata }) => metadata.name);
}

/** The texts of the Warning headers, which come joined by commas. */
function warningsOf(headers: Headers): string[] {
  const joined = headers.get("Warning") ?? "";
  return Array.from(joined.matchAll(/299 - "((?:[^"\\]|\\.)*)"/g), ([, text = ""]) =>
    text.replaceAll(/\\(["\\])/g, "$1"),
  );
}
