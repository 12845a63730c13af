/**
 * What becomes of an object whose deletion is asked for: it goes at once, it stays for a while marked as terminating,
 * or nothing changes. Decided here, carried out elsewhere.
 * Source: k8s.io/apiserver, pkg/registry/rest/delete.go and pkg/registry/generic/registry/store.go.
 */
import { foregroundFinalizer, orphanFinalizer } from "../../domain/deletion.ts";
import { toTimestamp, type KubeObject, type ObjectMeta } from "../../domain/object.ts";
import { subjectOf } from "../call.ts";
import { sameJson, without } from "../json.ts";
import type { Kind } from "../kinds/kind.ts";
import { Refusal } from "../refusal.ts";
import type { DeleteOptions } from "./delete-options.ts";

export type DeletionPlan =
  | { action: "remove" }
  /** Stays, in this state, until its grace period is over and its finalizers are gone. */
  | { action: "mark"; object: KubeObject }
  /** Terminating already, and this request makes it no faster. */
  | { action: "leave" };

export function planDeletion(
  kind: Kind,
  object: KubeObject,
  options: DeleteOptions,
  nowMs: number,
): DeletionPlan | Refusal {
  const subject = { ...subjectOf({ kind, name: object.metadata.name }) };
  const unmet = unmetPrecondition(object, options);
  if (unmet !== undefined) return new Refusal({ type: "conflict", subject, why: unmet });
  const kept = kind.whyKept?.(object);
  if (kept !== undefined) return new Refusal({ type: "forbidden", subject, why: kept });
  const graceSeconds = gracePeriodOf(kind, object, options);
  const finalizers = finalizersFor(kind, object, options);
  // Finalizers hold an object, and a namespace is held by its contents.
  const isHeld = finalizers.length > 0 || kind.holdsContents === true;
  if (graceSeconds === 0 && !isHeld) return { action: "remove" };
  const held = withFinalizers(object, finalizers);
  return object.metadata.deletionTimestamp === undefined
    ? { action: "mark", object: marked(kind, held, graceSeconds, nowMs) }
    : planSooner(held, graceSeconds, !sameJson(held, object));
}

/** Whether the object was held by nothing but finalizers, and they are gone. A namespace is held by its contents. */
export function mayGo({ kind, metadata }: KubeObject): boolean {
  const held = (metadata.finalizers ?? []).length > 0 || (metadata.deletionGracePeriodSeconds ?? 0) > 0;
  return metadata.deletionTimestamp !== undefined && !held && kind !== "Namespace";
}

function unmetPrecondition({ metadata }: KubeObject, { preconditions }: DeleteOptions): string | undefined {
  const { uid, resourceVersion } = preconditions;
  if (uid !== "" && uid !== metadata.uid) {
    return (
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). ` +
      "The object might have been deleted and then recreated"
    );
  }
  if (resourceVersion === "" || resourceVersion === metadata.resourceVersion) return undefined;
  return (
    `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record ` +
    `(${metadata.resourceVersion}). The object might have been modified`
  );
}

/** In 68 years there is still a date to be written; seconds are any 64 bits in a request, and in a pod. */
const longestGraceSeconds = 2 ** 31 - 1;

/** A negative period is the shortest there is. What has begun is not begun again without being asked for it. */
function gracePeriodOf(kind: Kind, object: KubeObject, { gracePeriodSeconds }: DeleteOptions): number {
  const asked = gracePeriodSeconds !== undefined && gracePeriodSeconds < 0 ? 1 : gracePeriodSeconds;
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = object.metadata;
  if (deletionTimestamp !== undefined) return Math.min(asked ?? deletionGracePeriodSeconds, deletionGracePeriodSeconds);
  return Math.min(kind.gracePeriodSeconds?.(object, asked) ?? 0, longestGraceSeconds);
}

/** The object's own finalizers, and the one that stands for what is to become of its dependents, if any. */
function finalizersFor(kind: Kind, { metadata }: KubeObject, { propagation }: DeleteOptions): string[] {
  const has = metadata.finalizers ?? [];
  const own = has.filter((name) => name !== foregroundFinalizer && name !== orphanFinalizer);
  // What is in a namespace goes with it, whoever owns it.
  if (kind.holdsContents === true) return own;
  if (propagation === undefined && own.length < has.length) return has;
  switch (propagation ?? (kind.orphansByDefault === true ? "Orphan" : "Background")) {
    case "Background":
      return own;
    case "Foreground":
      return [...own, foregroundFinalizer];
    case "Orphan":
      return [...own, orphanFinalizer];
  }
}

function withFinalizers(object: KubeObject, finalizers: string[]): KubeObject {
  const metadata = without(object.metadata, "finalizers") as ObjectMeta;
  return { ...object, metadata: { ...metadata, ...(finalizers.length > 0 && { finalizers }) } };
}

function marked(kind: Kind, object: KubeObject, graceSeconds: number, nowMs: number): KubeObject {
  const { generation } = object.metadata;
  const terminating: KubeObject = {
    ...object,
    metadata: {
      ...object.metadata,
      ...(generation !== undefined && graceSeconds > 0 && { generation: generation + 1 }),
      deletionTimestamp: toTimestamp(nowMs + graceSeconds * 1000),
      deletionGracePeriodSeconds: graceSeconds,
    },
  };
  return kind.markTerminating?.(terminating) ?? terminating;
}

/** A grace period that is running can be made shorter, never longer. */
function planSooner(object: KubeObject, graceSeconds: number, changesFinalizers: boolean): DeletionPlan {
  const { deletionTimestamp = "", deletionGracePeriodSeconds = 0 } = object.metadata;
  if (graceSeconds >= deletionGracePeriodSeconds) {
    return changesFinalizers ? { action: "mark", object } : { action: "leave" };
  }
  const startMs = Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1000;
  const metadata = {
    ...object.metadata,
    deletionTimestamp: toTimestamp(startMs + graceSeconds * 1000),
    deletionGracePeriodSeconds: graceSeconds,
  };
  return { action: "mark", object: { ...object, metadata } };
}
