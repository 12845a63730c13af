/** Fills in what the Durable Object of a service needs from outside it, from the bindings. */
import type { ServiceKey } from "../domain/service.ts";
import type { EndpointsKeeperDeps } from "../endpoints/endpoints-keeper.ts";
import { publishEndpoints } from "../endpoints/publish.ts";
import { readFollowing, readService } from "../registry/snapshots.ts";
import { settleService } from "../registry/upkeep.ts";
import { forgetAnswers } from "./isolate.ts";
import { newUid, pokeFeed, registryOf, sleep } from "./waking.ts";

type WaitUntil = (promise: Promise<unknown>) => void;

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
