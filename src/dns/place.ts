/** What stands at a name, whatever type was asked for: so the type can never decide whether the name exists (K49). */
import type { Rdata, ResourceRecord } from "./wire/message.ts";
import type { Name } from "./wire/name.ts";

export type Place =
  /** The name exists; without records it is an empty non-terminal. */
  | {
      kind: "name";
      ttlSeconds: number;
      /** How long it may be kept that a type is missing here, where that differs. */
      denialTtlSeconds?: number;
      records: RecordsByKind;
      /** Addresses of the names that SRV and NS records here point to. */
      glue?: () => ResourceRecord[];
    }
  /** Another name stands for it. */
  | { kind: "alias"; ttlSeconds: number; target: Name }
  /** Neither the name nor any below it exists. */
  | { kind: "nothing"; ttlSeconds: number }
  /** The catalogue and a service's object do not agree on which service there is. */
  | { kind: "stale" }
  /** What would decide it cannot be read right now. */
  | { kind: "unavailable" };

/** The kinds of records that names own, in the order in which ANY looks for one. */
export const recordKinds = ["SOA", "A", "AAAA", "NS", "SRV", "PTR", "TXT"] as const;

/** Each is made only when it is asked for. */
type RecordsByKind = Partial<Record<(typeof recordKinds)[number], () => readonly Rdata[]>>;

export function emptyName(ttlSeconds: number): Place {
  return { kind: "name", ttlSeconds, records: {} };
}

export function nothing(ttlSeconds: number): Place {
  return { kind: "nothing", ttlSeconds };
}
