/**
 * Waking those whom a write concerns, for whoever has written: the API, a prober, the sweep. No decisions live here.
 */
import { waitUntil } from "cloudflare:workers";
import { announce, type AnnouncementDeps } from "./announcement.ts";
import type { Happening } from "../domain/event.ts";
import type { KubeObject, NamespacedName } from "../domain/object.ts";
import type { ServiceKey } from "../domain/service.ts";
import { forgetAnswers, noteWrite } from "./isolate.ts";
import { feedObject, proberObject, serviceObject } from "./objects.ts";
import { D1Registry } from "../registry/d1-registry.ts";
import { recordEvent } from "../registry/record-event.ts";
import type { Concerned } from "../registry/registry.ts";
import { readReplicas } from "../registry/snapshots.ts";
import { settlePending, type PendingTarget } from "../registry/upkeep.ts";
import { writeReplicas, type ReplicasDeps } from "../registry/write-replicas.ts";

export function registryOf(env: Env): D1Registry {
  return new D1Registry({ db: env.DB, nowMs: Date.now, newUid, onWritten: noteWrite });
}

/** Wakes those concerned; see announcement.ts. `causedMs`: when that happened which was written, if not just now. */
export function announceTo(
  env: Env,
  concerned: Concerned,
  waitMs: number,
  causedMs = Date.now(),
): Promise<ServiceKey[]> {
  const deps: AnnouncementDeps = {
    pokeService: async (key) => {
      await serviceObject(env, key).poke(causedMs);
      forgetAnswers([key]);
    },
    pokeProber: (name) => proberObject(env, name).poke(),
    pokeFeed: () => pokeFeed(env),
    sleep,
    waitUntil,
  };
  return announce(deps, concerned, waitMs);
}

export async function pokeFeed(env: Env): Promise<void> {
  await feedObject(env).poke();
}

/**
 * Wakes those concerned by a write that no client waits for. What is counted meanwhile is waited for, since in a prober
 * the registry's calls take the slots of probes.
 */
export async function tell(env: Env, concerned: Concerned, causedMs?: number): Promise<void> {
  await announceTo(env, concerned, 0, causedMs);
  await countReplicas(env, concerned);
}

export async function pokePending(env: Env, { kind, target, sinceMs }: PendingTarget): Promise<void> {
  switch (kind) {
    case "service":
      return serviceObject(env, target as ServiceKey).poke(sinceMs ?? undefined);
    case "replicationcontroller":
      return writeReplicas(replicasDeps(env, target as NamespacedName));
    case "prober":
      return proberObject(env, target).poke();
  }
}

/** Has the replication controllers concerned count at once. Never rejects: what fails stays pending for the sweep. */
export async function countReplicas(env: Env, { replicationControllers }: Concerned): Promise<void> {
  await Promise.allSettled(replicationControllers.map((key) => writeReplicas(replicasDeps(env, key))));
}

function replicasDeps(env: Env, key: NamespacedName): ReplicasDeps {
  const registry = registryOf(env);
  return {
    registry,
    read: () => readReplicas(env.DB, key),
    settle: (revision) => settlePending(env.DB, { kind: "replicationcontroller", target: key }, revision),
    recordEvent: (about, happening) => tellEvent(env, about, happening),
    pokeFeed: () => pokeFeed(env),
    nowMs: Date.now,
  };
}

/** One event for each object and reason that its controller tells of, which is counted on. */
export async function tellEvent(env: Env, about: KubeObject, happening: Happening): Promise<void> {
  const event = { suffix: about.metadata.uid.slice(0, 8), uid: newUid(), times: 1, atMs: Date.now() };
  await recordEvent(registryOf(env), about, happening, event);
}

export function newUid(): string {
  return crypto.randomUUID();
}

export function sleep(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
}
