/**
 * What a replication controller says of its pods: pure, given the time. Source: kubernetes,
 * pkg/controller/replicaset/replica_set_utils.go (calculateStatus) and pkg/api/v1/pod (IsPodAvailable).
 */
import { selectorMatches } from "./labels.ts";
import { isPodFinished, isPodReady, isPodTerminating, type Pod } from "./pod.ts";
import type { ReplicationController, ReplicationControllerStatus } from "./replication-controller.ts";

export interface ReplicaCount {
  status: ReplicationControllerStatus;
  /** Some are ready, but not yet for as long as `minReadySeconds` wants: time alone will change the count. */
  isWaiting: boolean;
}

/** Of the pods that its selector matches, those count that neither have ended nor are about to. */
export function countReplicas(
  { metadata, spec }: ReplicationController,
  pods: readonly Pod[],
  nowMs: number,
): ReplicaCount {
  const counted = pods.filter((pod) => !isPodFinished(pod) && !isPodTerminating(pod));
  const templateLabels = spec.template?.metadata?.labels;
  const fullyLabeled = counted.filter((pod) => selectorMatches(templateLabels, pod.metadata.labels)).length;
  const ready = counted.filter((pod) => isPodReady(pod));
  const available = ready.filter((pod) => isAvailable(pod, spec.minReadySeconds ?? 0, nowMs)).length;
  return {
    // As Go writes it: but for the first, a number that is 0 is left out.
    status: {
      replicas: counted.length,
      ...(fullyLabeled > 0 && { fullyLabeledReplicas: fullyLabeled }),
      ...(ready.length > 0 && { readyReplicas: ready.length }),
      ...(available > 0 && { availableReplicas: available }),
      ...(metadata.generation !== undefined && { observedGeneration: metadata.generation }),
    },
    isWaiting: available < ready.length,
  };
}

function isAvailable({ status }: Pod, minReadySeconds: number, nowMs: number): boolean {
  if (minReadySeconds === 0) return true;
  const since = status.conditions?.find(({ type }) => type === "Ready")?.lastTransitionTime;
  return since !== undefined && Date.parse(since) + minReadySeconds * 1000 <= nowMs;
}
