/**
 * Writes what a service publishes, and notes that it has looked: one transaction, in which every write has its own
 * guard. One that somebody else got ahead of fails alone, and leaves the service pending.
 */
import type { D1Database, D1PreparedStatement } from "@cloudflare/workers-types";
import type { KubeObject } from "../domain/object.ts";
import { bucketsOf } from "./latency-buckets.ts";
import type { Looked, PlannedWrite, Publication } from "./registry.ts";
import { fromRow, type ObjectRow } from "./rows.ts";
import { read } from "./statements/read.ts";
import { settle } from "./statements/upkeep.ts";
import { statementsOf, subjectOf, writtenOf, type Statement, type WriteContext } from "./write-batch.ts";

/** A service of thousands of pods publishes many slices at first; a transaction holds up everybody else's. */
const writesPerBatch = 20;

export async function writePublication(
  db: D1Database,
  writes: readonly PlannedWrite[],
  looked: Looked,
  context: Omit<WriteContext, "wakes">,
): Promise<Publication> {
  const written: PlannedWrite[] = [];
  const lost: PlannedWrite[] = [];
  for (let from = 0; from === 0 || from < writes.length; from += writesPerBatch) {
    const part = writes.slice(from, from + writesPerBatch);
    const isLast = from + writesPerBatch >= writes.length;
    const after = isLast ? [...(lost.length === 0 ? [settlement(part, looked)] : []), ...observations(looked)] : [];
    const objects = await writeTogether(db, part, after, { ...context, wakes: false });
    part.forEach((write, index) => {
      const object = objects[index];
      if (object === undefined) lost.push(write);
      else written.push(write.verb === "delete" ? { ...write, before: object } : { ...write, object });
    });
  }
  const complete = lost.length === 0 || (await areInVain(db, lost));
  if (complete && lost.length > 0) await db.batch(prepare(db, [settlement([], looked)]));
  return { written, complete };
}

/** What each write has left; undefined for one that lost a race. */
async function writeTogether(
  db: D1Database,
  writes: readonly PlannedWrite[],
  after: readonly Statement[],
  context: WriteContext,
): Promise<(KubeObject | undefined)[]> {
  const batches = writes.map((write) => statementsOf(write, context));
  const results = await db.batch(prepare(db, [...batches.flat(), ...after]));
  let next = 0;
  return writes.map((write, index) => {
    const own = results.slice(next, (next += batches[index]?.length ?? 0));
    return writtenOf(subjectOf(write), own)?.object;
  });
}

function settlement(writes: readonly PlannedWrite[], { service, revision }: Looked): Statement {
  const rows = writes.map((write) => [
    subjectOf(write).metadata.uid,
    write.verb === "create" ? null : Number(write.before.metadata.resourceVersion),
  ]);
  const newestFirst = JSON.stringify(rows.reverse());
  return { sql: settle.published, parameters: [service, revision, writes.length, newestFirst] };
}

function observations({ latencies }: Looked): Statement[] {
  return bucketsOf(latencies).map(({ serviceKind, upperBoundMs, observations: count, totalMs }) => ({
    sql: settle.latency,
    parameters: [serviceKind, upperBoundMs, count, totalMs],
  }));
}

/** A namespace that goes away takes the service with it; nothing more can be made in it, however often it is tried. */
async function areInVain(db: D1Database, lost: readonly PlannedWrite[]): Promise<boolean> {
  if (lost.some(({ verb }) => verb !== "create")) return false;
  const [first] = lost;
  const namespace = first === undefined ? "" : (subjectOf(first).metadata.namespace ?? "");
  const row = await db.prepare(read.object).bind("namespaces", "", namespace).first<ObjectRow>();
  return row === null || fromRow(row).metadata.deletionTimestamp !== undefined;
}

function prepare(db: D1Database, statements: readonly Statement[]): D1PreparedStatement[] {
  return statements.map(({ sql, parameters }) => db.prepare(sql).bind(...parameters));
}
