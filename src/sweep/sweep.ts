/**
 * The cron trigger: each minute it pokes whoever is still pending, drives the probers through the minute, and tidies
 * up. Waiting is free here and billed in a Durable Object, so the sweep waits and the prober sleeps. Crons may come
 * late, twice or overlap: everything it calls may be called again.
 */
import { eventTtlSeconds } from "../domain/event.ts";
import { driveProbers, groupsOf, type DriveDeps } from "./drive-probers.ts";
import type { Due, DueProber, PendingTarget } from "../registry/upkeep.ts";

export interface SweepDeps extends DriveDeps {
  /** What is due at a moment. */
  readDue(nowMs: number): Promise<Due>;
  poke(target: PendingTarget): Promise<void>;
  /** Has the watches told of what is in the log: who is woken by a write may have slept through it. */
  pokeFeed(): Promise<void>;
  /** Removes a pod whose grace period is over; its prober would have, if it lived or if there was one. */
  removeTerminated(pod: Due["terminated"][number]): Promise<void>;
  /** Goes on with deletions that reached further than one request had room for. */
  finishDeletions(): Promise<void>;
  /** Removes events that have not been written since. */
  removeEvents(beforeSeconds: number): Promise<void>;
  /** Makes a pod not ready whose lease has expired, and removes it later; its prober would have, if it lived. */
  enforceLease(pod: Due["expired"][number]): Promise<void>;
  /** Drives these probers in an invocation of its own, until `endMs`. Resolves with what failed. */
  driveElsewhere(probers: readonly DueProber[], endMs: number): Promise<string[]>;
  /** DNS_TTL may have been lowered by a deployment, and what was answered before is kept still. */
  noteDefaultTtl(): Promise<void>;
  compactLog(beforeSeconds: number): Promise<void>;
  /** Told once a sweep of everything that failed in it, so that a failure costs one log line. */
  report(failures: readonly string[]): void;
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
  const nowSeconds = Math.floor(deps.nowMs() / 1000);
  await Promise.all([
    attempt("DNS_TTL", () => deps.noteDefaultTtl()),
    attempt("log", () => deps.compactLog(nowSeconds - logRetentionSeconds)),
    attempt("events", () => deps.removeEvents(nowSeconds - eventTtlSeconds)),
    attempt("watches", () => deps.pokeFeed()),
    attempt("deletions", () => deps.finishDeletions()),
    attempt("registry", async () => {
      const { probers, pending, terminated, expired } = await deps.readDue(deps.nowMs());
      await Promise.all([
        ...pending.map((target) => attempt(target.target, () => deps.poke(target))),
        ...terminated.map((pod) => attempt(`${pod.namespace}/${pod.name}`, () => deps.removeTerminated(pod))),
        ...expired.map((pod) => attempt(`${pod.namespace}/${pod.name}`, () => deps.enforceLease(pod))),
        ...groupsOf(probers).map((group, index) =>
          attempt(`from ${group[0]?.name}`, async () => {
            // The first group is this invocation's own.
            const drive = index === 0 ? driveProbers(deps, group, endMs) : deps.driveElsewhere(group, endMs);
            failures.push(...(await drive));
          }),
        ),
      ]);
    }),
  ]);
  if (failures.length > 0) deps.report(failures);
}
