/**
 * `npm run bench:dns`: what a DNS query costs, over HTTP against the started server's own socket, and without HTTP. The
 * cases take turns in short runs, of which the fastest counts: whatever else the machine does can only make one slower.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Target } from "./bare-worker.ts";
import { cpuMsOf } from "./process-usage.ts";
import type { Load, LoadResult } from "./dns-load.ts";
import { costOfAnswer, microsPerDenial } from "./dns-microbench.ts";
import { answerOf, startEmptyWorker, startRollcall, zone } from "./dns-stage.ts";
import { machine, printTable } from "./report.ts";

const rounds = 15;
const runMs = 600;
const warmUpMs = 1500;
const connections = 16;
const answerSizes = [1, 3, 10, 100, 250, 1000, 4000];

interface Case {
  name: string;
  target: Target;
  load: Pick<Load, "method" | "name" | "random">;
}

interface Run {
  requestsPerSecond: number;
  /** Of workerd, per query; undefined where the system does not say. */
  cpuMicros: number | undefined;
}

async function main(): Promise<void> {
  process.stderr.write("starting the server and an empty Worker ...\n");
  const rollcall = await startRollcall({ three: { count: 3 }, many: { count: 250 }, cold: { count: 3, ttl: "0" } });
  try {
    const empty = await startEmptyWorker(await answerOf(rollcall.url, `three.${zone}`));
    try {
      await measure(casesOf(rollcall, empty));
    } finally {
      await empty.stop();
    }
  } finally {
    await rollcall.stop();
  }
}

function get(service: string): Case["load"] {
  return { method: "GET", name: `${service}.${zone}`, random: false };
}

function casesOf(rollcall: Target, empty: Target): Case[] {
  return [
    { name: "(a) empty Worker", target: empty, load: get("three") },
    { name: "(b) A of 3, hot", target: rollcall, load: get("three") },
    { name: "(c) A of 250, hot", target: rollcall, load: get("many") },
    { name: "(d) A of 3, cold", target: rollcall, load: get("cold") },
    { name: "(e) NXDOMAIN, random", target: rollcall, load: { method: "GET", name: zone, random: true } },
    { name: "(f) A of 3, POST", target: rollcall, load: { ...get("three"), method: "POST" } },
  ];
}

async function measure(cases: readonly Case[]): Promise<void> {
  const runs = new Map<Case, Run[]>(cases.map((each) => [each, []]));
  for (const each of cases) await run(each, warmUpMs);
  for (let round = 1; round <= rounds; round++) {
    process.stderr.write(`round ${round} of ${rounds}, ...\n`);
    for (const each of cases) runs.get(each)?.push(await run(each, runMs));
  }
  process.stderr.write("parse, look up and encode alone ...\n");
  const answers = [];
  for (const size of answerSizes) answers.push(await costOfAnswer(size));
  const denialMicros = await microsPerDenial();
  report(
    [...runs].map(([{ name }, ofCase]) => ({ name, ...fastestRun(ofCase) })),
    answers,
    denialMicros,
  );
}

async function run({ target, load }: Case, durationMs: number): Promise<Run> {
  const { hostname: host, port } = target.url;
  const spec: Load = { ...load, host, port: Number(port), connections, durationMs };
  const before = cpuOf(target);
  const { requests, elapsedMs } = await generate(spec);
  const after = cpuOf(target);
  const cpuMicros = before === undefined || after === undefined ? undefined : ((after - before) * 1000) / requests;
  return { requestsPerSecond: (requests * 1000) / elapsedMs, cpuMicros };
}

async function generate(load: Load): Promise<LoadResult> {
  const program = join(import.meta.dirname, "dns-load.ts");
  const child = spawn(process.execPath, [program, JSON.stringify(load)], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const [exitCode] = await once(child, "close");
  if (exitCode !== 0) throw new Error(`the load generator ended with ${exitCode}`);
  return JSON.parse(output) as LoadResult;
}

function cpuOf({ workerdPid }: Target): number | undefined {
  return workerdPid === undefined ? undefined : cpuMsOf(workerdPid);
}

function fastestRun(runs: readonly Run[]): Run {
  const cpu = runs.map(({ cpuMicros }) => cpuMicros).filter((micros) => micros !== undefined);
  return {
    requestsPerSecond: Math.max(...runs.map(({ requestsPerSecond }) => requestsPerSecond)),
    cpuMicros: cpu.length === 0 ? undefined : Math.min(...cpu),
  };
}

function report(
  cases: readonly (Run & { name: string })[],
  answers: Awaited<ReturnType<typeof costOfAnswer>>[],
  denialMicros: number,
): void {
  const limit = cases[0]?.requestsPerSecond ?? 1;
  const rows = cases.map(({ name, requestsPerSecond, cpuMicros }) => ({
    case: name,
    "requests/s": Math.round(requestsPerSecond),
    "of (a)": (requestsPerSecond / limit).toFixed(2),
    "CPU/query (µs)": cpuMicros === undefined ? "unknown" : cpuMicros.toFixed(1),
  }));
  printTable(`over HTTP, ${connections} connections, fastest of ${rounds} runs of ${runMs / 1000} s`, rows);
  const micro = answers.map(({ endpoints, answerOctets, hotMicros, coldMicros }) => ({
    endpoints,
    "answer (octets)": answerOctets,
    "hot (µs)": hotMicros.toFixed(2),
    "cold (µs)": coldMicros.toFixed(2),
    "cold (ns/octet)": ((coldMicros * 1000) / answerOctets).toFixed(1),
  }));
  printTable("parse, look up and encode alone, fastest of 5 rounds", micro);
  console.log(`a random name's NXDOMAIN: ${denialMicros.toFixed(2)} µs`);
  console.log(JSON.stringify({ machine: machine(), overHttp: cases, alone: answers, denialMicros }));
}

await main();
