/** How much anybody may have, and do at a time (docs/limits.md). */
import type { VariableReader } from "./variable-reader.ts";

export interface Limits {
  /** How many objects of a resource a namespace may hold; `*` for those that are not named. */
  quotas: Readonly<Record<string, number>>;
  /** How many requests an isolate carries out at once; 0 for any number. */
  concurrency: { lists: number; writes: number };
  /** How many watch streams one user may have; 0 for any number. */
  watchesPerIdentity: number;
}

export function readLimits(reader: VariableReader): Limits {
  return {
    quotas: Object.fromEntries(
      reader.entries("NAMESPACE_QUOTA", parseQuota, "is no quota such as pods=5000 or *=20000"),
    ),
    concurrency: {
      lists: reader.wholeNumber("CONCURRENT_LISTS", 10_000),
      writes: reader.wholeNumber("CONCURRENT_WRITES", 10_000),
    },
    watchesPerIdentity: reader.wholeNumber("WATCHES_PER_IDENTITY", 30_000),
  };
}

/** `pods=5000`, `count/leases.coordination.k8s.io=100` as ResourceQuota writes it, `*=1000` for all others. */
function parseQuota(text: string): [resource: string, count: number] | undefined {
  const [, resource, count] = /^(?:count\/)?([a-z0-9.-]+|\*)=(\d{1,9})$/.exec(text) ?? [];
  return resource === undefined ? undefined : [resource, Number(count)];
}
