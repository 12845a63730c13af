/** What DNS reads of the registry: which names there are, whose an address is, and how long answers may be kept. */
import type { D1Database } from "@cloudflare/workers-types";
import { maxTtlSeconds, parseTtlSeconds, type Service, type ServiceKey } from "../domain/service.ts";
import type { CatalogueSnapshot } from "./registry.ts";
import { rowsOf } from "./rows.ts";
import { read } from "./statements/read.ts";
import { settle } from "./statements/upkeep.ts";

export async function readCatalogueRevision(db: D1Database): Promise<number> {
  const row = await db.prepare(read.catalogueRevision).first<{ revision: number }>();
  return row?.revision ?? 0;
}

export async function readCatalogue(db: D1Database): Promise<CatalogueSnapshot> {
  const results = await db.batch([
    db.prepare(read.catalogueRevision),
    db.prepare(read.namespaceNames),
    db.prepare(read.catalogueServices),
  ]);
  const services = rowsOf<{ namespace: string; name: string; uid: string; spec: string; ttl: string | null }>(
    results,
    2,
  );
  return {
    catalogueRevision: rowsOf<{ revision: number }>(results, 0)[0]?.revision ?? 0,
    namespaces: rowsOf<{ name: string }>(results, 1).map(({ name }) => name),
    services: services.map(({ spec, ttl, ...identity }) => ({
      ...identity,
      service: JSON.parse(spec) as Service["spec"],
      ttl: ttl ?? undefined,
    })),
  };
}

/** What decides how long clients may still be sent to a pod of a namespace that is leaving its services. */
export interface Departure {
  /**
   * The longest that an answer with the pod's address may be kept, if it was given in the last hour: none is kept longer
   * than that. The default TTL is counted in as well, since answers about nodes and pods are given with it, and an isolate
   * may go on with a TTL that was changed for as long.
   */
  longestTtlSeconds: number;
  /** Services of the namespace that may not have heard of what has changed, as of the pod's labels earlier. */
  pending: ServiceKey[];
  /** Services of the namespace that hand out a pod until it is gone, however it is. */
  lingering: ServiceKey[];
}

export async function readDeparture(
  db: D1Database,
  namespace: string,
  defaultTtlSeconds: number,
  nowMs: number,
): Promise<Departure> {
  const results = await db.batch([
    db.prepare(read.ttlsInForce).bind(namespace, formerTtlsSinceSeconds(defaultTtlSeconds, nowMs)),
    db.prepare(read.pendingServices).bind(namespace),
    db.prepare(read.lingeringServices).bind(namespace),
  ]);
  const ttls = rowsOf<{ ttl: string | number | null }>(results, 0).map(({ ttl }) =>
    ttl === null ? 0 : (parseTtlSeconds(String(ttl)) ?? 0),
  );
  const [pending = [], lingering = []] = [1, 2].map((index) =>
    rowsOf<{ target: ServiceKey }>(results, index).map(({ target }) => target),
  );
  return { longestTtlSeconds: Math.max(defaultTtlSeconds, ...ttls), pending, lingering };
}

/** Remembers the default TTL, so that one that a deployment lowers is known for as long as it matters. */
export async function noteDefaultTtl(db: D1Database, seconds: number, nowMs: number): Promise<void> {
  const statements = [settle.noteFormerDefaultTtl, settle.noteDefaultTtl, settle.forgetFormerTtls];
  const since = formerTtlsSinceSeconds(seconds, nowMs);
  await db.batch(statements.map((sql) => db.prepare(sql).bind(seconds, since)));
}

function formerTtlsSinceSeconds(defaultTtlSeconds: number, nowMs: number): number {
  return Math.floor(nowMs / 1000) - maxTtlSeconds - defaultTtlSeconds;
}

/** Services whose endpoints may hold the address, given in canonical text. */
export async function servicesOfAddress(db: D1Database, address: string): Promise<ServiceKey[]> {
  const { results } = await db.prepare(read.servicesOfAddress).bind(address).all<{ service: ServiceKey }>();
  return results.map(({ service }) => service);
}

export async function hasPodWithAddress(db: D1Database, namespace: string, address: string): Promise<boolean> {
  return (await db.prepare(read.podWithAddress).bind(address, namespace).first()) !== null;
}
