/**
 * What one write is made of: the statements of its batch, in their order, and what their results say. Runs none of them,
 * so that several writes may share a batch; each has its own guard, and one that fails leaves the others alone.
 */
import type { D1Result } from "@cloudflare/workers-types";
import { newEdgeNodeStatus } from "../domain/edge-node.ts";
import { edgeNodeLabel, regionOf } from "../domain/node.ts";
import { toTimestamp, type GroupResource, type KubeObject, type NamespacedName } from "../domain/object.ts";
import type { Pod } from "../domain/pod.ts";
import { probeLoadMillislots, proberCapacityMillislots } from "../domain/probe-load.ts";
import type { ServiceKey } from "../domain/service.ts";
import type { Concerned, PlannedWrite, Written } from "./registry.ts";
import { fromRow, rowsOf, toManifest } from "./rows.ts";
import { claimedAddresses, sideStatements, type Change } from "./side-rows.ts";
import { assignment } from "./statements/assignment.ts";
import { write } from "./statements/write.ts";

export interface Statement {
  sql: string;
  parameters: unknown[];
}

export interface WriteContext {
  nowMs: number;
  newUid(): string;
  /**
   * False for what a service publishes: it wakes nobody, since the one service that it concerns is the one that writes
   * it.
   */
  wakes: boolean;
}

export function statementsOf(planned: PlannedWrite, context: WriteContext): Statement[] {
  const { resource } = planned;
  switch (planned.verb) {
    case "create": {
      const { object, quota = null } = planned;
      const key = keyOf(resource, object, null);
      const sides = sidesOf(resource, { before: undefined, after: object }, key, context);
      if (isUnassigned(resource, object)) {
        return [
          ...assignmentOf(object, key, quota, context),
          ...sides,
          { sql: assignment.putAssigned, parameters: key },
        ];
      }
      const log = { sql: write.logCreation, parameters: [...key, ...loggedOf(resource, object), quota] };
      return [log, ...sides, { sql: write.putObject, parameters: key }];
    }
    case "update": {
      const { before, object } = planned;
      const key = keyOf(resource, before, revisionOf(before));
      const sides = sidesOf(resource, { before, after: object }, key, context);
      const log = { sql: write.logUpdate, parameters: [...key, ...loggedOf(resource, object)] };
      return [log, ...sides, { sql: write.putObject, parameters: key }];
    }
    case "delete": {
      const { before } = planned;
      const key = keyOf(resource, before, revisionOf(before));
      const sides = sidesOf(resource, { before, after: undefined }, key, context);
      return [
        { sql: write.logDeletion, parameters: [...key, toManifest(before)] },
        ...sides,
        { sql: write.deleteObject, parameters: key },
      ];
    }
  }
}

/** Another prober for a pod that has one, all else of it the same. */
export function reassignmentOf(pod: Pod, context: WriteContext): Statement[] {
  const key = keyOf("pods", pod, revisionOf(pod));
  const load = probeLoadMillislots(pod);
  const selectable = JSON.stringify(pod.metadata.labels ?? {});
  const further: [sql: string, ...parameters: unknown[]][] = [
    [assignment.unload, pod.spec.nodeName, load],
    [assignment.moveLoad, load],
    [write.pendSelecting, selectable, selectable],
    [assignment.pendLeft, pod.spec.nodeName],
    [assignment.pendProber],
    [assignment.putAssigned],
  ];
  return [
    ...assignmentOf(pod, key, null, context),
    ...further.map(([sql, ...parameters]) => ({ sql, parameters: [...key, ...parameters] })),
  ];
}

/** What came of a write, by the results of its own statements; undefined where its guard did not hold. */
export function writtenOf(object: KubeObject, results: readonly D1Result[]): Written | undefined {
  const [row] = rowsOf<{ revision: number; manifest?: string }>(results, results.length - 1);
  if (row === undefined) return undefined;
  const { revision, manifest } = row;
  return {
    outcome: "written",
    object: manifest === undefined ? atRevision(object, revision) : fromRow({ revision, manifest }),
    concerned: concernedOf(results),
    unfinished: isUnfinished(results),
  };
}

/** The object that a write is about: what there is after it, or what was there before a deletion. */
export function subjectOf(planned: PlannedWrite): KubeObject {
  return planned.verb === "delete" ? planned.before : planned.object;
}

/** Pending rows that the batch returned, whichever of its statements wrote them. */
export function concernedOf(results: readonly D1Result[]): Concerned {
  const rows = results.flatMap((result) => (result.results ?? []) as { kind?: string; target?: string }[]);
  const targets = (kind: string): string[] => [
    ...new Set(rows.flatMap((row) => (row.kind === kind && row.target !== undefined ? [row.target] : []))),
  ];
  return {
    services: targets("service") as ServiceKey[],
    replicationControllers: targets("replicationcontroller") as NamespacedName[],
    probers: targets("prober"),
  };
}

/** The cluster IPs that the object claims, as the statements take them. */
export function claimedOf(resource: GroupResource, object: KubeObject): string {
  return JSON.stringify(claimedAddresses(resource, object));
}

function loggedOf(resource: GroupResource, object: KubeObject): unknown[] {
  return [toManifest(object), claimedOf(resource, object)];
}

function keyOf(resource: GroupResource, { metadata }: KubeObject, revision: number | null): unknown[] {
  return [resource, metadata.namespace ?? "", metadata.name, metadata.uid, revision];
}

function revisionOf({ metadata }: KubeObject): number {
  return Number(metadata.resourceVersion);
}

function atRevision(object: KubeObject, revision: number): KubeObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
}

/** A pod without a node is assigned to a prober. */
function isUnassigned(resource: GroupResource, object: KubeObject): object is Pod {
  return resource === "pods" && (object as Pod).spec.nodeName === undefined;
}

/** The statements that come to the log with a pod that is given a prober, which is opened if need be. */
function assignmentOf(pod: Pod, key: unknown[], quota: number | null, context: WriteContext): Statement[] {
  const creation = [...key, ...loggedOf("pods", pod), quota];
  const region = regionOf(pod.metadata.annotations);
  const load = probeLoadMillislots(pod);
  const nodeUid = context.newUid();
  return [
    { sql: assignment.openProber, parameters: [...creation, region, load, proberCapacityMillislots] },
    { sql: assignment.logProberNode, parameters: [nodeUid, edgeNodeManifest(context.nowMs)] },
    { sql: assignment.putProberNode, parameters: [nodeUid] },
    { sql: assignment.labelProberNode, parameters: [nodeUid] },
    { sql: assignment.logAssignment, parameters: [...creation, region, load] },
  ];
}

function sidesOf(resource: GroupResource, change: Change, key: unknown[], context: WriteContext): Statement[] {
  return sideStatements(resource, change, context.nowMs)
    .filter(({ wakes }) => context.wakes || !wakes)
    .map(({ sql, parameters }) => ({ sql, parameters: [...key, ...parameters] }));
}

/** Whether one of the batch's statements said that the deletion is not at its end. */
function isUnfinished(results: readonly D1Result[]): boolean {
  return results.some((result) => ((result.results ?? []) as { unfinished?: number }[])[0]?.unfinished === 1);
}

/** A prober's Node but for what the statement fills in: its name and its uid. */
function edgeNodeManifest(nowMs: number): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      creationTimestamp: toTimestamp(nowMs),
      labels: { [edgeNodeLabel]: "", "kubernetes.io/os": "workers" },
    },
    spec: {},
    status: newEdgeNodeStatus(nowMs),
  });
}
