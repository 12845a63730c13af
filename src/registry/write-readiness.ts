/**
 * Writes what a prober has found out into a pod's status. Touches nothing but readiness, and only of the very pod, on
 * the very node, that the prober has probed; a write that loses a race is made again on what the winner left.
 */
import type { Pod } from "../domain/pod.ts";
import { withReadiness, type ContainerReadiness } from "../domain/readiness.ts";
import type { Concerned, Registry } from "./registry.ts";

export interface ProbedPodIdentity {
  namespace: string;
  name: string;
  uid: string;
}

export type ReadinessWrite =
  | { outcome: "written"; concerned: Concerned }
  | { outcome: "unchanged" }
  /** There is no such pod on the node any more. */
  | { outcome: "gone" };

export async function writeReadiness(
  registry: Registry,
  identity: ProbedPodIdentity,
  node: string,
  containers: readonly ContainerReadiness[],
  nowMs: number,
): Promise<ReadinessWrite> {
  let current = await registry.get("pods", identity.namespace, identity.name);
  for (;;) {
    const pod = current as Pod | undefined;
    if (pod?.metadata.uid !== identity.uid || pod.spec.nodeName !== node) return { outcome: "gone" };
    const next = withReadiness(pod, containers, nowMs);
    if (next === pod) return { outcome: "unchanged" };
    const result = await registry.update("pods", pod, next);
    switch (result.outcome) {
      case "written":
        return { outcome: "written", concerned: result.concerned };
      case "lost-race":
        current = result.current;
        break;
      case "address-taken":
        throw new Error("a pod claims no cluster IP");
    }
  }
}
