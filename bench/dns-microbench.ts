/** Parse, look up and encode alone: what DNS costs without HTTP and without the runtime around it. */
import { performance } from "node:perf_hooks";
import type { DnsServer } from "../src/dns/dns-server.ts";
import { query } from "../test/dns/ask.ts";
import { endpoint, FakeCluster } from "../test/dns/fake-cluster.ts";

export interface AnswerCost {
  endpoints: number;
  answerOctets: number;
  hotMicros: number;
  /** With the catalogue and the ready list at hand, and no answer kept. */
  coldMicros: number;
}

const zone = "default.svc.cluster.local";
const rounds = 5;
const roundMs = 200;
/** Answers between two looks at the clock. */
const batch = 100;

export async function costOfAnswer(endpoints: number): Promise<AnswerCost> {
  const message = [query(`web.${zone}`, "A")];
  const reply = await clusterOf(endpoints)
    .server()
    .answer(message[0] ?? new Uint8Array());
  return {
    endpoints,
    answerOctets: reply.kind === "reply" ? reply.octets.length : 0,
    hotMicros: await microsPerAnswer(clusterOf(endpoints).server(), message),
    coldMicros: await microsPerAnswer(clusterOf(endpoints).server({}, { entries: 0, octets: 0 }), message),
  };
}

/** Of names that do not exist, many more than anything would keep. */
export function microsPerDenial(): Promise<number> {
  const messages = Array.from({ length: 20_000 }, (_, index) => query(`x${index.toString(36)}.${zone}`, "A"));
  return microsPerAnswer(clusterOf(3).server(), messages);
}

function clusterOf(endpoints: number): FakeCluster {
  const cluster = new FakeCluster().headless(
    "default/web",
    Array.from({ length: endpoints }, (_, index) => endpoint(`10.30.${index >> 8}.${index & 255}`)),
  );
  cluster.nextRandom = 0.5; // so that the records turn
  return cluster;
}

/** The fastest of several rounds: others use this machine as well, and can only make it slower. */
async function microsPerAnswer(server: DnsServer, messages: readonly Uint8Array[]): Promise<number> {
  let fastest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) fastest = Math.min(fastest, await microsInRound(server, messages));
  return fastest;
}

async function microsInRound(server: DnsServer, messages: readonly Uint8Array[]): Promise<number> {
  const startMs = performance.now();
  for (let answers = 0; ;) {
    for (let index = 0; index < batch; index++) {
      await server.answer(messages[(answers + index) % messages.length] ?? new Uint8Array());
    }
    answers += batch;
    const elapsedMs = performance.now() - startMs;
    if (elapsedMs >= roundMs) return (elapsedMs * 1000) / answers;
  }
}
