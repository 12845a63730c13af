/** Fills in what the sweep declares that it needs, from the bindings. */
import { sweepDeletions } from "../api/write/finish-deletions.ts";
import { configOf } from "../config/config.ts";
import { noteDefaultTtl } from "../registry/catalogue.ts";
import { compactLog } from "../registry/log.ts";
import { readDue, removeExpiredEvents } from "../registry/upkeep.ts";
import type { SweepDeps } from "../sweep/sweep.ts";
import { contextOf } from "./api.ts";
import { driveDeps, endLease, endTerminated } from "./probing.ts";
import { pokeFeed, pokePending } from "./waking.ts";

export function sweepDeps(env: Env, driveElsewhere: SweepDeps["driveElsewhere"]): SweepDeps {
  return {
    ...driveDeps(env),
    driveElsewhere,
    readDue: (nowMs) => readDue(env.DB, nowMs),
    poke: (target) => pokePending(env, target),
    pokeFeed: () => pokeFeed(env),
    noteDefaultTtl: () => {
      const { ttlSeconds, staleSeconds } = configOf(env).dns;
      return noteDefaultTtl(env.DB, ttlSeconds + staleSeconds, Date.now());
    },
    compactLog: (beforeSeconds) => compactLog(env.DB, beforeSeconds),
    removeTerminated: (pod) => endTerminated(env, pod),
    finishDeletions: () => sweepDeletions(contextOf(env)),
    removeEvents: async (beforeSeconds) => {
      if (await removeExpiredEvents(env.DB, beforeSeconds)) await pokeFeed(env);
    },
    enforceLease: (pod) => endLease(env, pod, "sweep"),
    report: (failures) => console.error(`sweep: ${failures.join("; ")}`),
  };
}
