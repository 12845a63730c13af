/**
 * Applies the migrations that a database has not seen, each as one transaction together with the row that records it,
 * in the table that `wrangler d1 migrations apply` keeps.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unstable_splitSqlQuery as splitStatements } from "wrangler";
import { projectFolder } from "./project-folder.ts";

/** What is used of D1. */
export interface Database {
  prepare(sql: string): Statement;
  batch(statements: Statement[]): Promise<unknown>;
}

interface Statement {
  bind(...values: unknown[]): Statement;
  all(): Promise<{ results: unknown[] }>;
}

const createTable = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

/** The names of the migrations that were applied. Throws what D1 says of one that fails. */
export async function migrate(db: Database, folder: string): Promise<string[]> {
  await db.prepare(createTable).all();
  const { results } = await db.prepare("SELECT name FROM d1_migrations").all();
  const applied = new Set((results as { name: string }[]).map(({ name }) => name));
  const names = readdirSync(folder).filter((name) => name.endsWith(".sql"));
  const unknown = [...applied].find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`it was written by a newer Rollcall (${unknown})`);
  const missing = names.filter((name) => !applied.has(name)).sort();
  for (const name of missing) {
    const statements = splitStatements(readFileSync(join(folder, name), "utf8"));
    await db.batch([
      ...statements.map((sql) => db.prepare(sql)),
      db.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(name),
    ]);
  }
  return missing;
}

/** What follows after an old copy was restored; the same file is for a database that Cloudflare keeps (docs/backup.md). */
export async function moveEpoch(db: Database): Promise<void> {
  const sql = readFileSync(join(projectFolder, "src/registry/statements/after-restore.sql"), "utf8");
  await db.batch(splitStatements(sql).map((statement) => db.prepare(statement)));
}
