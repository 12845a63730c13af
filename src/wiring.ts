/**
 * Where the parts meet: fills in the interfaces that api/, dns/, endpoints/ and probes/ declare, from the bindings.
 * No decisions live here. A Durable Object reaches the registry and its peers through it.
 */
import { waitUntil } from "cloudflare:workers";
import { userOf } from "./access/user.ts";
import type { ApiDeps } from "./api/deps.ts";
import { Warnings } from "./api/warnings.ts";
import { sweepDeletions } from "./api/write/finish-deletions.ts";
import { configOf, type Config } from "./config.ts";
import type { ServiceKey } from "./domain/service.ts";
import type { EndpointsKeeperDeps } from "./endpoints/endpoints-keeper.ts";
import { publishEndpoints } from "./endpoints/publish.ts";
import { forgetAnswers } from "./isolate.ts";
import { feedObject } from "./objects.ts";
import { asProbing, driveDeps, endLease, endTerminated } from "./probing-wiring.ts";
import {
  compactLog,
  longestTtlSeconds,
  noteDefaultTtl,
  readCatalogueRevision,
  readChanges,
  readDue,
  readFollowing,
  readService,
  removeExpiredEvents,
  settleService,
} from "./registry/snapshots.ts";
import { announceTo, countReplicas, newUid, pokeFeed, pokePending, registryOf, sleep } from "./waking.ts";
import { ChangeSource } from "./watch/change-source.ts";
import type { Subscription } from "./watch/fan-out.ts";
import type { SweepDeps } from "./sweep.ts";

type WaitUntil = (promise: Promise<unknown>) => void;

/** What the API needs from the rest, for one request. */
export function apiDeps(env: Env, { access, dns, serviceRanges }: Config): ApiDeps {
  return {
    registry: registryOf(env),
    user: userOf(access),
    announce: (concerned, waitMs) => {
      waitUntil(countReplicas(env, concerned));
      return announceTo(env, concerned, waitMs);
    },
    follow: (subscription) =>
      new ChangeSource(
        {
          readChanges: (since) => readChanges(env.DB, since),
          connect: (from) => connectToFeed(env, from),
        },
        subscription,
      ),
    observe: (node) => asProbing(env, node),
    after: (durationMs, run) => {
      const timer = setTimeout(run, durationMs);
      return () => clearTimeout(timer);
    },
    longestTtlSeconds: (namespace) => longestTtlSeconds(env.DB, namespace, dns.ttlSeconds, Date.now()),
    serviceRanges,
    nowMs: Date.now,
    newUid,
    random: Math.random,
  };
}

/** What the cron trigger needs. */
export function sweepDeps(env: Env, driveElsewhere: SweepDeps["driveElsewhere"]): SweepDeps {
  return {
    ...driveDeps(env),
    driveElsewhere,
    readDue: (nowMs) => readDue(env.DB, nowMs),
    poke: (target) => pokePending(env, target),
    noteDefaultTtl: () => noteDefaultTtl(env.DB, configOf(env).dns.ttlSeconds, Date.now()),
    compactLog: (beforeSeconds) => compactLog(env.DB, beforeSeconds),
    removeTerminated: (pod) => endTerminated(env, pod),
    finishDeletions: () =>
      sweepDeletions({ deps: apiDeps(env, configOf(env)), warnings: new Warnings(), nowMs: Date.now() }),
    removeEvents: async (beforeSeconds) => {
      if (await removeExpiredEvents(env.DB, beforeSeconds)) await pokeFeed(env);
    },
    enforceLease: (pod) => endLease(env, pod, "sweep"),
    report: (failures) => console.error(`sweep: ${failures.join("; ")}`),
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

async function connectToFeed(env: Env, from: Subscription): Promise<WebSocket> {
  const url = `https://feed/?subscription=${encodeURIComponent(JSON.stringify(from))}`;
  const { webSocket } = await feedObject(env).fetch(url, { headers: { Upgrade: "websocket" } });
  if (webSocket === null) throw new Error("the change feed opened no socket");
  return webSocket;
}
