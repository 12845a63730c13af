/** What the benchmark of probing runs against: a fresh server, and pods that are really asked. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { podManifest } from "../scripts/lab/manifests.ts";
import { startServer, type ServerProcess } from "../scripts/lab/server-process.ts";
import { phaseOf } from "../src/probes/schedule.ts";
import { benchClient, type BenchClient } from "./api-client.ts";
import { inParallel, podsPath, progress } from "./api-cluster.ts";
import { farmAddress, PodFarm, type Arrival } from "./pod-farm.ts";
import { cpuMsOf, residentMiB } from "./process-usage.ts";
import { quantile, type Row } from "./report.ts";

export interface Observation {
  /** Of workerd as a whole. Only of use when all probes arrive at the farm. */
  cpuMsPerProbe: number;
  row: Row;
}

export class ProbedCluster {
  readonly client: BenchClient;
  readonly server: ServerProcess;
  readonly farm: PodFarm;
  readonly farmPort: number;
  readonly #periodSeconds: number;
  /** The prober of each pod, by its address. */
  readonly #probers = new Map<string, string>();

  constructor(periodSeconds: number, server: ServerProcess, farm: PodFarm, farmPort: number) {
    this.#periodSeconds = periodSeconds;
    this.server = server;
    this.farm = farm;
    this.farmPort = farmPort;
    this.client = benchClient(server.url, 8);
  }

  /** The pods of these numbers; where nothing else is said they answer on the farm's port. */
  async addPods(from: number, to: number, portOf: (index: number) => number = () => this.farmPort): Promise<void> {
    await inParallel(8, to - from, async (offset) => {
      const index = from + offset;
      if (offset > 0 && offset % 1000 === 0) progress(`${index} pods`);
      const ip = farmAddress(index);
      const port = portOf(index);
      const readinessProbe = { httpGet: { path: "/ready", port }, periodSeconds: this.#periodSeconds };
      const manifest = podManifest(`pod-${index}`, { ip, port, labels: { app: `app-${index % 100}` }, readinessProbe });
      const made = JSON.parse(await this.client.send("POST", podsPath, manifest)) as { spec: { nodeName: string } };
      if (port === this.farmPort) this.#probers.set(ip, made.spec.nodeName);
    });
  }

  /** What probing does for a while: how late probes come, and what they cost. */
  async observe(durationMs: number): Promise<Observation> {
    const pid = this.server.workerdPid();
    const cpuMs = (): number => cpuMsOf(pid) ?? Number.NaN;
    this.farm.take();
    const [cpuBefore, startMs] = [cpuMs(), performance.now()];
    await sleep(durationMs);
    const arrivals = this.farm.take().filter(({ ip }) => this.#probers.has(ip));
    const [usedMs, passedMs] = [cpuMs() - cpuBefore, performance.now() - startMs];
    const lateness = arrivals.map((arrival) => this.#latenessMs(arrival));
    const expected = (this.#probers.size * passedMs) / (1000 * this.#periodSeconds);
    return {
      cpuMsPerProbe: usedMs / arrivals.length,
      row: {
        pods: this.#probers.size,
        probes: arrivals.length,
        "of expected": `${Math.round((100 * arrivals.length) / expected)} %`,
        "late p50 (ms)": Math.round(quantile(lateness, 0.5)),
        "late p99 (ms)": Math.round(quantile(lateness, 0.99)),
        "CPU (cores)": (usedMs / passedMs).toFixed(2),
        "memory (MiB)": residentMiB(pid),
      },
    };
  }

  /** After the moment at which its prober's round was due; what is a whole period late looks as if it were in time. */
  #latenessMs({ ip, atMs }: Arrival): number {
    const periodMs = 1000 * this.#periodSeconds;
    const phaseMs = phaseOf(this.#probers.get(ip) ?? "", periodMs);
    const sinceRoundMs = (atMs - phaseMs) % periodMs;
    // Timers and clocks may differ by a few milliseconds: that is early, and not late by a period.
    return sinceRoundMs > periodMs - 50 ? 0 : sinceRoundMs;
  }
}

/** A server and pods of its own for each part, with the cron trigger as in use. */
export async function onProbedCluster<T>(
  periodSeconds: number,
  measure: (cluster: ProbedCluster) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "rollcall-bench-"));
  const farm = new PodFarm();
  const port = await farm.start();
  const server = await startServer(join(folder, "data"));
  const cluster = new ProbedCluster(periodSeconds, server, farm, port);
  try {
    return await measure(cluster);
  } finally {
    cluster.client.close();
    await server.stop();
    farm.stop();
    rmSync(folder, { recursive: true, force: true });
    if (server.complaints() !== "") console.error(server.complaints().slice(0, 2000));
  }
}
