/** What the benchmarks of the API run against: a fresh server, and pods on a node of the benchmark's own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { podManifest } from "../scripts/lab/manifests.ts";
import { startServer } from "../scripts/lab/server-process.ts";
import { benchClient, type BenchClient } from "./api-client.ts";

export const podsPath = "/api/v1/namespaces/default/pods";
export const servicesPath = "/api/v1/namespaces/default/services";

const node = "bench";

/** A fresh server for each part, so that none measures what another has left behind. */
export async function onServer<T>(measure: (url: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "rollcall-bench-"));
  const server = await startServer(join(folder, "data"), { ROLLCALL_CRON: "off" });
  try {
    const client = benchClient(server.url, 1);
    await client.send("POST", "/api/v1/nodes", { apiVersion: "v1", kind: "Node", metadata: { name: node } });
    client.close();
    return await measure(server.url);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Progress goes to standard error, so that standard output holds the figures alone. */
export function progress(text: string): void {
  console.error(`… ${text}`);
}

/** A pod that no prober looks after: its readiness is what its status says. */
export function benchPod(name: string, app: string, index: number) {
  const ip = addressOf(index);
  const manifest = podManifest(name, { ip, port: 8080, labels: { app } });
  return { ...manifest, spec: { ...manifest.spec, nodeName: node }, status: statusOf(index, true) };
}

export function addressOf(index: number): string {
  return `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
}

export function statusOf(index: number, ready: boolean) {
  const ip = addressOf(index);
  const conditions = [{ type: "Ready", status: ready ? "True" : "False" }];
  return { phase: "Running", podIP: ip, podIPs: [{ ip }], conditions };
}

/** `count` runs, `width` at a time. */
export async function inParallel(width: number, count: number, run: (index: number) => Promise<unknown>) {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await run(index);
  };
  await Promise.all(Array.from({ length: width }, worker));
}

/** The pods `pod-<from>` to `pod-<to - 1>`. */
export async function createPods(client: BenchClient, from: number, to: number, appOf: (index: number) => string) {
  await inParallel(8, to - from, (offset) => {
    const index = from + offset;
    if (index > 0 && index % 1000 === 0) progress(`${index} pods`);
    return client.send("POST", podsPath, benchPod(`pod-${index}`, appOf(index), index));
  });
}
