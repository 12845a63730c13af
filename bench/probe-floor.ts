/**
 * What a probe costs at the least: a bare Worker that makes the same exchanges with the same pods, as many a second and
 * five at a time, and does nothing else. It has no deadline, no thresholds and no table of pods.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { startBareWorker } from "./bare-worker.ts";
import { cpuMsOf } from "./process-usage.ts";
import { farmAddress, PodFarm } from "./pod-farm.ts";

/** As many as a prober has with the default timeout and period. */
const podsPerRound = 50;

const script = `
  import { connect } from "cloudflare:sockets";
  const utf8 = new TextEncoder();

  async function exchange(hostname, port) {
    const socket = connect({ hostname, port });
    socket.closed.catch(() => {});
    await socket.opened;
    const head = "GET /ready HTTP/1.1\\r\\nHost: " + hostname + ":" + port + "\\r\\nConnection: close\\r\\n\\r\\n";
    socket.writable.getWriter().write(utf8.encode(head)).catch(() => {});
    await socket.readable.getReader().read();
    socket.close().catch(() => {});
  }

  export default {
    async fetch(request) {
      const { hostnames, port } = await request.json();
      const slot = async () => {
        for (let next = hostnames.pop(); next !== undefined; next = hostnames.pop()) await exchange(next, port);
      };
      await Promise.all([slot(), slot(), slot(), slot(), slot()]);
      return new Response();
    },
  };`;

/** CPU of workerd (ms) for each exchange. */
export async function measureFloor(pods: number, periodSeconds: number, durationMs: number): Promise<number> {
  const farm = new PodFarm();
  const port = await farm.start();
  const worker = await startBareWorker(script);
  const cpuMs = (): number => cpuMsOf(worker.workerdPid ?? 0) ?? Number.NaN;
  const round = async (from: number): Promise<void> => {
    const hostnames = Array.from({ length: podsPerRound }, (_, index) => farmAddress((from + index) % pods));
    await (await fetch(worker.url, { method: "POST", body: JSON.stringify({ hostnames, port }) })).text();
  };
  try {
    await round(0);
    farm.take();
    const [cpuBefore, startMs] = [cpuMs(), performance.now()];
    const rounds: Promise<void>[] = [];
    const intervalMs = (1000 * periodSeconds * podsPerRound) / pods;
    for (let atMs = 0; atMs < durationMs; atMs += intervalMs) {
      await sleep(Math.max(0, startMs + atMs - performance.now()));
      rounds.push(round(rounds.length * podsPerRound));
    }
    await Promise.all(rounds);
    return (cpuMs() - cpuBefore) / farm.take().length;
  } finally {
    await worker.stop();
    farm.stop();
  }
}
