/**
 * The cron trigger: each minute it pokes whoever is still pending, and drives the probers through the minute. Waiting
 * is free here and billed in a Durable Object, so the sweep waits and the prober sleeps. Crons may come late, twice or
 * overlap: everything it calls may be called again.
 */
import type { Due, PendingTarget } from "./registry/snapshots.ts";

export interface SweepDeps {
  /** What is due at a moment. */
  readDue(nowMs: number): Promise<Due>;
  poke(target: PendingTarget): Promise<void>;
  /** Runs what is due at this prober. When it wants to be called again, undefined for never. */
  runDue(prober: string): Promise<{ nextDueMs: number | undefined; empty: boolean }>;
  /** Removes a pod whose grace period is over; its prober would have, if it lived or if there was one. */
  removeTerminated(pod: Due["terminated"][number]): Promise<void>;
  /** Makes a pod not ready whose lease has expired, and removes it later; its prober would have, if it lived. */
  enforceLease(pod: Due["expired"][number]): Promise<void>;
  removeEmptyProber(prober: string): Promise<void>;
  compactLog(beforeSeconds: number): Promise<void>;
  /** Told once a sweep of everything that failed in it, so that a failure costs one log line. */
  report(failures: readonly string[]): void;
  nowMs(): number;
  sleep(durationMs: number): Promise<void>;
}

/** How far back a watch can resume: an hour, where Kubernetes' own store keeps five minutes. */
const logRetentionSeconds = 3600;

/** How long a sweep goes on: until the next one begins. */
const sweepMs = 60_000;

/** Never rejects: what failed is reported, and the next sweep comes back to it. */
export async function sweep(deps: SweepDeps): Promise<void> {
  const endMs = deps.nowMs() + sweepMs;
  const failures: string[] = [];
  const attempt = async (name: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      failures.push(`${name}: ${String(error)}`);
    }
  };
  await attempt("log", () => deps.compactLog(Math.floor(deps.nowMs() / 1000) - logRetentionSeconds));
  await attempt("registry", async () => {
    const { probers, pending, terminated, expired } = await deps.readDue(deps.nowMs());
    await Promise.all([
      ...pending.map((target) => attempt(target.target, () => deps.poke(target))),
      ...terminated.map((pod) => attempt(`${pod.namespace}/${pod.name}`, () => deps.removeTerminated(pod))),
      ...expired.map((pod) => attempt(`${pod.namespace}/${pod.name}`, () => deps.enforceLease(pod))),
      ...probers.map((prober) => attempt(prober, () => drive(deps, prober, endMs))),
    ]);
  });
  if (failures.length > 0) deps.report(failures);
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
