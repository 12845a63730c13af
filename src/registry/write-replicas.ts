/**
 * Brings a replication controller's status in accord with the pods that are registered: reads both at one revision,
 * counts, and writes under the controller's own. A lost race is counted again; what fails stays pending for the sweep.
 */
import { countReplicas } from "../domain/count-replicas.ts";
import type { Happening } from "../domain/event.ts";
import type { ReplicationController } from "../domain/replication-controller.ts";
import type { Registry, ReplicasSnapshot } from "./registry.ts";

export interface ReplicasDeps {
  registry: Pick<Registry, "update">;
  /** Undefined when nothing is to be counted anew: somebody else has. */
  read(): Promise<ReplicasSnapshot | undefined>;
  /** Everything up to the revision is counted. */
  settle(revision: number): Promise<void>;
  recordEvent(about: ReplicationController, happening: Happening): Promise<void>;
  /** The log has grown. */
  pokeFeed(): Promise<void>;
  nowMs(): number;
}

const startsNothing: Happening = {
  type: "Normal",
  reason: "StartsNoPods",
  message:
    "Rollcall starts no pods: it counts those that are registered. Register one from the template with the annotation " +
    "rollcall.dev/template, a name and a status.podIP",
  source: { component: "replication-controller" },
};

export async function writeReplicas(deps: ReplicasDeps): Promise<void> {
  for (;;) {
    const snapshot = await deps.read();
    if (snapshot === undefined) return;
    const { controller, pods, revision } = snapshot;
    if (controller === undefined) return deps.settle(revision);
    const { status, isWaiting } = countReplicas(controller, pods, deps.nowMs());
    if (!(await written(deps, controller, status))) continue;
    // While time alone will change the count, the sweep comes back.
    if (!isWaiting) await deps.settle(revision);
    return;
  }
}

/** Whether the controller holds the status now. */
async function written(
  deps: ReplicasDeps,
  before: ReplicationController,
  status: NonNullable<ReplicationController["status"]>,
): Promise<boolean> {
  if (JSON.stringify(before.status) === JSON.stringify(status)) return true;
  const result = await deps.registry.update("replicationcontrollers", before, { ...before, status });
  if (result.outcome !== "written") return false;
  if (before.status?.observedGeneration === undefined) await deps.recordEvent(before, startsNothing);
  await deps.pokeFeed();
  return true;
}
