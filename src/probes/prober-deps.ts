/**
 * What probing needs from outside: the registry, the platform's sockets, and where it may connect. Declared here, filled
 * in by the wiring.
 */
import type { ProbePolicy } from "../access/address-policy.ts";
import type { Happening } from "../domain/event.ts";
import type { Pod } from "../domain/pod.ts";
import type { ContainerReadiness } from "../domain/readiness.ts";
import type { ProberSnapshot } from "../registry/registry.ts";
import type { DueEvent } from "./pod-events.ts";
import type { Connect, Fetch } from "./sockets.ts";

export interface PodIdentity {
  namespace: string;
  name: string;
  uid: string;
}

export interface ProberRegistry {
  /** The prober's node and the pods assigned to it, as of one revision. */
  readAssigned(prober: string): Promise<ProberSnapshot>;
  /**
   * Writes what follows from the containers' readiness into the pod's status, guarded by uid and node, and wakes the
   * services concerned. `decidedMs`: when the verdict was reached, before any wait for a connection. gone: there is no
   * such pod on this node any more.
   */
  writeReadiness(
    pod: PodIdentity,
    node: string,
    containers: ContainerReadiness[],
    decidedMs: number,
  ): Promise<"written" | "unchanged" | "gone">;
  /** Removes a pod whose grace period is over; one that finalizers hold stays for as long as they do. */
  removeTerminated(pod: PodIdentity): Promise<void>;
  /** Removes a pod whose lease has expired, or that has failed, for as long as it said; looks again whether it has. */
  removeExpired(pod: PodIdentity): Promise<void>;
  /** Writes an event about the pod, or counts the one that is there on; see registry/record-event.ts. */
  recordEvent(pod: Pod, happening: Happening, event: Omit<DueEvent, "happening">): Promise<void>;
  /** The prober has taken in everything up to `revision`. */
  convergedAt(prober: string, revision: number): Promise<void>;
}

export interface ProberDeps {
  registry: ProberRegistry;
  connect: Connect;
  fetch: Fetch;
  /** Where they may lead. */
  policy: ProbePolicy;
}
