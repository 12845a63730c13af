/**
 * What the Durable Objects, the sweep and DNS read, each as of one revision: one batch on the primary, so that data
 * and revision belong together.
 */
import type { D1Database, D1Result } from "@cloudflare/workers-types";
import type { Endpoints, EndpointSlice } from "../domain/endpoints.ts";
import type { Node } from "../domain/node.ts";
import { toTimestamp, type KubeObject, type NamespacedName } from "../domain/object.ts";
import type { Pod } from "../domain/pod.ts";
import type { ReplicationController } from "../domain/replication-controller.ts";
import { maxTtlSeconds, parseTtlSeconds, type Service, type ServiceKey, type ServiceKind } from "../domain/service.ts";
import { bucketsOf, type LatencyBucket } from "./latency-buckets.ts";
import type {
  CatalogueSnapshot,
  Following,
  LoggedChange,
  ProgrammingLatency,
  ProberSnapshot,
  ReplicasSnapshot,
  ServiceSnapshot,
} from "./registry.ts";
import { fromRow, rowsOf, type ObjectRow } from "./rows.ts";
import { compact, read, settle } from "./statements.ts";
import type { ProbedPodIdentity } from "./write-readiness.ts";

interface EpochRow {
  epoch: string;
  revision: number;
}

export async function readService(db: D1Database, key: ServiceKey): Promise<ServiceSnapshot> {
  const [namespace, name] = splitKey(key);
  const results = await db.batch([
    db.prepare(read.epochAndHead),
    db.prepare(read.object).bind("services", namespace, name),
    db.prepare(read.selectedPods).bind(namespace, name, "services"),
    db.prepare(read.slicesOfService).bind(namespace, name),
    db.prepare(read.object).bind("endpoints", namespace, name),
    db.prepare(read.nodeZones),
  ]);
  return {
    ...epochAndHead(results),
    service: objectsOf(results, 1)[0] as Service | undefined,
    pods: objectsOf(results, 2) as Pod[],
    slices: objectsOf(results, 3) as EndpointSlice[],
    endpoints: objectsOf(results, 4)[0] as Endpoints | undefined,
    zones: Object.fromEntries(rowsOf<{ node: string; zone: string }>(results, 5).map(({ node, zone }) => [node, zone])),
  };
}

/** How many changes are followed before reading anew is cheaper. */
const followedChanges = 200;

/** What has happened in the service's namespace, and to nodes, since a revision; undefined when that is too long ago. */
export async function readFollowing(db: D1Database, key: ServiceKey, since: number): Promise<Following | undefined> {
  const [namespace] = splitKey(key);
  const results = await db.batch([
    db.prepare(read.epochAndHead),
    db.prepare(read.compactedRevision),
    db.prepare(read.changesInNamespace).bind(since, namespace, followedChanges + 1),
  ]);
  const compacted = rowsOf<{ revision: number }>(results, 1)[0]?.revision ?? 0;
  const rows = rowsOf<ObjectRow & Pick<LoggedChange, "resource" | "change">>(results, 2);
  if (since < compacted || rows.length > followedChanges) return undefined;
  const changes = rows.map((row) => ({ ...pickChange(row), object: fromRow(row) }));
  return { ...epochAndHead(results), changes };
}

/** What a replication controller counts; undefined when it has nothing to count anew. */
export async function readReplicas(db: D1Database, key: NamespacedName): Promise<ReplicasSnapshot | undefined> {
  const [namespace, name] = splitKey(key);
  const results = await db.batch([
    db.prepare(read.epochAndHead),
    db.prepare(read.isPending).bind("replicationcontroller", key),
    db.prepare(read.object).bind("replicationcontrollers", namespace, name),
    db.prepare(read.selectedPods).bind(namespace, name, "replicationcontrollers"),
  ]);
  if (rowsOf(results, 1).length === 0) return undefined;
  return {
    revision: epochAndHead(results).revision,
    controller: objectsOf(results, 2)[0] as ReplicationController | undefined,
    pods: objectsOf(results, 3) as Pod[],
  };
}

