/**
 * Drives probers through a minute: comes to each at its own round times, and back to one that failed. Waiting is free in
 * a Worker. One invocation carries so many probers only (see `groupsOf`).
 */
import type { DueProber } from "../registry/upkeep.ts";

export interface DriveDeps {
  /** Runs what is due at this prober. When it wants to be called again, undefined for never. */
  runDue(prober: string): Promise<{ nextDueMs: number | undefined; empty: boolean }>;
  removeEmptyProber(prober: string): Promise<void>;
  /** Looks whether the prober is alive, and writes that into its Node if the Node says otherwise. */
  observe(prober: string): Promise<void>;
  nowMs(): number;
  sleep(durationMs: number): Promise<void>;
}

/** A prober that failed is called again after this long; its own alarm may have brought it round. */
const retryMs = 10_000;

/**
 * A prober at a period of a second takes sixty subrequests a minute, of which an invocation has 10,000 by default on a
 * paid plan (`subrequests` below `[limits]` in wrangler.toml sets it). A group is an invocation of its own, and costs the
 * sweep one. That its subrequests are then not counted with the sweep's follows from "per invocation", and is nowhere
 * said outright (Cloudflare's documentation, November 2026); if they are, alarms must drive whoever comes after some 160
 * probers at a second, 1,600 at ten.
 */
const probersPerInvocation = 100;
/** A Worker may be invoked 32 times within one request, the sweep itself included. */
const groupsAtMost = 31;

/** The probers in groups for one invocation each. */
export function groupsOf<T>(probers: readonly T[]): T[][] {
  const size = Math.max(probersPerInvocation, Math.ceil(probers.length / groupsAtMost));
  return Array.from({ length: Math.ceil(probers.length / size) }, (_, index) =>
    probers.slice(index * size, (index + 1) * size),
  );
}

/** Until `endMs`. Never rejects; resolves with what failed. */
export async function driveProbers(deps: DriveDeps, probers: readonly DueProber[], endMs: number): Promise<string[]> {
  const complaints = await Promise.all(probers.map((prober) => drive(deps, prober, endMs)));
  return complaints.flatMap((complaint, index) =>
    complaint === undefined ? [] : `${probers[index]?.name}: ${complaint}`,
  );
}

/** What went wrong first, if anything did. */
async function drive(deps: DriveDeps, prober: DueProber, endMs: number): Promise<string | undefined> {
  let complaint: string | undefined;
  let isReady = prober.ready;
  let lives = false;
  for (;;) {
    let nextMs: number | undefined;
    try {
      const { nextDueMs, empty } = await deps.runDue(prober.name);
      if (empty) {
        await deps.removeEmptyProber(prober.name);
        return complaint;
      }
      lives = true;
      nextMs = nextDueMs;
      if (!isReady) await deps.observe(prober.name);
      isReady = true;
    } catch (error) {
      complaint ??= String(error);
      nextMs = deps.nowMs() + retryMs;
    }
    if (nextMs === undefined || nextMs >= endMs) break;
    await deps.sleep(Math.max(0, nextMs - deps.nowMs()));
  }
  if (lives || !isReady) return complaint;
  return deps.observe(prober.name).then(
    () => complaint,
    (error: unknown) => complaint ?? String(error),
  );
}
