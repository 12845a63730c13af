/**
 * Deletions that reach further than their object: a namespace goes after what is in it, and finalizers say that
 * dependents go first or are let go. Source: Kubernetes documentation, "Garbage Collection" and "Finalizers".
 */
import type { KubeObject } from "./object.ts";

/** Held until its dependents are gone. */
export const foregroundFinalizer = "foregroundDeletion";
/** Held until its dependents no longer name it. */
export const orphanFinalizer = "orphan";

/** Whether the change marks the object for a deletion that begins with others. */
export function deletionBegins(before: KubeObject, after: KubeObject): boolean {
  return reachesFurther(after) && !reachesFurther(before);
}

function reachesFurther({ kind, metadata }: KubeObject): boolean {
  if (metadata.deletionTimestamp === undefined) return false;
  const finalizers = metadata.finalizers ?? [];
  return kind === "Namespace" || finalizers.includes(foregroundFinalizer) || finalizers.includes(orphanFinalizer);
}