export async function readAssigned(db: D1Database, prober: string): Promise<ProberSnapshot> {
  const results = await db.batch([
    db.prepare(read.epochAndHead),
    db.prepare(read.object).bind("nodes", "", prober),
    db.prepare(read.assignedPods).bind(prober),
    db.prepare(read.renewals).bind(prober),
  ]);
  const renewals = rowsOf<{ uid: string; renewed_ms: number }>(results, 3);
  return {
    ...epochAndHead(results),
    node: objectsOf(results, 1)[0] as Node | undefined,
    pods: objectsOf(results, 2) as Pod[],
    renewedMs: new Map(renewals.map(({ uid, renewed_ms }) => [uid, renewed_ms])),
  };
}

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

/**
 * The longest that an answer with the address of a pod in this namespace may be kept, if it was given in the last hour:
 * none is kept longer than that. The default TTL is counted in as well, since answers about nodes and pods are given
 * with it, and an isolate may go on with a TTL that was changed for as long.
 */
export async function longestTtlSeconds(
  db: D1Database,
  namespace: string,
  defaultTtlSeconds: number,
  nowMs: number,
): Promise<number> {
  const since = formerTtlsSinceSeconds(defaultTtlSeconds, nowMs);
  const { results } = await db.prepare(read.ttlsInForce).bind(namespace, since).all<{ ttl: string | number | null }>();
  const ttls = results.map(({ ttl }) => parseTtlSeconds(ttl === null ? undefined : String(ttl)) ?? 0);
  return Math.max(defaultTtlSeconds, ...ttls);
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

export interface PendingTarget {
  kind: "service" | "replicationcontroller" | "prober";
  target: string;
  /** When the change was written, to the second; null when the log has forgotten it. */
  sinceMs?: number | null;
}

export interface DueProber {
  name: string;
  /** What its Node says. */
  ready: boolean;
}

/** What the sweep works through: every prober, everybody who has not yet looked at a change, pods that should be gone. */
export interface Due {
  probers: DueProber[];
  pending: PendingTarget[];
  terminated: ProbedPodIdentity[];
  /** Pods whose lease has expired, and whose prober has not done by now what follows from it. */
  expired: ProbedPodIdentity[];
}

/** So long the enforcement of leases is left to the probers. */
const proberLeadMs = 60_000;

export async function readDue(db: D1Database, nowMs: number): Promise<Due> {
  const results = await db.batch([
    db.prepare(read.probers),
    db.prepare(read.pending),
    db.prepare(read.terminatedPods).bind(toTimestamp(nowMs)),
    db.prepare(read.expiredPods).bind(nowMs - proberLeadMs),
  ]);
  return {
    terminated: rowsOf<ProbedPodIdentity>(results, 2),
    expired: rowsOf<ProbedPodIdentity>(results, 3),
    probers: rowsOf<{ name: string; ready: number | null }>(results, 0).map(({ name, ready }) => ({
      name,
      ready: ready === 1,
    })),
    pending: rowsOf<PendingTarget>(results, 1),
  };
}

/** Whoever has looked at everything up to `revision` is no longer pending for it. */
export async function settlePending(db: D1Database, target: PendingTarget, revision: number): Promise<void> {
  await db.prepare(settle.pending).bind(target.kind, target.target, revision).run();
}

/** A service has looked at everything up to `revision`; what its changes took to get there is counted with that. */
export async function settleService(
  db: D1Database,
  key: ServiceKey,
  revision: number,
  latencies: readonly ProgrammingLatency[],
): Promise<void> {
  const counted = bucketsOf(latencies).map(({ serviceKind, upperBoundMs, observations, totalMs }) =>
    db.prepare(settle.latency).bind(serviceKind, upperBoundMs, observations, totalMs),
  );
  await db.batch([db.prepare(settle.pending).bind("service", key, revision), ...counted]);
}

export async function readProgrammingLatency(db: D1Database): Promise<LatencyBucket[]> {
  const { results } = await db
    .prepare(read.programmingLatency)
    .all<{ service_kind: ServiceKind; upper_bound_ms: number; observations: number; total_ms: number }>();
  return results.map((row) => ({
    serviceKind: row.service_kind,
    upperBoundMs: row.upper_bound_ms,
    observations: row.observations,
    totalMs: row.total_ms,
  }));
}

/** Removes a prober and its Node if no pod is assigned to it any more. */
export async function removeEmptyProber(db: D1Database, prober: string): Promise<void> {
  const statements = [
    settle.logEmptyProberNode,
    settle.deleteEmptyProber,
    settle.deleteProberNode,
    settle.deleteProberNodeLabels,
  ];
  await db.batch(statements.map((sql) => db.prepare(sql).bind(prober)));
}

/** Removes events that were last written before `beforeSeconds` (Unix time), some at a time; whether there were any. */
export async function removeExpiredEvents(db: D1Database, beforeSeconds: number): Promise<boolean> {
  const { results } = await db.prepare(read.expiredEvents).bind(beforeSeconds).all<{ revision: number }>();
  if (results.length === 0) return false;
  const revisions = JSON.stringify(results.map(({ revision }) => revision));
  const statements = [settle.logExpiredEvents, settle.deleteLabelsOfExpiredEvents, settle.deleteExpiredEvents];
  await db.batch(statements.map((sql) => db.prepare(sql).bind(revisions)));
  return true;
}

/** One entry of the log, with the object as it was before. */
export interface LogEntry extends LoggedChange {
  before: KubeObject | undefined;
}

/** A part of the log. */
export interface LogPart {
  /** Oldest first, without a gap. */
  entries: LogEntry[];
  /** Whether the log goes on behind them. */
  more: boolean;
  /** Below it the log is no longer whole. */
  compactedRevision: number;
}

/** What is read of the log at a time. Objects may be large, and whoever reads it has 128 MB for everything. */
const partLimits = { entries: 250, octets: 2_000_000 };

/** The log above `since`. */
export async function readChanges(db: D1Database, since: number, limits = partLimits): Promise<LogPart> {
  const results = await db.batch([
    db.prepare(read.compactedRevision),
    db.prepare(read.changes).bind(since, limits.entries, limits.octets),
    db.prepare(read.head),
  ]);
  const rows = rowsOf<
    ObjectRow & Pick<LogEntry, "resource" | "change"> & { before: string | null; previous: number | null }
  >(results, 1);
  const head = rowsOf<{ revision: number }>(results, 2)[0]?.revision ?? 0;
  return {
    compactedRevision: rowsOf<{ revision: number }>(results, 0)[0]?.revision ?? 0,
    more: (rows.at(-1)?.revision ?? head) < head,
    entries: rows.map((row) => ({
      ...pickChange(row),
      object: fromRow(row),
      before:
        row.before === null || row.previous === null
          ? undefined
          : fromRow({ revision: row.previous, manifest: row.before }),
    })),
  };
}

/** Drops from the log what was superseded before `beforeSeconds` (Unix time); watches from below it are too old then. */
export async function compactLog(db: D1Database, beforeSeconds: number): Promise<void> {
  const row = await db
    .prepare(compact.boundary)
    .bind(beforeSeconds)
    .first<{ compacted: number; boundary: number | null }>();
  if (row === null || row.boundary === null) return;
  const range = [row.compacted, row.boundary];
  const statements = [compact.superseded, compact.tombstones, compact.moveBoundary];
  await db.batch(statements.map((sql) => db.prepare(sql).bind(...range)));
}

function splitKey(key: NamespacedName): [namespace: string, name: string] {
  const slash = key.indexOf("/");
  return [key.slice(0, slash), key.slice(slash + 1)];
}

function pickChange({ revision, resource, change }: Omit<LoggedChange, "object">): Omit<LoggedChange, "object"> {
  return { revision, resource, change };
}

function epochAndHead(results: readonly D1Result[]): EpochRow {
  const [row] = rowsOf<EpochRow>(results, 0);
  if (row === undefined) throw new Error("the registry has no row of its own: were its migrations applied?");
  return row;
}

function objectsOf(results: readonly D1Result[], index: number): KubeObject[] {
  return rowsOf<ObjectRow>(results, index).map((row) => fromRow(row));
}
