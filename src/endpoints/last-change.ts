/**
 * When that happened which a publication tells of, so that consumers can say how long it took to reach them. Pure.
 * Source: k8s.io/endpointslice/util/trigger_time_tracker.go, but for the state that it keeps in memory: which pods have
 * changed is read from what was published before, so that an eviction forgets nothing.
 */
import type { EndpointSlice } from "../domain/endpoints.ts";
import type { Pod } from "../domain/pod.ts";
import type { SliceGroup } from "./derive-slices.ts";
import { withoutKeys } from "./planned-write.ts";

export const triggerTimeAnnotation = "endpoints.kubernetes.io/last-change-trigger-time";

/**
 * The earliest change of readiness among the pods that are new or other than in `published`. Undefined where something
 * else made the difference (a label, a pod that went): no object tells when that was.
 */
export function lastChange(
  pods: readonly Pod[],
  groups: readonly SliceGroup[],
  published: readonly EndpointSlice[],
): string | undefined {
  const known = servingByUid(published);
  const changed = [...servingByUid(groups)].filter(([uid, serving]) => known.get(uid) !== serving);
  const uids = new Set(changed.map(([uid]) => uid));
  const moments = pods
    .filter(({ metadata }) => uids.has(metadata.uid))
    .flatMap(({ status }) => status.conditions?.find(({ type }) => type === "Ready")?.lastTransitionTime ?? []);
  return moments.sort()[0];
}

/** Annotations with the moment in place of an earlier one, which must not be taken for it. */
export function triggered(
  annotations: Record<string, string> | undefined,
  moment: string | undefined,
): Record<string, string> {
  const others = withoutKeys(annotations, [triggerTimeAnnotation]);
  return moment === undefined ? others : { ...others, [triggerTimeAnnotation]: moment };
}

function servingByUid(
  slices: readonly Pick<EndpointSlice, "endpoints">[],
): Map<string | undefined, boolean | undefined> {
  return new Map(
    slices.flatMap(({ endpoints }) =>
      (endpoints ?? []).map(({ targetRef, conditions }) => [targetRef?.uid, conditions?.serving] as const),
    ),
  );
}
