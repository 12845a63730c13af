/**
 * What the Durable Objects and the replication controllers read, each as of one revision: one batch on the primary, so
 * that data and revision belong together.
 */
import type { D1Database, D1Result } from "@cloudflare/workers-types";
import type { Endpoints, EndpointSlice } from "../domain/endpoints.ts";
import type { Node } from "../domain/node.ts";
import type { KubeObject, NamespacedName } from "../domain/object.ts";
import type { Pod } from "../domain/pod.ts";
import type { ReplicationController } from "../domain/replication-controller.ts";
import type { Service, ServiceKey } from "../domain/service.ts";
import { pickChange } from "./log.ts";
import type { Following, LoggedChange, ProberSnapshot, ReplicasSnapshot, ServiceSnapshot } from "./registry.ts";
import { fromRow, rowsOf, type ObjectRow } from "./rows.ts";
import { read } from "./statements/read.ts";

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

function splitKey(key: NamespacedName): [namespace: string, name: string] {
  const slash = key.indexOf("/");
  return [key.slice(0, slash), key.slice(slash + 1)];
}

function epochAndHead(results: readonly D1Result[]): EpochRow {
  const [row] = rowsOf<EpochRow>(results, 0);
  if (row === undefined) throw new Error("the registry has no row of its own: were its migrations applied?");
  return row;
}

function objectsOf(results: readonly D1Result[], index: number): KubeObject[] {
  return rowsOf<ObjectRow>(results, index).map((row) => fromRow(row));
}
