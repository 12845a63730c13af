import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { migrate, type Database } from "../../src/local/migrate.ts";
import { projectFolder } from "../../src/local/project-folder.ts";

/** As much of D1 as migrations need, on Node's SQLite: a batch is one transaction. */
function d1(sqlite: DatabaseSync): Database {
  const statement = (sql: string, values: SQLInputValue[] = []) => ({
    bind: (...bound: SQLInputValue[]) => statement(sql, bound),
    all: async () => ({ results: sqlite.prepare(sql).all(...values) as unknown[] }),
  });
  return {
    prepare: statement,
    batch: async (statements) => {
      sqlite.exec("BEGIN");
      try {
        for (const each of statements) await each.all();
        sqlite.exec("COMMIT");
      } catch (error) {
        sqlite.exec("ROLLBACK");
        throw error;
      }
    },
  };
}

let folder = "";
let sqlite: DatabaseSync;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rollcall-migrate-"));
  sqlite = new DatabaseSync(":memory:");
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

function write(name: string, sql: string): void {
  writeFileSync(join(folder, name), sql);
}

function recorded(): unknown[] {
  return sqlite
    .prepare("SELECT name FROM d1_migrations ORDER BY id")
    .all()
    .map(({ name }) => name);
}

describe("migrating a database", () => {
  it("applies what is missing, in the order of the names, once", async () => {
    write("0002_b.sql", "INSERT INTO t VALUES (2);");
    write("0001_a.sql", "-- a table; with a remark\nCREATE TABLE t (n INTEGER);\nINSERT INTO t VALUES (1);");
    expect(await migrate(d1(sqlite), folder)).toEqual(["0001_a.sql", "0002_b.sql"]);
    write("0003_c.sql", "INSERT INTO t VALUES (3);");
    expect(await migrate(d1(sqlite), folder)).toEqual(["0003_c.sql"]);
    expect(await migrate(d1(sqlite), folder)).toEqual([]);
    expect(sqlite.prepare("SELECT n FROM t").all()).toEqual([1, 2, 3].map((n) => ({ n })));
    expect(recorded()).toEqual(["0001_a.sql", "0002_b.sql", "0003_c.sql"]);
  });

  it("leaves nothing of a migration that fails, and keeps those before it", async () => {
    write("0001_a.sql", "CREATE TABLE a (n);");
    write("0002_b.sql", "CREATE TABLE b (n); INSERT INTO nowhere VALUES (1);");
    await expect(migrate(d1(sqlite), folder)).rejects.toThrow(/nowhere/);
    expect(recorded()).toEqual(["0001_a.sql"]);
    const tables = sqlite.prepare("SELECT name FROM sqlite_master WHERE name IN ('a', 'b')").all();
    expect(tables).toEqual([{ name: "a" }]);
  });

  it("refuses a database that a newer Rollcall has written", async () => {
    write("0001_a.sql", "CREATE TABLE a (n);");
    write("0002_b.sql", "CREATE TABLE b (n);");
    await migrate(d1(sqlite), folder);
    rmSync(join(folder, "0002_b.sql"));
    await expect(migrate(d1(sqlite), folder)).rejects.toThrow(/newer Rollcall \(0002_b\.sql\)/);
  });

  it("takes a database over from wrangler, which keeps the same table", async () => {
    sqlite.exec(
      "CREATE TABLE d1_migrations(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, " +
        "applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL); INSERT INTO d1_migrations (name) VALUES ('0001_a.sql')",
    );
    write("0001_a.sql", "this was applied long ago");
    write("0002_b.sql", "CREATE TABLE b (n);");
    expect(await migrate(d1(sqlite), folder)).toEqual(["0002_b.sql"]);
  });
});

describe("Rollcall's own migrations", () => {
  it("make a role of theirs of one that somebody had given its name, and tell of it as of any change", async () => {
    const own = join(projectFolder, "migrations");
    const delegator = "0004_auth_delegator.sql";
    const apply = (name: string): void => sqlite.exec(readFileSync(join(own, name), "utf8"));
    for (const name of readdirSync(own).sort()) if (name < delegator) apply(name);
    const role = {
      metadata: { name: "system:auth-delegator", uid: "mine", creationTimestamp: "2026-01-01T00:00:00Z" },
    };
    const held = "'clusterroles.rbac.authorization.k8s.io', '', 'system:auth-delegator', 'mine'";
    sqlite.exec(`INSERT INTO log (resource, namespace, name, uid, change, manifest) VALUES (${held}, 'ADDED', '{}');
      INSERT INTO objects (resource, namespace, name, uid, revision, manifest)
      VALUES (${held}, (SELECT max(revision) FROM log), '${JSON.stringify({ ...role, rules: [{ verbs: ["*"] }] })}')`);
    apply(delegator);
    const kept = sqlite.prepare("SELECT revision, manifest FROM objects WHERE uid = 'mine'").all();
    const told = sqlite.prepare("SELECT revision, previous, change FROM log ORDER BY revision DESC LIMIT 1").get();
    const revision = Number(kept[0]?.["revision"]);
    expect(JSON.parse(String(kept[0]?.["manifest"]))).toMatchObject({
      ...role,
      rules: [{ resources: ["tokenreviews"] }, { resources: ["subjectaccessreviews"] }],
    });
    expect(told).toEqual({ revision, previous: revision - 1, change: "MODIFIED" });
    expect(sqlite.prepare("SELECT policy_revision FROM registry").get()).toEqual({ policy_revision: revision });
  });
});
