/**
 * The server that everything is done to: started as a user starts it, with a Worker that takes orders; killed, started
 * again on the same port and the same data.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { becomesReady } from "../../src/local/readiness-check.ts";
import { endServer } from "../lab/end-server.ts";
import { eventually } from "../lab/eventually.ts";
import { startServer, type ServerProcess } from "../lab/server-process.ts";
import { faultPath, type FaultCounts, type FaultOrder } from "./fault-order.ts";

const entry = join(import.meta.dirname, "worker/worker.ts");

export type Victim = "workerd" | "node" | "both";

export class ServerUnderChaos {
  readonly url: string;
  readonly #dataFolder: string;
  readonly #environment: Record<string, string>;
  #process: ServerProcess | undefined;
  /** What earlier processes wrote to stderr. */
  #complaints = "";
  #stopping = false;

  constructor(dataFolder: string, port: number, dnsTtlSeconds: number) {
    this.url = `http://127.0.0.1:${port}`;
    this.#dataFolder = dataFolder;
    this.#environment = { PORT: String(port), DNS_TTL: String(dnsTtlSeconds), ROLLCALL_WORKER: entry };
  }

  async start(): Promise<void> {
    if (this.#stopping) return;
    this.#process = await startServer(this.#dataFolder, this.#environment);
  }

  /** Kills, leaves it so for a while if Node is among the victims, and resolves when the server is ready again. */
  async kill(victim: Victim, downMs: number): Promise<void> {
    const server = this.#running();
    if (victim === "workerd") {
      const pid = server.workerdPid();
      process.kill(pid, "SIGKILL");
      await eventually(
        async () => server.workerdPid(),
        (seen) => seen !== pid,
        { deadlineMs: 30_000 },
      );
    } else {
      await (victim === "node" ? server.killNode() : server.killBoth());
      this.#complaints += server.complaints();
      await sleep(downMs);
      await this.start();
    }
    const complaint = await becomesReady(new URL(this.url));
    if (complaint !== undefined) throw new Error(`after ${victim} was killed: ${complaint}`);
  }

  async order(faults: FaultOrder): Promise<FaultCounts> {
    const response = await fetch(new URL(faultPath, this.url), { method: "POST", body: JSON.stringify(faults) });
    return (await response.json()) as FaultCounts;
  }

  sweep(): void {
    this.#running().sweep();
  }

  /** To be asked while nothing is being killed. */
  get hasEndedByItself(): boolean {
    return this.#process !== undefined && !this.#process.isRunning();
  }

  /** What was written to stderr by all its processes. */
  get complaints(): string {
    return this.#complaints + (this.#process?.complaints() ?? "");
  }

  /** Ends Node and workerd, whichever of them still runs. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await endServer(this.#process, this.#dataFolder);
  }

  #running(): ServerProcess {
    if (this.#process === undefined) throw new Error("the server was not started");
    return this.#process;
  }
}
