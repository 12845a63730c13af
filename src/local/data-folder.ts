/**
 * Whose the data folder is. A lock of the operating system, held through SQLite, ends with the process that holds it,
 * however that ends, so that it cannot be left behind; the files beside it say which processes those are.
 */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { readOptional, writeWhole } from "./kept-file.ts";

export interface DataFolder {
  /** Where Miniflare keeps D1 and the Durable Objects. */
  statePath: string;
  /** The workerd that was started last. */
  readRuntime: () => RuntimeProcess | undefined;
  recordRuntime: (runtime: RuntimeProcess) => void;
  forgetRuntime: () => void;
  release: () => void;
}

export interface RuntimeProcess {
  pid: number;
  /** Its name and arguments, the ports of its parent among them: what tells it from a later process of that pid. */
  command: string[];
}

export type Claim = { folder: DataFolder } | { refused: string };

export function claimDataFolder(path: string): Claim {
  let lock: DatabaseSync | undefined;
  try {
    mkdirSync(path, { recursive: true });
    lock = new DatabaseSync(join(path, "lock"), { timeout: 0 });
    // Others may read a database that one writer has begun to change; a second writer may not begin.
    lock.exec("BEGIN IMMEDIATE");
    writeWhole(join(path, "pid"), `${process.pid}\n`);
    return { folder: claimedFolder(path, lock) };
  } catch (error) {
    lock?.close();
    return { refused: refusal(path, error) };
  }
}

function claimedFolder(path: string, lock: DatabaseSync): DataFolder {
  const runtimeFile = join(path, "workerd.json");
  return {
    statePath: join(path, "state"),
    readRuntime: () => parseRuntime(readOptional(runtimeFile)),
    recordRuntime: (runtime) => writeWhole(runtimeFile, JSON.stringify(runtime)),
    forgetRuntime: () => rmSync(runtimeFile, { force: true }),
    release: () => {
      rmSync(join(path, "pid"), { force: true });
      lock.close();
    },
  };
}

const sqliteBusy = 5;

function refusal(path: string, error: unknown): string {
  if (error instanceof Error && "errcode" in error && error.errcode === sqliteBusy) {
    const pid = readOptional(join(path, "pid"))?.trim() ?? "unknown";
    return `the data folder ${path} is in use by another Rollcall (process ${pid}); set ROLLCALL_DATA to use another`;
  }
  return `the data folder ${path} cannot be used: ${error instanceof Error ? error.message : String(error)}`;
}

function parseRuntime(text: string | undefined): RuntimeProcess | undefined {
  if (text === undefined) return undefined;
  try {
    const { pid, command } = JSON.parse(text) as Partial<RuntimeProcess>;
    return Number.isInteger(pid) && Array.isArray(command) ? ({ pid, command } as RuntimeProcess) : undefined;
  } catch {
    return undefined;
  }
}
