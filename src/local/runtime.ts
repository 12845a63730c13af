/**
 * Runs the Worker in Miniflare, with wrangler.toml's options, D1 and the Durable Objects kept in the data folder.
 * Requests reach the Worker's own socket: Miniflare's entry in front of it would cost three quarters of the throughput.
 * That socket speaks plain HTTP and believes what a client says in MF-* and CF-* headers, so that programs on this machine
 * can claim to be anywhere; the front for HTTPS (https/) drops them.
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions as readWorkerOptions } from "wrangler";
import { bundleWorker } from "./bundle-worker.ts";
import type { RuntimeProcess } from "./data-folder.ts";
import { migrate, moveEpoch } from "./migrate.ts";
import { projectFolder } from "./project-folder.ts";

export interface Runtime {
  /** Where clients reach it. */
  url: URL;
  /** The Worker's own socket, which speaks plain HTTP. */
  workerUrl: URL;
  /** Runs the Worker's cron handler once. Its outcome in the platform's words, "ok" for success. */
  sweep(): Promise<string>;
  /** Ends workerd. */
  stop(): Promise<void>;
}

export interface RuntimeOptions {
  host: string;
  port: number;
  statePath: string;
  /** The module that is served, absolute; undefined for wrangler.toml's. */
  entry: string | undefined;
  variables: Record<string, string>;
  /** The data are an old copy, that has taken the place of newer ones. */
  restored: boolean;
  /** Told of each workerd as soon as it has been started, those that replace a crashed one included. */
  onRuntimeProcess: (runtime: RuntimeProcess) => void;
  /** Told of each line of the audit. */
  onAudit: (line: string) => void;
  /** Told of each other line that the Worker or workerd writes. */
  onLog: (line: string) => void;
}

export type Worker = ReturnType<typeof readWorkerOptions>;

/** The Worker as wrangler.toml describes it. */
export function readWorker(): Worker {
  // Wrangler would otherwise log the reading of it to a file in the home folder, which a service may not have.
  process.env["WRANGLER_WRITE_LOGS"] ??= "false";
  return readWorkerOptions(join(projectFolder, "wrangler.toml"));
}

/** Throws in the words of whatever cannot be started. */
export async function startRuntime(worker: Worker, options: RuntimeOptions): Promise<Runtime> {
  const script = await bundleWorker(options.entry ?? worker.main ?? "", worker.define);
  const stopWatching = watchRuntimeProcesses(options.onRuntimeProcess);
  const miniflare = new Miniflare(miniflareOptions(worker, script, options));
  const stop = async (): Promise<void> => {
    stopWatching();
    await miniflare.dispose();
  };
  try {
    await miniflare.ready;
    const registry = await miniflare.getD1Database("DB");
    await migrate(registry, join(projectFolder, "migrations"));
    if (options.restored) await moveEpoch(registry);
    const url = await miniflare.unsafeGetDirectURL();
    return { url, workerUrl: url, stop, sweep: () => sweep(miniflare) };
  } catch (error) {
    await stop();
    throw error;
  }
}

function miniflareOptions({ workerOptions }: Worker, script: string, options: RuntimeOptions) {
  const { modulesRules: _, ratelimits: __, ...ofWrangler } = workerOptions;
  return convertV4MiniflareOptions({
    ...ofWrangler,
    name: "rollcall",
    modules: [{ type: "ESModule", path: join(projectFolder, "worker.js"), contents: script }],
    modulesRoot: projectFolder,
    bindings: options.variables,
    // Under its binding's name, or the data would be lost from sight once wrangler.toml names a database id.
    d1Databases: { DB: "DB" },
    resourcePersistencePath: options.statePath,
    unsafeDirectSockets: [{ host: options.host, port: options.port }],
    // The place of a request is not looked up on the Internet.
    cf: false,
    telemetry: { enabled: false },
    log: new Log(LogLevel.ERROR),
    unsafeHandleRuntimeRestart: () => options.onLog("workerd had ended, and was started again"),
    handleStructuredLogs: ({ level, message }) => {
      if (message.startsWith('{"audit":')) options.onAudit(message);
      else options.onLog(`${level}: ${message}`);
    },
  });
}

async function sweep(miniflare: Miniflare): Promise<string> {
  const worker = await miniflare.getWorker();
  const { outcome } = await worker.scheduled({ cron: "* * * * *" });
  return outcome;
}

/** Miniflare does not say which process it has started; Node does. */
function watchRuntimeProcesses(onRuntimeProcess: (runtime: RuntimeProcess) => void): () => void {
  const onChildProcess = (message: unknown): void => {
    const { process: child } = message as { process: ChildProcess };
    child.once("spawn", () => {
      const { pid, spawnargs } = child;
      if (pid !== undefined && spawnargs.includes("serve")) onRuntimeProcess({ pid, command: spawnargs });
    });
  };
  subscribe("child_process", onChildProcess);
  return () => unsubscribe("child_process", onChildProcess);
}
