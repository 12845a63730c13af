/**
 * `npm run bench:probes`: what probing costs and how punctual it is, on real sockets against the started server: CPU and
 * lateness as pods grow, how fast a change reaches DNS, and what pods that swallow connections do to the others.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { progress } from "./api-cluster.ts";
import { BlackHole } from "./black-hole.ts";
import { measureReactions } from "./probe-reactions.ts";
import { onProbedCluster, type ProbedCluster } from "./probed-cluster.ts";
import { machine, printTable, type Row } from "./report.ts";

const help = `npm run bench:probes [-- --quick] [-- --json]

Starts servers of its own on free loopback ports, with their data in temporary folders, and pods on 127.50.0.0/16 and
beyond. A quarter of an hour on an idle machine, most of it to register 10,000 pods; with TMPDIR on a file system in
memory (/dev/shm) the disk does not count. Nothing is left behind. Needs Linux.

  --quick  small sizes, to see that it works
  --json   the figures as JSON instead of tables`;

interface Sizes {
  pods: readonly number[];
  reactions: number;
  /** Half of them are black holes. */
  podsBesideHoles: number;
  observeMs: number;
  /** Until the probers have found out about the black holes. */
  settleMs: number;
}

const quick: Sizes = { pods: [20, 100], reactions: 3, podsBesideHoles: 100, observeMs: 20_000, settleMs: 30_000 };
const whole: Sizes = {
  pods: [100, 1000, 10_000],
  reactions: 30,
  podsBesideHoles: 1000,
  observeMs: 30_000,
  settleMs: 60_000,
};

const flag = { type: "boolean", default: false } as const;
const { values: options } = parseArgs({ options: { quick: flag, json: flag, help: { ...flag, short: "h" } } });

if (options.help) console.log(help);
else await main(options.quick ? quick : whole);

async function main(sizes: Sizes): Promise<void> {
  const blackHoles = await onProbedCluster((cluster) => measureBlackHoles(cluster, sizes));
  const { steady, reactions } = await onProbedCluster((cluster) => measureSizes(cluster, sizes));
  if (options.json) {
    console.log(JSON.stringify({ machine: machine(), steady, reactions, blackHoles }, undefined, 2));
    return;
  }
  console.log(machine());
  printTable("Pods probed every 10 s", steady);
  printTable("From a pod to DNS, beside so many others", reactions);
  printTable("Half of the pods swallow connections: the healthy half", blackHoles);
}

/** Grows one cluster from size to size. */
async function measureSizes(cluster: ProbedCluster, sizes: Sizes): Promise<{ steady: Row[]; reactions: Row[] }> {
  const [steady, reactions]: [Row[], Row[]] = [[], []];
  let count = 0;
  for (const [run, pods] of sizes.pods.entries()) {
    progress(`registering ${pods} pods`);
    await cluster.addPods(count, pods);
    count = pods;
    // The rounds before are those of the registrations.
    await sleep(20_000);
    progress(`observing ${pods} pods`);
    steady.push(noted(await cluster.observe(sizes.observeMs)));
    progress(`reactions beside ${pods} pods`);
    reactions.push(noted({ pods, ...(await measureReactions(cluster, sizes.reactions, run)) }));
  }
  return { steady, reactions };
}

/** So that a run that is broken off has told what it knew. */
function noted(row: Row): Row {
  progress(JSON.stringify(row));
  return row;
}

async function measureBlackHoles(cluster: ProbedCluster, sizes: Sizes): Promise<Row[]> {
  const hole = new BlackHole();
  try {
    const holePort = await hole.start();
    progress(`registering ${sizes.podsBesideHoles} pods, half of them to become black holes`);
    await cluster.addPods(0, sizes.podsBesideHoles, (index) => (index % 2 === 0 ? cluster.farmPort : holePort));
    await sleep(20_000);
    const rows: Row[] = [noted({ when: "all answer", ...(await cluster.observe(sizes.observeMs)) })];
    await hole.swallow(holePort);
    progress("half of the pods swallow connections");
    rows.push(noted({ when: "onset", ...(await cluster.observe(sizes.observeMs)) }));
    await sleep(sizes.settleMs);
    rows.push(noted({ when: "settled", ...(await cluster.observe(sizes.observeMs)) }));
    return rows;
  } finally {
    hole.stop();
  }
}
