/** The buckets of the programming latency histogram, and which observations belong into which. Pure. */
import type { ServiceKind } from "../domain/service.ts";
import type { ProgrammingLatency } from "./registry.ts";

/** CoreDNS' buckets reach from a millisecond to hours; a poke that is lost heals within a minute. */
export const upperBoundsMs: readonly number[] = [
  5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 120_000,
];

/** Stands for no bound. */
export const unboundedMs = -1;

export interface LatencyBucket {
  serviceKind: ServiceKind;
  upperBoundMs: number;
  /** In this bucket alone, not in those below it. */
  observations: number;
  totalMs: number;
}

export function bucketsOf(latencies: readonly ProgrammingLatency[]): LatencyBucket[] {
  const buckets = new Map<string, LatencyBucket>();
  for (const { serviceKind, durationMs } of latencies) {
    const upperBoundMs = upperBoundsMs.find((bound) => durationMs <= bound) ?? unboundedMs;
    const key = `${serviceKind} ${upperBoundMs}`;
    const bucket = buckets.get(key) ?? { serviceKind, upperBoundMs, observations: 0, totalMs: 0 };
    bucket.observations += 1;
    bucket.totalMs += Math.round(durationMs);
    buckets.set(key, bucket);
  }
  return [...buckets.values()];
}
