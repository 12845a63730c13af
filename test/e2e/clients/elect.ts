/**
 * A candidate of a leader election on a Lease, as a program: `elect.ts <url> <namespace> <identity>`. It does what client-go's
 * leaderelection does with the same Lease, and while it leads it counts in the status of a pod, reading and writing as
 * controllers do. Prints a line for each term that it begins and each count that it has written.
 */
import { setTimeout as after } from "node:timers/promises";
import * as k8s from "@kubernetes/client-node";

const [url = "", namespace = "", identity = ""] = process.argv.slice(2);
const name = "leader";
const leaseDurationSeconds = 5;
const retryMs = 200;

const config = new k8s.KubeConfig();
config.loadFromClusterAndUser({ name: "rollcall", server: url, skipTLSVerify: true }, { name: "admin" });
const leases = config.makeApiClient(k8s.CoordinationV1Api);
const core = config.makeApiClient(k8s.CoreV1Api);

/** A lease is judged by when it was last seen to change, not by the clock of who holds it. */
let seen = { resourceVersion: "", atMs: 0 };
let isLeading = false;

async function tryToLead(): Promise<boolean> {
  const lease = await leases.readNamespacedLease({ name, namespace }).catch(() => undefined);
  const now = new k8s.V1MicroTime();
  if (lease === undefined) {
    const spec = {
      holderIdentity: identity,
      leaseDurationSeconds,
      acquireTime: now,
      renewTime: now,
      leaseTransitions: 0,
    };
    return succeeds(leases.createNamespacedLease({ namespace, body: { metadata: { name }, spec } }));
  }
  const { resourceVersion = "" } = lease.metadata ?? {};
  if (resourceVersion !== seen.resourceVersion) seen = { resourceVersion, atMs: Date.now() };
  const isHeld = lease.spec?.holderIdentity === identity;
  if (!isHeld && Date.now() < seen.atMs + leaseDurationSeconds * 1000) return false;
  const transitions = (lease.spec?.leaseTransitions ?? 0) + (isHeld ? 0 : 1);
  const taken = {
    holderIdentity: identity,
    renewTime: now,
    leaseTransitions: transitions,
    ...(!isHeld && { acquireTime: now }),
  };
  lease.spec = Object.assign(lease.spec ?? new k8s.V1LeaseSpec(), taken);
  return succeeds(leases.replaceNamespacedLease({ name, namespace, body: lease }));
}

/** A conflict says that somebody else was faster; everything else is an error. */
async function succeeds(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof k8s.ApiException && error.code === 409) return false;
    throw error;
  }
}

/** Read, add one, write back; again when somebody else has written in between. */
async function count(): Promise<void> {
  for (;;) {
    const pod = await core.readNamespacedPod({ name: "counted", namespace });
    const next = Number(pod.status?.message ?? "0") + 1;
    pod.status = Object.assign(pod.status ?? new k8s.V1PodStatus(), { message: String(next) });
    if (await succeeds(core.replaceNamespacedPodStatus({ name: "counted", namespace, body: pod }))) {
      console.log(`counted ${next}`);
      return;
    }
    console.log("conflict");
  }
}

for (;;) {
  const leads = await tryToLead();
  if (leads && !isLeading) console.log("leads");
  isLeading = leads;
  // Everybody counts, so that there are conflicts; what leads is told apart by its lines alone.
  await count();
  await after(retryMs);
}
