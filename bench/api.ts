/**
 * `npm run bench:api`: what the API costs its clients, against the started server. Creates, lists, watch fan-out, and
 * how long a change of readiness takes to Endpoints and to DNS while the namespace fills up: the last must follow what
 * changed, not what exists.
 */
import { parseArgs } from "node:util";
import { onServer, progress } from "./api-cluster.ts";
import { measureReadiness, type NamespaceSize } from "./api-readiness.ts";
import { measureCreates, measureLists, measureWatch } from "./api-throughput.ts";
import { machine, printTable, type Row } from "./report.ts";

const help = `npm run bench:api [-- --quick] [-- --json]

Starts servers of its own on free loopback ports, with their data in temporary folders, and measures creates, lists,
watch fan-out, and readiness to Endpoints to DNS. About eight minutes; nothing is left behind.

  --quick  small sizes, to see that it works
  --json   the figures as JSON instead of tables`;

interface Sizes {
  creates: number;
  lists: readonly number[];
  watchers: number;
  changes: number;
  namespaces: readonly NamespaceSize[];
  /** In each direction. */
  flips: number;
}

const quick: Sizes = {
  creates: 50,
  lists: [50],
  watchers: 10,
  changes: 20,
  namespaces: [{ pods: 10, services: 1 }],
  flips: 5,
};

const whole: Sizes = {
  creates: 500,
  lists: [500, 5000],
  watchers: 100,
  changes: 200,
  namespaces: [
    { pods: 10, services: 1 },
    { pods: 1000, services: 1 },
    { pods: 1000, services: 500 },
    { pods: 10_000, services: 1 },
    { pods: 10_000, services: 500 },
  ],
  flips: 15,
};

const flag = { type: "boolean", default: false } as const;
const { values: options } = parseArgs({ options: { quick: flag, json: flag, help: { ...flag, short: "h" } } });

if (options.help) console.log(help);
else await main(options.quick ? quick : whole);

async function main(sizes: Sizes): Promise<void> {
  const told: Record<string, Row[]> = {};
  /** At once, so that a run that is broken off has told what it knew. */
  const tell = (name: string, title: string, rows: Row[]): void => {
    told[name] = rows;
    if (!options.json) printTable(title, rows);
  };
  if (!options.json) console.log(machine());
  const creates = await onServer((url) => measureCreates(url, sizes.creates));
  tell("creates", "Creates of pods", creates);
  const lists = await onServer((url) => measureLists(url, sizes.lists));
  tell("lists", "Lists of pods (p50, ms)", lists);
  const watch = await onServer((url) => measureWatch(url, sizes.watchers, sizes.changes));
  tell("watch", "Watch: from a create's request to the last watcher's event", watch);
  const readiness: Row[] = [];
  for (const size of sizes.namespaces) {
    const row = await onServer((url) => measureReadiness(url, size, sizes.flips));
    progress(JSON.stringify(row));
    readiness.push(row);
  }
  tell("readiness", "Readiness: from the request that changes it (ms)", readiness);
  if (options.json) console.log(JSON.stringify({ machine: machine(), ...told }, undefined, 2));
}
