/**
 * Ends a pod whose grace period is over, as a kubelet does: the pod goes, or, while finalizers hold it, waits for
 * nothing but them. A write that loses a race is made again on what the winner left.
 */
import { graceEndMs, type Pod } from "../domain/pod.ts";
import type { Concerned, Registry } from "./registry.ts";
import type { ProbedPodIdentity } from "./write-readiness.ts";

export type Removal =
  | { outcome: "removed" | "held"; concerned: Concerned }
  /** Its grace period is not over. */
  | { outcome: "early" }
  | { outcome: "gone" };

export async function removeTerminated(
  registry: Registry,
  { namespace, name, uid }: ProbedPodIdentity,
  nowMs: number,
): Promise<Removal> {
  let current = await registry.get("pods", namespace, name);
  for (;;) {
    const pod = current as Pod | undefined;
    if (pod?.metadata.uid !== uid) return { outcome: "gone" };
    const endMs = graceEndMs(pod);
    if (endMs === undefined || endMs > nowMs) return { outcome: "early" };
    const isHeld = (pod.metadata.finalizers ?? []).length > 0;
    const result = isHeld ? await registry.update("pods", pod, withoutGrace(pod)) : await registry.delete("pods", pod);
    switch (result.outcome) {
      case "written":
        return { outcome: isHeld ? "held" : "removed", concerned: result.concerned };
      case "lost-race":
        current = result.current;
        break;
      case "address-taken":
        throw new Error("a pod claims no cluster IP");
    }
  }
}

function withoutGrace(pod: Pod): Pod {
  return { ...pod, metadata: { ...pod.metadata, deletionGracePeriodSeconds: 0 } };
}
