/** The log of changes, read in parts and compacted. */
import type { D1Database, D1Result } from "@cloudflare/workers-types";
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
}

/** A part of what the log tells of some objects. */
export interface FilteredLogPart extends LogPart {
  /** Whether who may do what may have changed, in this part or behind it. */
  accessChanged: boolean;
}

/** Whose changes are read. */
export interface LogFilter {
  resource: GroupResource;
  /** All namespaces when absent. */
  namespace?: string;
}

/** What is read of the log at a time. Objects may be large, and whoever reads it has 128 MB for everything. */
const partLimits = { entries: 250, octets: 2_000_000 };

type ChangeRow = ObjectRow &
  Pick<LogEntry, "resource" | "change"> & { before: string | null; previous: number | null; found: number };

/** The log above `since`. */
export async function readChanges(db: D1Database, since: number, limits = partLimits): Promise<LogPart> {
  return partOf(await db.batch(partStatements(db, since, undefined, limits)), since, limits);
}

/** What the log above `since` tells of some objects. */
export async function readChangesOf(
  db: D1Database,
  since: number,
  of: LogFilter,
  limits = partLimits,
): Promise<FilteredLogPart> {
  const hasChanged = db.prepare(read.hasChanged).bind(since, JSON.stringify([...accessResources]));
  const results = await db.batch([...partStatements(db, since, of, limits), hasChanged]);
  const accessChanged = rowsOf<{ changed: number }>(results, 3)[0]?.changed === 1;
  return { ...partOf(results, since, limits), accessChanged };
}

function partStatements(db: D1Database, since: number, of: LogFilter | undefined, limits: typeof partLimits) {
  const { resource = null, namespace = null } = of ?? {};
  return [
    db.prepare(read.compactedRevision),
    db.prepare(read.changes).bind(since, limits.entries, limits.octets, resource, namespace),
    db.prepare(read.head),
  ];
}

function partOf(results: readonly D1Result[], since: number, limits: typeof partLimits): LogPart {
  const rows = rowsOf<ChangeRow>(results, 1);
  const head = rowsOf<{ revision: number }>(results, 2)[0]?.revision ?? 0;
  const last = rows.at(-1);
  const wasCut = last !== undefined && (rows.length < last.found || last.found === limits.entries);
  const upToRevision = wasCut ? last.revision : Math.max(head, since);
  return {
    compactedRevision: rowsOf<{ revision: number }>(results, 0)[0]?.revision ?? 0,
    upToRevision,
    more: upToRevision < head,
    entries: rows.map((row) => toEntry(row)),
  };
}

function toEntry(row: ChangeRow): LogEntry {
  const { before, previous } = row;
  return {
    ...pickChange(row),
    object: fromRow(row),
    before: before === null || previous === null ? undefined : fromRow({ revision: previous, manifest: before }),
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
