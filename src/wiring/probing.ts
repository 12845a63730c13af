/**
 * What probers and whoever drives them need from outside, filled in from the bindings; see wiring.ts. No decisions live
 * here.
 */
import { connect } from "cloudflare:sockets";
import { finishNamespace } from "../api/write/finish-deletions.ts";
import { configOf } from "../config/config.ts";
import type { DriveDeps } from "../sweep/drive-probers.ts";
import { proberObject } from "./objects.ts";
import type { ProberDeps } from "../probes/prober-deps.ts";
import { connectWithin, fetchWithin } from "../probes/within-policy.ts";
import { enforceLease, type Witness } from "../registry/enforce-lease.ts";
import { recordEvent } from "../registry/record-event.ts";
import { removeTerminated } from "../registry/remove-terminated.ts";
import { readAssigned } from "../registry/snapshots.ts";
import { removeEmptyProber, settlePending } from "../registry/upkeep.ts";
import { writeReadiness, type ProbedPodIdentity } from "../registry/write-readiness.ts";
import { contextOf } from "./api.ts";
import { observeProber } from "./edge-nodes.ts";
import { newUid, pokeFeed, registryOf, sleep, tell } from "./waking.ts";

/** What the Durable Object of a prober needs from outside it. */
export function proberDeps(env: Env): ProberDeps {
  const registry = registryOf(env);
  const { probePolicy: policy } = configOf(env);
  return {
    registry: {
      readAssigned: (prober) => readAssigned(env.DB, prober),
      writeReadiness: async (pod, node, containers, decidedMs) => {
        const written = await writeReadiness(registry, pod, node, containers, decidedMs);
        if (written.outcome === "written") await tell(env, written.concerned, decidedMs);
        return written.outcome;
      },
      removeTerminated: (pod) => endTerminated(env, pod),
      removeExpired: (pod) => endLease(env, pod, "prober"),
      recordEvent: async (pod, happening, event) => {
        if (await recordEvent(registry, pod, happening, { ...event, uid: newUid() })) await pokeFeed(env);
      },
      convergedAt: (prober, revision) => settlePending(env.DB, { kind: "prober", target: prober }, revision),
    },
    connect: connectWithin(policy, connect),
    fetch: fetchWithin(policy, (url, init) => fetch(url, init)),
    policy,
  };
}

/** What driving probers needs. */
export function driveDeps(env: Env): DriveDeps {
  return {
    runDue: (prober) => proberObject(env, prober).runDue(),
    removeEmptyProber: (prober) => removeEmptyProber(env.DB, prober),
    observe: (prober) => observeProber(env, prober),
    nowMs: Date.now,
    sleep,
  };
}

export async function endTerminated(env: Env, pod: ProbedPodIdentity): Promise<void> {
  const removal = await removeTerminated(registryOf(env), pod, Date.now());
  if ("concerned" in removal) await tell(env, removal.concerned);
  // A namespace that is going away may have waited for it.
  if (removal.outcome === "removed") await finishNamespace(contextOf(env), pod.namespace);
}

export async function endLease(env: Env, identity: ProbedPodIdentity, witness: Witness): Promise<void> {
  const registry = registryOf(env);
  const enforcement = await enforceLease(registry, identity, witness, Date.now());
  if (!("concerned" in enforcement)) return;
  if (enforcement.outcome === "removed") {
    const { pod, why } = enforcement;
    const host = pod.spec.nodeName ?? "";
    const happening = { type: "Warning", reason: "Expired", message: `Removed: ${why}` } as const;
    const event = { suffix: newUid().replaceAll("-", "").slice(0, 16), uid: newUid(), times: 1, atMs: Date.now() };
    await recordEvent(registry, pod, { ...happening, source: { component: "prober", host } }, event);
  }
  await tell(env, enforcement.concerned);
}
