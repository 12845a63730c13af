/**
 * Where the parts meet: fills in the interfaces that api/, dns/, endpoints/ and probes/ declare, from the bindings.
 * No decisions live here. A Durable Object reaches the registry and its peers through it.
 */
import { connect } from "cloudflare:sockets";
import { waitUntil } from "cloudflare:workers";
import { announce, type AnnouncementDeps } from "./announcement.ts";
import type { ApiDeps } from "./api/deps.ts";
import { configOf, type Config } from "./config.ts";
import type { NamespacedName } from "./domain/object.ts";
import type { ServiceKey } from "./domain/service.ts";
import type { EndpointsKeeperDeps } from "./endpoints/endpoints-keeper.ts";
import { publishEndpoints } from "./endpoints/publish.ts";
import { forgetAnswers } from "./isolate.ts";
import { feedObject, proberObject, serviceObject } from "./objects.ts";
import type { ProberDeps } from "./probes/prober-deps.ts";
import { D1Registry } from "./registry/d1-registry.ts";
import { enforceLease, type Witness } from "./registry/enforce-lease.ts";
import { recordEvent } from "./registry/record-event.ts";
import type { Concerned } from "./registry/registry.ts";
import {
  compactLog,
  readAssigned,
  readCatalogueRevision,
  readChanges,
  readDue,
  readFollowing,
  readReplicas,
  readService,
  removeEmptyProber,
  settlePending,
  settleService,
  type PendingTarget,
} from "./registry/snapshots.ts";
import { removeTerminated } from "./registry/remove-terminated.ts";
import { writeReadiness, type ProbedPodIdentity } from "./registry/write-readiness.ts";
import { writeReplicas, type ReplicasDeps } from "./registry/write-replicas.ts";
import { ChangeSource } from "./watch/change-source.ts";
import type { Subscription } from "./watch/fan-out.ts";
import type { SweepDeps } from "./sweep.ts";

type WaitUntil = (promise: Promise<unknown>) => void;

/** What the API needs from the rest, for one request. */
export function apiDeps(env: Env, { serviceRanges }: Config): ApiDeps {
  return {
    registry: registryOf(env),
    announce: (concerned, waitMs) => {
      waitUntil(countReplicas(env, concerned));
      return announceTo(env, waitUntil, concerned, waitMs);
    },
    follow: (subscription) =>
      new ChangeSource(
        {
          readChanges: (since, limit) => readChanges(env.DB, since, limit),
          connect: (from) => connectToFeed(env, from),
        },
        subscription,
      ),
    after: (durationMs, run) => {
      const timer = setTimeout(run, durationMs);
      return () => clearTimeout(timer);
    },
    serviceRanges,
    nowMs: Date.now,
    newUid,
    random: Math.random,
  };
}

/** What the cron trigger needs. */
export function sweepDeps(env: Env): SweepDeps {
  return {
    readDue: (nowMs) => readDue(env.DB, nowMs),
    poke: (target) => pokePending(env, target),
    runDue: (prober) => proberObject(env, prober).runDue(),
    compactLog: (beforeSeconds) => compactLog(env.DB, beforeSeconds),
    removeTerminated: (pod) => endTerminated(env, pod),
    enforceLease: (pod) => endLease(env, pod, "sweep"),
    removeEmptyProber: (prober) => removeEmptyProber(env.DB, prober),
    report: (failures) => console.error(`sweep: ${failures.join("; ")}`),
    nowMs: Date.now,
    sleep,
  };
}

export async function isRegistryReadable(env: Env): Promise<boolean> {
  try {
    await readCatalogueRevision(env.DB);
    return true;
  } catch {
    return false;
  }
}

export function registryOf(env: Env, options: { publishing?: boolean } = {}): D1Registry {
  return new D1Registry({ db: env.DB, nowMs: Date.now, newUid, ...options });
}

/** What the Durable Object of a service needs from outside it. */
export function serviceEndpointsDeps(
  env: Env,
  key: ServiceKey,
  waitUntil: WaitUntil,
): Pick<EndpointsKeeperDeps, "read" | "follow" | "publish" | "settle" | "changed" | "nowMs" | "sleep" | "waitUntil"> {
  const registry = registryOf(env, { publishing: true });
  const identities = { nowMs: Date.now, newUid, random: Math.random };
  return {
    read: () => readService(env.DB, key),
    follow: (since) => readFollowing(env.DB, key, since),
    publish: async (snapshot) => {
      const { complete, wrote } = await publishEndpoints(registry, snapshot, identities);
      if (wrote) await pokeFeed(env);
      return complete;
    },
    settle: (revision, latencies) => settleService(env.DB, key, revision, latencies),
    changed: () => forgetAnswers([key]),
    nowMs: Date.now,
    sleep,
    waitUntil,
  };
}

