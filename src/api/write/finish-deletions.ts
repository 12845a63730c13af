/**
 * Goes on with deletions that reach further than their object: takes away what a namespace holds and what an owner
 * leaves behind, and lets the object itself go at the end. What there is no room for stays noted in the registry, and
 * whoever comes next, at the latest the sweep, goes on with it.
 * Source: Kubernetes documentation, "Garbage Collection"; pkg/controller/namespace/deletion, .../garbagecollector.
 */
import { foregroundFinalizer, orphanFinalizer } from "../../domain/deletion.ts";
import type { KubeObject, ObjectMeta } from "../../domain/object.ts";
import type { Deletion, Dependent } from "../../registry/registry.ts";
import type { Context } from "../context.ts";
import { without } from "../json.ts";
import { kindOf, kinds } from "../kinds/kinds.ts";
import { namespaceKind } from "../kinds/namespace.ts";
import type { Kind } from "../kinds/kind.ts";
import { Refusal } from "../refusal.ts";
import { deleteKnown, deletionOf } from "./delete-known.ts";
import type { DeleteOptions, Propagation } from "./delete-options.ts";
import { isPresent } from "./owners.ts";
import { mayGo } from "./plan-deletion.ts";
import { announce } from "./store.ts";

/** Each object takes a few subrequests, of which a request has a thousand to the database. */
export const objectsPerRequest = 150;
/** The sweep has little else to ask the database. */
const objectsPerSweep = 300;
const deletionsPerSweep = 50;

interface Progress {
  finished: boolean;
  /** How many objects were touched. */
  spent: number;
  /** Deletions that this one has begun, and that reach further themselves. */
  begun: Deletion[];
}

/** What the sweep does of all that is unfinished. */
export async function sweepDeletions(context: Context): Promise<void> {
  await finishDeletions(
    context,
    await context.deps.registry.listUnfinishedDeletions(deletionsPerSweep),
    objectsPerSweep,
  );
}

/** A pod has gone, and if it was the last one, a terminating namespace may have waited for it. */
export async function finishNamespace(context: Context, name: string): Promise<void> {
  const { registry } = context.deps;
  const namespace = await registry.get("namespaces", "", name);
  if (namespace?.metadata.deletionTimestamp === undefined) return;
  // Pods that were deleted together go together, and only the last one need look at every kind.
  const { items: others } = await registry.list("pods", { namespace: name, limit: 1 });
  if (others.length > 0) return;
  await finishDeletions(context, [deletionOf(namespaceKind, namespace)], objectsPerRequest);
}

/** Touches at most about `room` objects. */
export async function finishDeletions(context: Context, deletions: readonly Deletion[], room: number): Promise<void> {
  const waiting = [...deletions];
  let left = room;
  for (let next = waiting.shift(); next !== undefined && left > 0; next = waiting.shift()) {
    const { spent, next: before } = await goOn(context, next, left);
    left -= spent + 1;
    // What it waits for comes first.
    waiting.unshift(...before);
  }
}

/** What to go on with now; whatever waits for somebody else is left to the sweep. */
async function goOn(
  context: Context,
  deletion: Deletion,
  room: number,
): Promise<{ spent: number; next: readonly Deletion[] }> {
  const { registry } = context.deps;
  const found = await registry.get(deletion.resource, deletion.namespace, deletion.name);
  const object = found?.metadata.uid === deletion.uid ? found : undefined;
  const kind = kindOf(deletion.resource);
  const { finished, spent, begun } = await clearTheWay(context, kind, deletion, object, room);
  // It may be at its end when those are.
  if (!finished) return { spent, next: begun.length > 0 ? [...begun, deletion] : [] };
  const rest = object === undefined ? "none" : await letGo(context, kind, object);
  if (rest === "none") await registry.finishDeletion(deletion.uid);
  // Once it is gone, there may be dependents that it did not wait for.
  return { spent, next: rest === "gone" ? [...begun, deletion] : begun };
}

/** Deals with all that comes before the object itself. */
async function clearTheWay(
  context: Context,
  kind: Kind,
  { uid }: Deletion,
  object: KubeObject | undefined,
  room: number,
): Promise<Progress> {
  if (object === undefined) return reachDependents(context, uid, "Background", room);
  if (kind.holdsContents === true) return deleteContents(context, object.metadata.name, room);
  const finalizers = object.metadata.finalizers ?? [];
  if (finalizers.includes(orphanFinalizer)) return reachDependents(context, uid, "Orphan", room);
  if (!finalizers.includes(foregroundFinalizer)) return { finished: true, spent: 0, begun: [] };
  const progress = await reachDependents(context, uid, "Foreground", room);
  return { ...progress, finished: progress.finished && !(await context.deps.registry.isBlocked(uid)) };
}

