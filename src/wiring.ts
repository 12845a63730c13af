/**
 * Where the parts meet: fills in the interfaces that api/, dns/, endpoints/ and probes/ declare, from the bindings.
 * No decisions live here. A Durable Object reaches the registry and its peers through it.
 */
import { announce, type AnnouncementDeps } from "./announcement.ts";
import { parseConfig, type Config } from "./config.ts";
import { regionOfProber } from "./domain/node.ts";
import type { ServiceKey } from "./domain/service.ts";
import type { EndpointsKeeperDeps } from "./endpoints/endpoints-keeper.ts";
import { publishEndpoints } from "./endpoints/publish.ts";
import { forgetAnswers } from "./isolate.ts";
import { D1Registry } from "./registry/d1-registry.ts";
import type { Concerned } from "./registry/registry.ts";
import { readService, settlePending } from "./registry/snapshots.ts";

type WaitUntil = (promise: Promise<unknown>) => void;

export function registryOf(env: Env, options: { publishing?: boolean } = {}): D1Registry {
  return new D1Registry({ db: env.DB, nowMs: Date.now, newUid, ...options });
}

/** The configuration that was checked when the request or the event came in; a wrong one gets no further than that. */
export function configOf(env: Env): Config {
  const parsed = parseConfig(env);
  if (!parsed.ok) throw new Error(`the configuration is wrong: ${parsed.errors.join("; ")}`);
  return parsed.config;
}

/** What the Durable Object of a service needs from outside it. */
export function serviceEndpointsDeps(
  env: Env,
  key: ServiceKey,
  waitUntil: WaitUntil,
): Pick<EndpointsKeeperDeps, "read" | "publish" | "settle" | "changed" | "nowMs" | "sleep" | "waitUntil"> {
  const registry = registryOf(env, { publishing: true });
  const identities = { nowMs: Date.now, newUid, random: Math.random };
  return {
    read: () => readService(env.DB, key),
    publish: async (snapshot) => {
      const { complete, wrote } = await publishEndpoints(registry, snapshot, identities);
      if (wrote) await pokeFeed(env);
      return complete;
    },
    settle: (revision) => settlePending(env.DB, { kind: "service", target: key }, revision),
    changed: () => forgetAnswers(key),
    nowMs: Date.now,
    sleep,
    waitUntil,
  };
}

/** Wakes those concerned; see announcement.ts. */
export function announceTo(
  env: Env,
  waitUntil: WaitUntil,
  concerned: Concerned,
  waitMs: number,
): Promise<ServiceKey[]> {
  const deps: AnnouncementDeps = {
    pokeService: async (key) => {
      await serviceStub(env, key).poke();
      forgetAnswers(key);
    },
    pokeProber: (name) => proberStub(env, name).poke(),
    pokeFeed: () => pokeFeed(env),
    sleep,
    waitUntil,
  };
  return announce(deps, concerned, waitMs);
}

export function serviceStub(env: Env, key: ServiceKey) {
  return env.SERVICE_ENDPOINTS.getByName(key);
}

/** An object is placed where it is first asked for, and a region's probers belong into that region. */
export function proberStub(env: Env, name: string) {
  const region = regionOfProber(name);
  return env.PROBER.getByName(name, region === undefined ? {} : { locationHint: region });
}

async function pokeFeed(env: Env): Promise<void> {
  await env.CHANGE_FEED.getByName("feed").poke();
}

function newUid(): string {
  return crypto.randomUUID();
}

function sleep(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
}
