/**
 * The monthly price of probing and resolving, from counts of what the design does. Pure. Counts that were measured say
 * where; the others follow from the design (ARCHITECTURE.md).
 */
import { prices } from "./prices.ts";

export interface Workload {
  pods: number;
  periodSeconds: number;
  timeoutSeconds: number;
  /** The part of the pods that does not answer at all: a connection attempt hangs until the platform gives it up. */
  deadFraction: number;
  /** How long a healthy pod takes to answer, seen from the prober. */
  answerMs: number;
  /** Changes of readiness, for each pod and day. */
  flipsPerPodDay: number;
  /** DNS queries that reach the Worker, by the month. */
  queries: number;
}

/** What a month comes to: how much of each thing that has a price. */
export type Usage = { [Item in keyof typeof prices.perMillion]: number };

export interface Estimate {
  probers: number;
  usage: Usage;
  /** USD for each item, and in all with the plan. */
  items: Usage;
  totalUsd: number;
}

const monthSeconds = 30 * 24 * 3600;
const sweeps = monthSeconds / 60;
/** Those that probes may take; the sixth is the registry's. */
const slots = 5;
/** src/domain/probe-load.ts: thousandths of a slot that a prober gives out. */
const capacityMillislots = 5000;
/** The platform gives up an unanswered connection attempt after so long, and bills the object until then. */
const hangingSeconds = 20;
/** A pod that hangs is tried once a minute, in an object that so many share (src/probes/overflows.ts). */
const hangingPodsPerObject = 5;
/**
 * `npm run bench:endpoints`: a flip with its publication, the log and the pod's own row. Besides, a pod that fails and
 * recovers soon has its event written three times, two rows each; a flip is half of that.
 */
const flipRows = { read: 66, written: 12 + 3 };
/** Requests that a flip makes to objects: the service, twice for a pod in two, and the change feed. */
const flipObjectRequests = 3;
const cpuMs = { perSweep: 2, perRound: 0.1, perQuery: 0.07 };

export function estimate(workload: Workload): Estimate {
  const { pods, periodSeconds, queries } = workload;
  const load = Math.max(1, Math.ceil((1000 * workload.timeoutSeconds) / periodSeconds));
  const podsPerProber = Math.max(1, Math.floor(capacityMillislots / load));
  const probers = Math.ceil(pods / podsPerProber);
  const rounds = probers * (monthSeconds / periodSeconds);
  const flips = pods * workload.flipsPerPodDay * 30;
  const usage: Usage = {
    workerRequests: sweeps + queries,
    workerCpuMs: sweeps * cpuMs.perSweep + rounds * cpuMs.perRound + queries * cpuMs.perQuery,
    objectRequests: rounds + flips * flipObjectRequests,
    objectGbSeconds: prices.objectGb * probers * awakeSeconds(workload, pods / Math.max(1, probers)),
    // The watchdog alarm, which the sweep moves once a minute.
    objectRowsWritten: probers * sweeps + flips,
    // An object that was evicted between its rounds reads its pods again.
    d1RowsRead: rounds * (pods / Math.max(1, probers)) + flips * flipRows.read + sweeps * probers,
    d1RowsWritten: flips * flipRows.written,
  };
  const items = priced(usage);
  return { probers, usage, items, totalUsd: Object.values(items).reduce((sum, usd) => sum + usd, prices.plan) };
}

/** How long one prober is awake in a month for its rounds, and how long the objects are that wait for what hangs. */
function awakeSeconds(workload: Workload, podsHere: number): number {
  const { periodSeconds, deadFraction, answerMs } = workload;
  const healthy = podsHere * (1 - deadFraction);
  const roundSeconds = (Math.ceil(healthy / slots) * answerMs) / 1000;
  const waitingObjects = Math.ceil((podsHere * deadFraction) / hangingPodsPerObject);
  return monthSeconds * (Math.min(1, roundSeconds / periodSeconds) + waitingObjects * (hangingSeconds / 60));
}

function priced(usage: Usage): Usage {
  const entries = Object.entries(usage) as [keyof Usage, number][];
  return Object.fromEntries(entries.map(([item, amount]) => [item, (amount / 1e6) * prices.perMillion[item]])) as Usage;
}