/** What the Durable Object of a prober needs from outside it. */
export function proberDeps(env: Env): ProberDeps {
  const registry = registryOf(env);
  return {
    registry: {
      readAssigned: (prober) => readAssigned(env.DB, prober),
      writeReadiness: async (pod, node, containers) => {
        const written = await writeReadiness(registry, pod, node, containers, Date.now());
        if (written.outcome === "written") await tell(env, written.concerned);
        return written.outcome;
      },
      removeTerminated: (pod) => endTerminated(env, pod),
      removeExpired: (pod) => endLease(env, pod, "prober"),
      recordEvent: async (pod, happening, event) => {
        if (await recordEvent(registry, pod, happening, { ...event, uid: newUid() })) await pokeFeed(env);
      },
      convergedAt: (prober, revision) => settlePending(env.DB, { kind: "prober", target: prober }, revision),
    },
    connect,
    fetch: (url, init) => fetch(url, init),
    allow: configOf(env).probeAllow,
  };
}

async function endTerminated(env: Env, pod: ProbedPodIdentity): Promise<void> {
  const removal = await removeTerminated(registryOf(env), pod, Date.now());
  if ("concerned" in removal) await tell(env, removal.concerned);
}

/**
 * Wakes those concerned by a write that no client waits for. What is counted meanwhile is waited for, since in a prober
 * the registry's calls take the slots of probes.
 */
async function tell(env: Env, concerned: Concerned): Promise<void> {
  await announceTo(env, waitUntil, concerned, 0);
  await countReplicas(env, concerned);
}

async function pokePending(env: Env, { kind, target }: PendingTarget): Promise<void> {
  switch (kind) {
    case "service":
      return serviceObject(env, target as ServiceKey).poke();
    case "replicationcontroller":
      return writeReplicas(replicasDeps(env, target as NamespacedName));
    case "prober":
      return proberObject(env, target).poke();
  }
}

/** Has the replication controllers concerned count at once. Never rejects: what fails stays pending for the sweep. */
async function countReplicas(env: Env, { replicationControllers }: Concerned): Promise<void> {
  await Promise.allSettled(replicationControllers.map((key) => writeReplicas(replicasDeps(env, key))));
}

function replicasDeps(env: Env, key: NamespacedName): ReplicasDeps {
  const registry = registryOf(env);
  return {
    registry,
    read: () => readReplicas(env.DB, key),
    settle: (revision) => settlePending(env.DB, { kind: "replicationcontroller", target: key }, revision),
    recordEvent: async (about, happening) => {
      const event = { suffix: about.metadata.uid.slice(0, 8), uid: newUid(), times: 1, atMs: Date.now() };
      await recordEvent(registry, about, happening, event);
    },
    pokeFeed: () => pokeFeed(env),
    nowMs: Date.now,
  };
}

async function endLease(env: Env, identity: ProbedPodIdentity, witness: Witness): Promise<void> {
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

/** Wakes those concerned; see announcement.ts. */
function announceTo(env: Env, waitUntil: WaitUntil, concerned: Concerned, waitMs: number): Promise<ServiceKey[]> {
  const committedMs = Date.now();
  const deps: AnnouncementDeps = {
    pokeService: async (key) => {
      await serviceObject(env, key).poke(committedMs);
      forgetAnswers([key]);
    },
    pokeProber: (name) => proberObject(env, name).poke(),
    pokeFeed: () => pokeFeed(env),
    sleep,
    waitUntil,
  };
  return announce(deps, concerned, waitMs);
}

async function pokeFeed(env: Env): Promise<void> {
  await feedObject(env).poke();
}

async function connectToFeed(env: Env, from: Subscription): Promise<WebSocket> {
  const url = `https://feed/?subscription=${encodeURIComponent(JSON.stringify(from))}`;
  const { webSocket } = await feedObject(env).fetch(url, { headers: { Upgrade: "websocket" } });
  if (webSocket === null) throw new Error("the change feed opened no socket");
  return webSocket;
}

function newUid(): string {
  return crypto.randomUUID();
}

function sleep(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
}
