/** The thread that fuzzes: each round is a seed, tells what it does before it does it, and stops at the first find. */
import { parentPort, workerData } from "node:worker_threads";
import fc from "fast-check";
import { corpus, mutated } from "./corpus.ts";
import { targets, type Target } from "./targets.ts";

const { seed, endMs } = workerData as { seed: number; endMs: number };
const runsARound = 300;

for (let round = 0; Date.now() < endMs; round++) {
  for (const [name, target] of Object.entries(targets)) run(name, target, seed + round);
}
tell({ done: true });

function tell(progress: object): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin.
  parentPort?.postMessage(progress);
}

function run(name: string, target: Target, roundSeed: number): void {
  tell({ name, seed: roundSeed, runs: runsARound });
  if (roundSeed === seed) for (const octets of corpus) target(octets);
  fc.assert(fc.property(mutated, target), { seed: roundSeed, numRuns: runsARound });
}