/**
 * Takes the object away, unless something else holds it. What remains to be done: nothing; what comes after it is gone;
 * or this again, later.
 */
async function letGo(context: Context, kind: Kind, object: KubeObject): Promise<"none" | "gone" | "again"> {
  const { registry } = context.deps;
  const finalizers = (object.metadata.finalizers ?? []).filter((name) => {
    return name !== foregroundFinalizer && name !== orphanFinalizer;
  });
  if (kind.holdsContents === true && finalizers.length > 0) return "again";
  const next = { ...object, metadata: { ...object.metadata, finalizers } };
  const goes = mayGo(next) || (kind.holdsContents === true && object.metadata.deletionTimestamp !== undefined);
  if (!goes && finalizers.length === (object.metadata.finalizers ?? []).length) return "none";
  const result = goes
    ? await registry.delete(kind.resource, object)
    : await registry.update(kind.resource, object, next);
  if (result.outcome !== "written") return "again";
  await announce(context, result.concerned, false);
  return goes ? "gone" : "none";
}

async function deleteContents(context: Context, namespace: string, room: number): Promise<Progress> {
  const { registry } = context.deps;
  const contained = kinds.filter(({ namespaced }) => namespaced);
  const begun: Deletion[] = [];
  let spent = 0;
  for (const kind of contained) {
    const { items } = await registry.list(kind.resource, { namespace, staying: true, limit: room - spent });
    for (const known of items) begun.push(...(await deleteOne(context, kind, known, undefined)));
    spent += items.length;
    if (spent >= room) return { finished: false, spent, begun };
  }
  for (const { resource } of contained) {
    const { items } = await registry.list(resource, { namespace, limit: 1 });
    if (items.length > 0) return { finished: false, spent, begun };
  }
  return { finished: true, spent, begun };
}

async function reachDependents(context: Context, owner: string, mode: Propagation, room: number): Promise<Progress> {
  const query = { limit: room, staying: mode !== "Orphan" };
  const dependents = await context.deps.registry.listDependents(owner, query);
  const begun: Deletion[] = [];
  let finished = dependents.length < room;
  for (const dependent of dependents) {
    const reached = await reachDependent(context, owner, mode, dependent);
    if (reached === "lost-race") finished = false;
    else begun.push(...reached);
  }
  return { finished, spent: dependents.length, begun };
}

/** A dependent that has another owner stays, and forgets this one; so does one that is to be orphaned. */
async function reachDependent(
  context: Context,
  owner: string,
  mode: Propagation,
  { resource, object }: Dependent,
): Promise<Deletion[] | "lost-race"> {
  const { ownerReferences = [], namespace = "" } = object.metadata;
  const others = ownerReferences.filter(({ uid }) => uid !== owner);
  const present = await Promise.all(others.map((other) => isPresent(context.deps, namespace, other)));
  const kept = mode === "Orphan" ? others : others.filter((_, index) => present[index]);
  if (mode !== "Orphan" && kept.length === 0) return deleteOne(context, kindOf(resource), object, mode);
  const metadata = without(object.metadata, "ownerReferences") as ObjectMeta;
  const next = { ...object, metadata: { ...metadata, ...(kept.length > 0 && { ownerReferences: kept }) } };
  const result = await context.deps.registry.update(resource, object, next);
  if (result.outcome !== "written") return "lost-race";
  await announce(context, result.concerned, false);
  return [];
}

/** As if its deletion was asked for. One that may not be deleted is left alone. */
async function deleteOne(
  context: Context,
  kind: Kind,
  known: KubeObject,
  propagation: Propagation | undefined,
): Promise<Deletion[]> {
  const preconditions = { uid: known.metadata.uid, resourceVersion: "" };
  const options: DeleteOptions = { dryRun: false, gracePeriodSeconds: undefined, propagation, preconditions };
  const deleted = await deleteKnown(context, { kind, known, options, waits: false });
  return deleted instanceof Refusal || deleted.unfinished === undefined ? [] : [deleted.unfinished];
}
