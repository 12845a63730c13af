/**
 * `npm run fuzz`: feeds what reads strangers' octets with mutated ones, in a thread that has as much memory as an isolate
 * and is watched: it may neither throw, nor hang, nor run out of memory. Or sends them to a server. Stops by itself.
 */
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { interruption } from "../lab/interruption.ts";
import { fuzzServer } from "./fuzz-server.ts";

const help = `npm run fuzz -- [options]
  --minutes N   how long to go on                        (1)
  --seed N      begin with this seed, to see a find again (the time)
  --server      send requests to a Rollcall of its own, instead of calling what reads them

Fuzzes the DNS wire format, the probes' HTTP client, and the API's readers of JSON, YAML, protobuf, patches, selectors,
continue tokens and applied configurations. The corpus is scripts/fuzz/corpus.json.`;

/** A round of a target takes a fraction of this. */
const hangMs = 60_000;
const isolateMegabytes = 128;

const { values } = parseArgs({
  options: {
    help: { type: "boolean" },
    minutes: { type: "string" },
    seed: { type: "string" },
    server: { type: "boolean" },
  },
});
if (values.help === true) console.log(help);
else await main(Number(values.minutes ?? 1), Number(values.seed ?? Math.floor(Date.now() / 1000)));

async function main(minutes: number, seed: number): Promise<void> {
  if (!(minutes > 0) || !Number.isInteger(seed)) {
    console.error("fuzz: --minutes and --seed must be numbers");
    process.exitCode = 2;
    return;
  }
  console.log(`fuzzing for ${minutes} minutes from seed ${seed}`);
  if (values.server !== true) return fuzz(minutes, seed);
  const interrupted = interruption();
  const found = await fuzzServer({ minutes, seed, interrupted });
  console.log(found ?? "nothing found");
  if (found !== undefined) process.exitCode = 1;
  else if (interrupted.aborted) process.exitCode = 130;
}

interface Progress {
  name: string;
  seed: number;
  runs: number;
  done?: true;
}

function fuzz(minutes: number, seed: number): void {
  const worker = new Worker(new URL("rounds.ts", import.meta.url), {
    workerData: { seed, endMs: Date.now() + minutes * 60_000 },
    resourceLimits: { maxOldGenerationSizeMb: isolateMegabytes },
  });
  let last: Progress | undefined;
  let runs = 0;
  const failed = (why: string): void => {
    console.error(`${why}\nfound in ${last?.name}: npm run fuzz -- --seed ${last?.seed}`);
    process.exitCode = 1;
    clearInterval(report);
    void worker.terminate();
  };
  let heardMs = Date.now();
  const report = setInterval(() => {
    if (Date.now() - heardMs > hangMs) return failed(`no answer for ${hangMs / 1000} s`);
    console.log(`${runs} inputs, seed ${last?.seed}`);
  }, 10_000);
  worker.on("message", (progress: Progress) => {
    heardMs = Date.now();
    if (progress.done === true) {
      clearInterval(report);
      console.log(`${runs} inputs, nothing found`);
      return;
    }
    last = progress;
    runs += progress.runs;
  });
  worker.on("error", (error) => failed(error.stack ?? error.message));
}
