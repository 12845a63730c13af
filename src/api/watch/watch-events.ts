/**
 * Changes as a watch tells them: an object that begins to match a selector is added, one that ceases to match is
 * deleted, whatever happened to it in truth. Pure.
 * Source: "Kubernetes API Concepts", watch; k8s.io/apiserver, pkg/storage/cacher (convertToWatchEvent).
 */
import type { KubeObject } from "../../domain/object.ts";
import type { Status } from "../status.ts";

export type WatchEvent =
  | { type: "ADDED" | "MODIFIED" | "DELETED"; object: KubeObject }
  /** Nothing but a revision up to which everything has been told. */
  | { type: "BOOKMARK"; revision: number; endsInitial: boolean }
  | { type: "ERROR"; status: Status };

export interface Changed {
  change: "ADDED" | "MODIFIED" | "DELETED";
  object: KubeObject;
  before: KubeObject | undefined;
}

/** Undefined for a change that the watcher does not see. */
export function toWatchEvent(entry: Changed, matches: (object: KubeObject) => boolean): WatchEvent | undefined {
  const { change, object, before } = entry;
  const isIn = change !== "DELETED" && matches(object);
  const wasIn = before !== undefined && matches(before);
  if (isIn) return { type: wasIn ? "MODIFIED" : "ADDED", object };
  if (!wasIn) return undefined;
  // The last state that the watcher knew, under the revision of the change that took it away.
  const { resourceVersion } = object.metadata;
  const last = change === "DELETED" ? object : { ...before, metadata: { ...before.metadata, resourceVersion } };
  return { type: "DELETED", object: last };
}
