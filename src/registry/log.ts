/** The log of changes, read in parts and compacted. */
import type { D1Database } from "@cloudflare/workers-types";
import type { KubeObject } from "../domain/object.ts";
import type { LoggedChange } from "./registry.ts";
import { fromRow, rowsOf, type ObjectRow } from "./rows.ts";
import { read } from "./statements/read.ts";
import { compact } from "./statements/upkeep.ts";

/** One entry of the log, with the object as it was before. */
export interface LogEntry extends LoggedChange {
  before: KubeObject | undefined;
}

/** A part of the log. */
export interface LogPart {
  /** Oldest first, without a gap. */
  entries: LogEntry[];
  /** Whether the log goes on behind them. */
  more: boolean;
  /** Below it the log is no longer whole. */
  compactedRevision: number;
}

/** What is read of the log at a time. Objects may be large, and whoever reads it has 128 MB for everything. */
const partLimits = { entries: 250, octets: 2_000_000 };

/** The log above `since`. */
export async function readChanges(db: D1Database, since: number, limits = partLimits): Promise<LogPart> {
  const results = await db.batch([
    db.prepare(read.compactedRevision),
    db.prepare(read.changes).bind(since, limits.entries, limits.octets),
    db.prepare(read.head),
  ]);
  const rows = rowsOf<
    ObjectRow & Pick<LogEntry, "resource" | "change"> & { before: string | null; previous: number | null }
  >(results, 1);
  const head = rowsOf<{ revision: number }>(results, 2)[0]?.revision ?? 0;
  return {
    compactedRevision: rowsOf<{ revision: number }>(results, 0)[0]?.revision ?? 0,
    more: (rows.at(-1)?.revision ?? head) < head,
    entries: rows.map((row) => ({
      ...pickChange(row),
      object: fromRow(row),
      before:
        row.before === null || row.previous === null
          ? undefined
          : fromRow({ revision: row.previous, manifest: row.before }),
    })),
  };
}

/** Drops from the log what was superseded before `beforeSeconds` (Unix time); watches from below it are too old then. */
export async function compactLog(db: D1Database, beforeSeconds: number): Promise<void> {
  const row = await db
    .prepare(compact.boundary)
    .bind(beforeSeconds)
    .first<{ compacted: number; boundary: number | null }>();
  if (row === null || row.boundary === null) return;
  const range = [row.compacted, row.boundary];
  const statements = [compact.superseded, compact.tombstones, compact.moveBoundary];
  await db.batch(statements.map((sql) => db.prepare(sql).bind(...range)));
}

/** A row of the log but for its manifest. */
export function pickChange({ revision, resource, change }: Omit<LoggedChange, "object">): Omit<LoggedChange, "object"> {
  return { revision, resource, change };
}
