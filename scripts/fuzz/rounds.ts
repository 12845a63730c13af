/** The thread that fuzzes: each round is a seed, tells what it does before it does it, and stops at the first find. */
import { readFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import fc from "fast-check";
import { targets, type Target } from "./targets.ts";

const { seed, endMs } = workerData as { seed: number; endMs: number };
const corpus = (JSON.parse(readFileSync(new URL("corpus.json", import.meta.url), "utf8")) as string[]).map((text) =>
  // What is no UTF-8 is written in the corpus as the characters of its octets.
  /[\u0080-\u00ff]/.test(text) ? Uint8Array.from(Buffer.from(text, "latin1")) : new TextEncoder().encode(text),
);

const runsARound = 300;

/** An input of the corpus with pieces of others and of nothing in it. */
const input = fc
  .tuple(
    fc.constantFrom(...corpus),
    fc.array(fc.tuple(fc.nat(400), fc.nat(8), fc.oneof(fc.uint8Array({ maxLength: 12 }), fc.constantFrom(...corpus))), {
      maxLength: 6,
    }),
  )
  .map(([start, edits]) =>
    edits.reduce((octets, [at, gone, come]) => {
      const place = at % (octets.length + 1);
      return Uint8Array.from([...octets.subarray(0, place), ...come, ...octets.subarray(place + gone)]);
    }, start),
  );

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
  fc.assert(fc.property(input, target), { seed: roundSeed, numRuns: runsARound });
}
