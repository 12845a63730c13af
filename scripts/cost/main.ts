/** `npm run cost`: prints what a month of a workload would cost. */
import { parseArgs } from "node:util";
import { estimate, type Workload } from "./model.ts";
import { prices } from "./prices.ts";

const help = `What a month of Rollcall costs on Cloudflare's paid plan (prices read in ${prices.readOn}).

npm run cost -- [options]
  --pods N        pods that are probed                          (100)
  --period S      periodSeconds of their probes                 (10)
  --timeout S     timeoutSeconds of their probes                (1)
  --dead F        part of the pods that do not answer at all    (0)
  --answer-ms N   how long a healthy pod takes to answer        (50)
  --flips N       changes of readiness, a pod and day           (2)
  --queries N     DNS queries that reach the Worker, a month    (0)
  --json          figures as JSON`;

const defaults = { pods: "100", period: "10", timeout: "1", dead: "0", "answer-ms": "50", flips: "2", queries: "0" };

main();

function main(): void {
  const parsed = parse();
  if (typeof parsed === "string") {
    console.error(`cost: ${parsed}`);
    process.exitCode = 2;
    return;
  }
  if (parsed.help) return console.log(help);
  const result = estimate(parsed.workload);
  if (parsed.json) return console.log(JSON.stringify({ workload: parsed.workload, ...result }, null, 2));
  console.log(`${parsed.workload.pods} pods every ${parsed.workload.periodSeconds} s: ${result.probers} probers\n`);
  for (const [item, usd] of Object.entries(result.items)) {
    const amount = Math.round(result.usage[item as keyof typeof result.usage]).toLocaleString("en");
    console.log(`${item.padEnd(20)} ${amount.padStart(18)}  $${usd.toFixed(2).padStart(8)}`);
  }
  console.log(`${"plan".padEnd(20)} ${"".padStart(18)}  $${prices.plan.toFixed(2).padStart(8)}`);
  const each = (result.totalUsd - prices.plan) / Math.max(1, parsed.workload.pods);
  console.log(
    `${"a month".padEnd(20)} ${"".padStart(18)}  $${result.totalUsd.toFixed(2).padStart(8)}   ($${each.toFixed(4)} a pod)`,
  );
}

function parse(): { workload: Workload; json: boolean; help: boolean } | string {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const numbers = Object.fromEntries(Object.keys(defaults).map((name) => [name, text]));
  try {
    const { values } = parseArgs({ options: { ...numbers, json: flag, help: { ...flag, short: "h" } } });
    const given = { ...defaults, ...(values as Partial<typeof defaults>) };
    const bad = (Object.keys(defaults) as (keyof typeof defaults)[]).find((name) => !isAmount(given[name], name));
    if (bad !== undefined) return `--${bad} ${given[bad]} is out of range; see --help`;
    const workload = {
      pods: Number(given.pods),
      periodSeconds: Number(given.period),
      timeoutSeconds: Number(given.timeout),
      deadFraction: Number(given.dead),
      answerMs: Number(given["answer-ms"]),
      flipsPerPodDay: Number(given.flips),
      queries: Number(given.queries),
    };
    return { workload, json: values.json, help: values.help };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isAmount(given: string, name: keyof typeof defaults): boolean {
  const value = Number(given);
  if (given.trim() === "" || !Number.isFinite(value) || value < 0) return false;
  if (name === "dead") return value <= 1;
  return name === "period" || name === "timeout" ? value >= 1 : true;
}
