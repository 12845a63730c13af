/**
 * The cron trigger: each minute it pokes whoever is still pending, and drives the probers through the minute. Waiting
 * is free here and billed in a Durable Object, so the sweep waits and the prober sleeps. Crons may come late, twice or
 * overlap: everything it calls may be called again.
 */
import type { PendingTarget } from "./registry/snapshots.ts";

export interface SweepDeps {
  readDue(): Promise<{ probers: string[]; pending: PendingTarget[] }>;
  poke(target: PendingTarget): Promise<void>;
  /** Runs what is due at this prober. When it wants to be called again, undefined for never. */
  runDue(prober: string): Promise<{ nextDueMs: number | undefined; empty: boolean }>;
  removeEmptyProber(prober: string): Promise<void>;
  nowMs(): number;
  sleep(durationMs: number): Promise<void>;
}

/** How long a sweep goes on: until the next one begins. */
const sweepMs = 60_000;

/** The names of what failed, for the one log line that a failing sweep writes. */
export async function sweep(deps: SweepDeps): Promise<string[]> {
  const endMs = deps.nowMs() + sweepMs;
  const { probers, pending } = await deps.readDue();
  const failures: string[] = [];
  const attempt = async (name: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      failures.push(`${name}: ${String(error)}`);
    }
  };
  await Promise.all([
    ...pending.map((target) => attempt(target.target, () => deps.poke(target))),
    ...probers.map((prober) => attempt(prober, () => drive(deps, prober, endMs))),
  ]);
  return failures;
}

/** Calls one prober at the times it asks for, until the minute is over. */
async function drive(deps: SweepDeps, prober: string, endMs: number): Promise<void> {
  for (;;) {
    const { nextDueMs, empty } = await deps.runDue(prober);
    if (empty) return deps.removeEmptyProber(prober);
    if (nextDueMs === undefined || nextDueMs >= endMs) return;
    await deps.sleep(Math.max(0, nextDueMs - deps.nowMs()));
  }
}
