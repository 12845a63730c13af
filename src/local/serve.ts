/** Rollcall on one machine, from the environment to a running server and back to nothing. */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { claimDataFolder, type DataFolder } from "./data-folder.ts";
import { endOrphan } from "./end-orphan.ts";
import { everyMinute } from "./every-minute.ts";
import { explainFailure } from "./explain-failure.ts";
import { greeting } from "./greeting.ts";
import { startPlainDns } from "./plain-dns.ts";
import { becomesReady } from "./readiness-check.ts";
import { refuse } from "./refuse.ts";
import { serveHttps } from "./https/serve-https.ts";
import { readWorker, startRuntime, type Runtime, type Worker } from "./runtime.ts";
import { withSecrets } from "./secrets.ts";
import { parseSettings, type Settings } from "./settings.ts";

/** Where the Worker listens when clients reach it through the front. */
const forTheFrontAlone = { host: "127.0.0.1", port: 0 };

/** `restored`: the data folder is an old copy that has taken the place of a newer one. Returns after a signal. */
export async function serveUntilSignalled({ restored }: { restored: boolean }): Promise<void> {
  const worker = readWorker();
  const parsed = parseSettings(textsIn(worker.workerOptions.bindings), process.env);
  if (!parsed.ok) return refuse(...parsed.errors);
  const claim = claimDataFolder(parsed.settings.dataFolder);
  if ("refused" in claim) return refuse(claim.refused);
  try {
    await serve(worker, { ...parsed.settings, restored }, claim.folder);
  } finally {
    claim.folder.release();
  }
}

type StartSettings = Settings & { restored: boolean };

/** Until a signal comes. */
async function serve(worker: Worker, settings: StartSettings, folder: DataFolder): Promise<void> {
  if (!(await endedOrphan(folder))) return;
  const runtime = await started(worker, settings, folder);
  if (runtime === undefined) return;
  const plainDns = await startPlainDns(runtime.workerUrl, settings);
  if ("refused" in plainDns) {
    refuse(plainDns.refused);
    return endRuntime(runtime, folder);
  }
  const stopping = new AbortController();
  const signalled = nextSignal();
  sweepFromNowOn(runtime, settings, stopping.signal);
  console.log(greeting(runtime.url, settings));
  await signalled;
  stopping.abort();
  await plainDns.close();
  await endRuntime(runtime, folder);
}

async function endRuntime(runtime: Runtime, folder: DataFolder): Promise<void> {
  await runtime.stop();
  folder.forgetRuntime();
}

async function endedOrphan(folder: DataFolder): Promise<boolean> {
  const orphan = folder.readRuntime();
  switch (await endOrphan(orphan)) {
    case "none":
      return true;
    case "ended":
      console.error(`ended workerd ${orphan?.pid}, which had outlived the Rollcall that started it`);
      return true;
    case "still running":
      refuse(`workerd ${orphan?.pid} of an earlier Rollcall uses this data folder and cannot be ended`);
      return false;
  }
}

async function started(worker: Worker, settings: StartSettings, folder: DataFolder): Promise<Runtime | undefined> {
  const log = logKeptUntilReady();
  try {
    const complete = withSecrets(settings);
    const runtime = await startRuntime(worker, {
      ...complete,
      ...(settings.https && forTheFrontAlone),
      statePath: folder.statePath,
      restored: settings.restored,
      onRuntimeProcess: folder.recordRuntime,
      onAudit: (line) => appendFileSync(join(settings.dataFolder, "audit.log"), `${line}\n`),
      onLog: log.write,
    });
    const complaint = await becomesReady(runtime.workerUrl);
    if (complaint === undefined) {
      const served = settings.https === undefined ? runtime : await serveHttps(runtime, complete);
      log.release();
      return served;
    }
    await runtime.stop();
    refuse(complaint, ...log.lines);
  } catch (error) {
    refuse(...explainFailure(error, log.lines, settings));
  }
  return undefined;
}

/** While it starts, what workerd writes is evidence; from then on it is news. */
function logKeptUntilReady() {
  const lines: string[] = [];
  let write = (line: string): void => void lines.push(line);
  return {
    lines,
    write: (line: string): void => write(line),
    release: (): void => {
      write = (line) => console.error(line);
      for (const line of lines.splice(0)) write(line);
    },
  };
}

function sweepFromNowOn(runtime: Runtime, { cron }: Settings, stopping: AbortSignal): void {
  const sweep = async (): Promise<void> => {
    const complaint = await complaintOf(runtime.sweep());
    if (complaint === undefined) return;
    // Ctrl-C ends workerd too, perhaps before we hear of it; a sweep that is cut short by the end has not failed.
    await sleep(200);
    if (!stopping.aborted) console.error(`the sweep has failed: ${complaint}`);
  };
  process.on("SIGUSR2", () => void sweep());
  if (!cron) return;
  void sweep(); // for what has become due while nothing ran
  stopping.addEventListener(
    "abort",
    everyMinute(() => void sweep()),
  );
}

async function complaintOf(sweep: Promise<string>): Promise<string | undefined> {
  try {
    const outcome = await sweep;
    return outcome === "ok" ? undefined : outcome;
  } catch (error) {
    return String(error);
  }
}

/** The first signal that asks for an end. Miniflare listens too, and would end the process on the spot: no longer. */
function nextSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      const others = process.listeners(signal);
      // Ours first: a signal that came while there is no listener would be lost.
      process.on(signal, () => resolve());
      for (const other of others) process.removeListener(signal, other);
    }
  });
}

function textsIn(bindings: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(bindings ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
