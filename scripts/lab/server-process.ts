/** Starts the real server, `node src/local/main.ts`, as a process of its own, and ends it in every way there is. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const projectFolder = resolve(import.meta.dirname, "../..");

export interface ServerProcess {
  url: string;
  pid: number;
  /** What it has written to stdout until now. */
  greeting(): string;
  /** What it has written to stderr until now. */
  complaints(): string;
  isRunning(): boolean;
  /** The workerd that serves for it. */
  workerdPid(): number;
  /** Runs the cron handler once, without waiting for it. */
  sweep(): void;
  /** Asks it to stop and waits until it has. Its exit code, or the signal that ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | string>;
  /** Ends Node at once; its workerd lives on. */
  killNode(): Promise<void>;
  /** Ends Node and workerd at once. */
  killBoth(): Promise<void>;
}

/** What a server said that did not start. */
export interface FailedStart {
  exitCode: number | string;
  stdout: string;
  stderr: string;
}

export type Environment = Record<string, string>;

/** Starts a server and waits until it says that it is ready. Throws what it said if it does not start. */
export async function startServer(dataFolder: string, environment: Environment = {}): Promise<ServerProcess> {
  const started = await tryStartServer(dataFolder, environment);
  if ("url" in started) return started;
  throw new Error(`the server did not start (${started.exitCode}):\n${started.stderr}${started.stdout}`);
}

export async function tryStartServer(
  dataFolder: string,
  environment: Environment = {},
): Promise<ServerProcess | FailedStart> {
  const child = spawn(process.execPath, ["src/local/launch.js", "src/local/main.ts"], {
    cwd: projectFolder,
    env: { ...process.env, HOST: "127.0.0.1", PORT: "0", DNS_PORT: "0", ROLLCALL_DATA: dataFolder, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  const closed = once(child, "close");
  const ready = new Promise<string>((found) => {
    child.stdout.on("data", () => {
      const url = /API\s+(https?:\S+)\/api\n/.exec(output.stdout)?.[1];
      if (url !== undefined) found(url);
    });
  });
  const url = await Promise.race([ready, closed.then(() => undefined)]);
  if (url === undefined) return { exitCode: endOf(child), ...output };
  return serverProcess(child, closed, { url, output, dataFolder });
}

function serverProcess(
  child: ChildProcess,
  closed: Promise<unknown>,
  { url, output, dataFolder }: { url: string; output: { stdout: string; stderr: string }; dataFolder: string },
): ServerProcess {
  const workerdPid = (): number => {
    const { pid } = JSON.parse(readFileSync(join(dataFolder, "workerd.json"), "utf8")) as { pid: number };
    return pid;
  };
  const killNode = async (): Promise<void> => {
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  return {
    url,
    pid: child.pid ?? 0,
    greeting: () => output.stdout,
    complaints: () => output.stderr,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    workerdPid,
    sweep: () => child.kill("SIGUSR2"),
    stop: async (signal = "SIGTERM") => {
      child.kill(signal);
      await closed;
      return endOf(child);
    },
    killNode,
    killBoth: async () => {
      const workerd = workerdPid();
      await killNode();
      process.kill(workerd, "SIGKILL");
      await closed; // workerd held the other end of stdout and stderr
    },
  };
}

function endOf({ exitCode, signalCode }: ChildProcess): number | string {
  return exitCode ?? signalCode ?? "running";
}
