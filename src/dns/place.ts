/** What stands at a name, whatever type was asked for: so the type can never decide whether the name exists (K49). */
import type { RecordKind, Rdata, ResourceRecord } from "./wire/message.ts";
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

/** Each is made only when it is asked for. ANY takes the first that is not empty. */
export type RecordsByKind = Partial<Record<RecordKind, () => readonly Rdata[]>>;

export function emptyName(ttlSeconds: number): Place {
  return { kind: "name", ttlSeconds, records: {} };
}

export function nothing(ttlSeconds: number): Place {
  return { kind: "nothing", ttlSeconds };
}
