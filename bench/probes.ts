/**
 * `npm run bench:probes`: what probing costs and how punctual it is, on real sockets against the started server: CPU and
 * lateness as pods grow, how fast a change reaches DNS, and what pods that swallow connections do to the others.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { progress } from "./api-cluster.ts";
import { BlackHole } from "./black-hole.ts";
import { measureFloor } from "./probe-floor.ts";
import { measureReactions } from "./probe-reactions.ts";
import { onProbedCluster } from "./probed-cluster.ts";
import { machine, printTable, type Row } from "./report.ts";

const help = `npm run bench:probes [-- options]

Starts servers of its own on free loopback ports, with their data in temporary folders, and pods on 127.50.0.0/16 and
beyond. A quarter of an hour on an idle machine, most of it to register 10,000 pods; with TMPDIR on a file system in
memory (/dev/shm) the disk does not count. Nothing is left behind. Needs Linux.

  --pods 100,1000,10000  how many are probed, growing from one to the next; 0 leaves this part out
  --period 10            seconds between two probes of a pod: 3,000 pods every 3 s are as many probes as 10,000 every 10 s
  --reactions 30         how many pods are made to fail, beside each number of pods; 0 for none
  --holes 1000           pods of which half swallow connections; 0 leaves this part out
  --observe 30           seconds for each row
  --quick                small sizes, to see that it works: --pods 20,100 --reactions 3 --holes 100 --observe 20
  --json                 the figures as JSON instead of tables`;

interface Plan {
  pods: readonly number[];
  periodSeconds: number;
  reactions: number;
  podsBesideHoles: number;
  observeMs: number;
  json: boolean;
}

/** Until the probers have found out about the black holes, and asked them for the last time at their own pace. */
const settleMs = 60_000;
/** The rounds before are those of the registrations. */
const calmMs = 20_000;

const flag = { type: "boolean", default: false } as const;
const number = { type: "string" } as const;
const { values: options } = parseArgs({
  options: {
    pods: number,
    period: { ...number, default: "10" },
    reactions: number,
    holes: number,
    observe: number,
    quick: flag,
    json: flag,
    help: { ...flag, short: "h" },
  },
});

if (options.help) console.log(help);
else await main(planOf(options));

function planOf({ pods, period, reactions, holes, observe, quick, json }: typeof options): Plan {
  const sizes = pods ?? (quick ? "20,100" : "100,1000,10000");
  return {
    pods: sizes.split(",").map(Number).filter(Boolean),
    periodSeconds: Number(period),
    reactions: Number(reactions ?? (quick ? 3 : 30)),
    podsBesideHoles: Number(holes ?? (quick ? 100 : 1000)),
    observeMs: 1000 * Number(observe ?? (quick ? 20 : 30)),
    json,
  };
}

async function main(plan: Plan): Promise<void> {
  const blackHoles = plan.podsBesideHoles === 0 ? [] : await measureBlackHoles(plan);
  const { steady, reactions } = await measureSizes(plan);
  if (plan.json) {
    console.log(JSON.stringify({ machine: machine(), steady, reactions, blackHoles }, undefined, 2));
    return;
  }
  console.log(machine());
  printTable(`Pods probed every ${plan.periodSeconds} s`, steady);
  printTable("From a pod to DNS, beside so many others", reactions);
  printTable("Half of the pods swallow connections: the healthy half", blackHoles);
}

/** For each number of pods: fewer exchanges a second share less of what is done for several at once. */
async function measureFloors({ pods, periodSeconds, observeMs }: Plan): Promise<number[]> {
  const floors: number[] = [];
  for (const count of pods) {
    progress(`a bare Worker that makes as many exchanges as ${count} pods take`);
    floors.push(await measureFloor(count, periodSeconds, observeMs));
  }
  return floors;
}

/** Grows one cluster from size to size. */
async function measureSizes(plan: Plan): Promise<{ steady: Row[]; reactions: Row[] }> {
  const floors = await measureFloors(plan);
  return onProbedCluster(plan.periodSeconds, async (cluster) => {
    const [steady, reactions]: [Row[], Row[]] = [[], []];
    let count = 0;
    for (const [run, pods] of plan.pods.entries()) {
      progress(`registering ${pods} pods`);
      await cluster.addPods(count, pods);
      count = pods;
      await sleep(calmMs);
      progress(`observing ${pods} pods`);
      const { row, cpuMsPerProbe } = await cluster.observe(plan.observeMs);
      const floorMs = floors[run] ?? Number.NaN;
      steady.push(
        noted({
          ...row,
          "CPU per probe (ms)": cpuMsPerProbe.toFixed(2),
          "bare Worker (ms)": floorMs.toFixed(2),
          ratio: (cpuMsPerProbe / floorMs).toFixed(2),
        }),
      );
      if (plan.reactions === 0) continue;
      progress(`reactions beside ${pods} pods`);
      reactions.push(noted({ pods, ...(await measureReactions(cluster, plan.reactions, run)) }));
    }
    return { steady, reactions };
  });
}

/** So that a run that is broken off has told what it knew. */
function noted(row: Row): Row {
  progress(JSON.stringify(row));
  return row;
}

async function measureBlackHoles({ periodSeconds, podsBesideHoles, observeMs }: Plan): Promise<Row[]> {
  return onProbedCluster(periodSeconds, async (cluster) => {
    const hole = new BlackHole();
    try {
      const holePort = await hole.start();
      progress(`registering ${podsBesideHoles} pods, half of them to become black holes`);
      await cluster.addPods(0, podsBesideHoles, (index) => (index % 2 === 0 ? cluster.farmPort : holePort));
      await sleep(calmMs);
      const rows: Row[] = [noted({ when: "all answer", ...(await cluster.observe(observeMs)).row })];
      await hole.swallow(holePort);
      progress("half of the pods swallow connections");
      rows.push(noted({ when: "onset", ...(await cluster.observe(observeMs)).row }));
      await sleep(settleMs);
      rows.push(noted({ when: "settled", ...(await cluster.observe(observeMs)).row }));
      return rows;
    } finally {
      hole.stop();
    }
  });
}
