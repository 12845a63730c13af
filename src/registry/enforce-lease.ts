/**
 * What becomes of a pod that is not heard of any more: not ready once its lease has expired, removed once that, or its
 * failing, has lasted for as long as it said. Called by its prober and, whoever died, by the sweep; looks at everything
 * again, since the pod may have been heard of in the meantime.
 */
import {
  expireAfterMsOf,
  isMarkedExpired,
  leaseOf,
  readinessWithoutLease,
  unreadySinceMs,
} from "../domain/pod-lease.ts";
import { toTimestamp, type KubeObject } from "../domain/object.ts";
import type { Pod } from "../domain/pod.ts";
import { withReadiness } from "../domain/readiness.ts";
import type { Concerned, Registry, UpdateResult, DeleteResult } from "./registry.ts";
import type { ProbedPodIdentity } from "./write-readiness.ts";

export type Enforcement =
  | { outcome: "unready"; concerned: Concerned }
  /** `why` tells people; finalizers may hold the pod still. */
  | { outcome: "removed"; pod: Pod; why: string; concerned: Concerned }
  /** It was heard of, has recovered, or is not due yet. */
  | { outcome: "kept" }
  | { outcome: "gone" };

/** Who asks: the prober has seen the pod fail just now; the sweep knows of leases alone, since it probes nothing. */
export type Witness = "prober" | "sweep";

export async function enforceLease(
  registry: Registry,
  { namespace, name, uid }: ProbedPodIdentity,
  witness: Witness,
  nowMs: number,
): Promise<Enforcement> {
  const renewedMs = await registry.renewedMs(namespace, name);
  let current: KubeObject | undefined = await registry.get("pods", namespace, name);
  for (;;) {
    const pod = current as Pod | undefined;
    if (pod?.metadata.uid !== uid) return { outcome: "gone" };
    const sentence = sentenceOn(pod, renewedMs, witness, nowMs);
    if (sentence === undefined) return { outcome: "kept" };
    const result = await sentence.carryOut(registry);
    switch (result.outcome) {
      case "written":
        return sentence.why === undefined
          ? { outcome: "unready", concerned: result.concerned }
          : { outcome: "removed", pod, why: sentence.why, concerned: result.concerned };
      case "lost-race":
        current = result.current;
        break;
      case "address-taken":
        throw new Error("a pod claims no cluster IP");
    }
  }
}

interface Sentence {
  /** Of a removal. */
  why?: string;
  carryOut(registry: Registry): Promise<UpdateResult | DeleteResult>;
}

function sentenceOn(pod: Pod, renewedMs: number | undefined, witness: Witness, nowMs: number): Sentence | undefined {
  if (pod.metadata.deletionTimestamp !== undefined) return undefined;
  const lease = leaseOf(pod, renewedMs);
  if (lease !== undefined && nowMs >= lease.removalMs) return removal(pod, lease.message, nowMs);
  const failedMs = nowMs - (unreadySinceMs(pod) ?? nowMs);
  const expireAfterMs = expireAfterMsOf(pod) ?? Infinity;
  if (witness === "prober" && failedMs >= expireAfterMs) {
    return removal(pod, `the pod has not been ready for ${Math.floor(failedMs / 1000)} s`, nowMs);
  }
  if (lease === undefined || nowMs < lease.endMs || isMarkedExpired(pod)) return undefined;
  const unready = withReadiness(pod, readinessWithoutLease(pod, lease), nowMs);
  return { carryOut: (registry) => registry.update("pods", pod, unready) };
}

/** At once: there is nothing left that could end gracefully. */
function removal(pod: Pod, why: string, nowMs: number): Sentence {
  const isHeld = (pod.metadata.finalizers ?? []).length > 0;
  const deletionTimestamp = toTimestamp(nowMs);
  const marked = { ...pod, metadata: { ...pod.metadata, deletionTimestamp, deletionGracePeriodSeconds: 0 } };
  return {
    why,
    carryOut: (registry) => (isHeld ? registry.update("pods", pod, marked) : registry.delete("pods", pod)),
  };
}
