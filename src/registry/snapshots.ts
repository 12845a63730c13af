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
import { service } from "./statements/service.ts";

interface EpochRow {
  epoch: string;
  revision: number;
}

/** How many revisions are followed at least before a service is read anew; scanning one is much less than reading one. */
const followedRevisions = 200;
/** Reading anew reads the rows of a pod in three tables. */
const rowsPerPod = 3;

export async function readService(db: D1Database, key: ServiceKey): Promise<ServiceSnapshot> {
  return wholeService(await askForService(db, key, undefined));
}

/** What has happened to a service since it was seen or, where that is less to read, all of it. */
export async function readServiceSince(
  db: D1Database,
  key: ServiceKey,
  seen: ServiceSnapshot,
): Promise<ServiceSnapshot | Following> {
  const results = await askForService(db, key, seen);
  if (rowsOf<{ anew: number }>(results, 0)[0]?.anew !== 0) return wholeService(results);
  const changes = rowsOf<ObjectRow & Pick<LoggedChange, "resource" | "change">>(results, 1);
  return {
    ...epochAndHead(results),
    changes: changes.map((change) => ({ ...pickChange(change), object: fromRow(change) })),
  };
}

function askForService(db: D1Database, key: ServiceKey, seen: ServiceSnapshot | undefined): Promise<D1Result[]> {
  const followed = followedRevisions + rowsPerPod * (seen?.pods.length ?? 0);
  const since = [...splitKey(key), seen?.epoch ?? null, seen?.revision ?? null, followed];
  const published = [...(seen?.slices ?? []), ...(seen?.endpoints ? [seen.endpoints] : [])];
  const revisions = published.map(({ metadata }) => Number(metadata.resourceVersion));
  const selector = seen?.service?.spec.selector ?? {};
  return db.batch([
    db.prepare(service.head).bind(...since),
    db.prepare(service.changes).bind(...since, JSON.stringify(selector), JSON.stringify(revisions)),
    db.prepare(service.whole).bind(...since),
  ]);
}

function wholeService(results: readonly D1Result[]): ServiceSnapshot {
  const rows = rowsOf<ObjectRow & { part: string }>(results, 2);
  const objects = (part: string): KubeObject[] => rows.filter((row) => row.part === part).map((row) => fromRow(row));
  const zones = rows.filter(({ part }) => part === "zones");
  return {
    ...epochAndHead(results),
    service: objects("services")[0] as Service | undefined,
    pods: objects("pods") as Pod[],
    slices: objects("slices") as EndpointSlice[],
    endpoints: objects("endpoints")[0] as Endpoints | undefined,
    zones: Object.fromEntries(zones.map(({ manifest }) => JSON.parse(manifest) as [node: string, zone: string])),
  };
}

/** What a replication controller counts; undefined when it has nothing to count anew. */
export async function readReplicas(db: D1Database, key: NamespacedName): Promise<ReplicasSnapshot | undefined> {
  const [namespace, name] = splitKey(key);
  const results = await db.batch([
    db.prepare(read.epochAndHead),
    db.prepare(read.isPending).bind("replicationcontroller", key),
    db.prepare(read.object).bind("replicationcontrollers", namespace, name),
    db.prepare(read.replicatedPods).bind(namespace, name),
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
  return { epoch: row.epoch, revision: row.revision };
}

function objectsOf(results: readonly D1Result[], index: number): KubeObject[] {
  return rowsOf<ObjectRow>(results, index).map((row) => fromRow(row));
}
