/** Carries the faults out, one after another, and writes down when each began and when the server was whole again. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Chance } from "./chance.ts";
import { noFaults, type FaultCounts } from "./fault-order.ts";
import { fullOrder, type PlannedFault } from "./fault-plan.ts";
import { complain, type Run } from "./run.ts";
import type { ServerUnderChaos } from "./server-under-chaos.ts";

export interface Injection {
  run: Run;
  server: ServerUnderChaos;
  chance: Chance;
  /** No more faults from then on. */
  signal: AbortSignal;
}

/** Resolves with what the Worker did wrong. */
export async function injectFaults(
  { run, server, chance, signal }: Injection,
  plan: Iterable<PlannedFault>,
): Promise<FaultCounts> {
  const total: FaultCounts = { databaseCalls: 0, pokes: 0 };
  for (const fault of plan) {
    await sleep(fault.calmBeforeMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) break;
    if (server.hasEndedByItself) {
      complain(run, "server ended", "the server ended by itself", server.complaints.split("\n").slice(-20));
      break;
    }
    run.faults.begin(fault.name, Date.now());
    add(total, await inject(server, fault, chance));
    run.faults.end(Date.now());
  }
  return total;
}

async function inject(
  server: ServerUnderChaos,
  { order, durationMs, victim }: PlannedFault,
  chance: Chance,
): Promise<FaultCounts> {
  const before = await server.order(fullOrder(order));
  await sleep(durationMs);
  const after = await server.order(noFaults);
  if (victim !== undefined) await server.kill(victim, 1000 * chance.between(0, 4));
  return { databaseCalls: after.databaseCalls - before.databaseCalls, pokes: after.pokes - before.pokes };
}

function add(total: FaultCounts, more: FaultCounts): void {
  total.databaseCalls += more.databaseCalls;
  total.pokes += more.pokes;
}

const tickMs = 100;
const stallMs = 500;

/** Notes when this process, and so the pods in it, stood still: what happened then is no fault of the server. */
export async function noteStalls(run: Run, signal: AbortSignal): Promise<void> {
  let lastMs = Date.now();
  while (!signal.aborted) {
    await sleep(tickMs);
    const nowMs = Date.now();
    if (nowMs - lastMs > stallMs) run.faults.note("machine stalled", lastMs, nowMs);
    lastMs = nowMs;
  }
}
