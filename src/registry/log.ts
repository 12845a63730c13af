/** The log of changes, read in parts and compacted. */
import type { D1Database } from "@cloudflare/workers-types";
import type { GroupResource, KubeObject } from "../domain/object.ts";
import { accessResources } from "../domain/rbac.ts";
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
  /** Up to here there are no others. */
  upToRevision: number;
  /** Whether the log goes on behind it. */
  more: boolean;
  /** Below it the log is no longer whole. */
  compactedRevision: number;
  /** Whether who may do what may have changed, in this part or behind it. */
  accessChanged: boolean;
}

/** Whose changes are read; all of them where nothing is said. */
export interface LogFilter {
  resource?: GroupResource;
  namespace?: string;
}

/** What is read of the log at a time. Objects may be large, and whoever reads it has 128 MB for everything. */
const partLimits = { entries: 250, octets: 2_000_000 };

/** The log above `since`. */
export async function readChanges(
  db: D1Database,
  since: number,
  of: LogFilter = {},
  limits = partLimits,
): Promise<LogPart> {
  const results = await db.batch([
    db.prepare(read.compactedRevision),
    db.prepare(read.changes).bind(since, limits.entries, limits.octets, of.resource ?? null, of.namespace ?? null),
    db.prepare(read.head),
    db.prepare(read.hasChanged).bind(since, JSON.stringify([...accessResources])),
  ]);
  const rows = rowsOf<
    ObjectRow &
      Pick<LogEntry, "resource" | "change"> & { before: string | null; previous: number | null; found: number }
  >(results, 1);
  const [head = 0, compactedRevision = 0] = [2, 0].map(
    (index) => rowsOf<{ revision: number }>(results, index)[0]?.revision,
  );
  const last = rows.at(-1);
  const wasCut = last !== undefined && (rows.length < last.found || last.found === limits.entries);
  const upToRevision = wasCut ? last.revision : Math.max(head, since);
  return {
    compactedRevision,
    upToRevision,
    more: upToRevision < head,
    accessChanged: rowsOf<{ changed: number }>(results, 3)[0]?.changed === 1,
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
