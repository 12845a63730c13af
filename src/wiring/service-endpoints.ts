/** Fills in what the Durable Object of a service needs from outside it, from the bindings. */
import type { ServiceKey } from "../domain/service.ts";
import type { EndpointsKeeperDeps } from "../endpoints/endpoints-keeper.ts";
import { publishEndpoints } from "../endpoints/publish.ts";
import { readService, readServiceSince } from "../registry/snapshots.ts";
import { writePublication } from "../registry/write-publication.ts";
import { forgetAnswers } from "./isolate.ts";
import { newUid, pokeFeed, sleep, tellEvent } from "./waking.ts";

type WaitUntil = (promise: Promise<unknown>) => void;

export function serviceEndpointsDeps(
  env: Env,
  key: ServiceKey,
  waitUntil: WaitUntil,
): Pick<EndpointsKeeperDeps, "read" | "readSince" | "publish" | "changed" | "nowMs" | "sleep" | "waitUntil"> {
  return {
    read: () => readService(env.DB, key),
    readSince: (seen) => readServiceSince(env.DB, key, seen),
    publish: async (snapshot, latencies) => {
      const looked = { service: key, revision: snapshot.revision, latencies };
      const publication = await publishEndpoints(
        {
          write: (writes) => writePublication(env.DB, writes, looked, { nowMs: Date.now(), newUid }),
          recordEvent: (about, happening) => tellEvent(env, about, happening),
          nowMs: Date.now,
          newUid,
          random: Math.random,
        },
        snapshot,
      );
      if (publication.written.length > 0) await pokeFeed(env);
      return publication;
    },
    changed: () => forgetAnswers([key]),
    nowMs: Date.now,
    sleep,
    waitUntil,
  };
}
