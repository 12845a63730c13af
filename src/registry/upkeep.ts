/** What the sweep finds to do, and how it and others note that something is done. */
import type { D1Database } from "@cloudflare/workers-types";
import type { Node } from "../domain/node.ts";
import { toTimestamp } from "../domain/object.ts";
import type { ServiceKind } from "../domain/service.ts";
import type { LatencyBucket } from "./latency-buckets.ts";
import { fromRow, rowsOf, type ObjectRow } from "./rows.ts";
import { read } from "./statements/read.ts";
import { settle } from "./statements/upkeep.ts";
import type { ProbedPodIdentity } from "./write-readiness.ts";

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

/** The Nodes of all probers, as they were written last. */
export async function readEdgeNodes(db: D1Database): Promise<Node[]> {
  const { results } = await db.prepare(read.edgeNodes).all<ObjectRow>();
  return results.map((row) => fromRow(row) as Node);
}

/** Whoever has looked at everything up to `revision` is no longer pending for it. */
export async function settlePending(db: D1Database, target: PendingTarget, revision: number): Promise<void> {
  await db.prepare(settle.pending).bind(target.kind, target.target, revision).run();
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
  const statements = [
    settle.logExpiredEvents,
    settle.deleteLabelsOfExpiredEvents,
    settle.countExpiredEvents,
    settle.deleteExpiredEvents,
  ];
  await db.batch(statements.map((sql) => db.prepare(sql).bind(revisions)));
  return true;
}
