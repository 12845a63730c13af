/** Fires what the cron trigger fires, but does not wait through the minute for probers. */
import { env } from "cloudflare:workers";
import { sweep } from "../../../src/sweep/sweep.ts";
import { sweepDeps } from "../../../src/wiring/sweep.ts";

export async function runSweep(): Promise<void> {
  const failures: string[] = [];
  await sweep({
    ...sweepDeps(env, async () => []),
    runDue: async () => ({ nextDueMs: undefined, empty: false }),
    report: (failed) => failures.push(...failed),
  });
  if (failures.length > 0) throw new Error(failures.join("\n"));
}
