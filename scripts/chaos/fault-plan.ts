/** Which fault comes next, for how long, and how long nothing happens before it. Pure but for the dice. */
import type { Chance } from "./chance.ts";
import { noFaults, type FaultOrder } from "./fault-order.ts";
import type { Victim } from "./server-under-chaos.ts";

export interface PlannedFault {
  name: string;
  calmBeforeMs: number;
  durationMs: number;
  /** What the Worker is told to do wrong for that long. */
  order: Partial<FaultOrder>;
  /** Who is killed at the end of it. */
  victim?: Victim;
}

interface FaultKind {
  name: string;
  order?: (chance: Chance) => Partial<FaultOrder>;
  victim?: Victim;
}

const kinds: readonly FaultKind[] = [
  { name: "workerd killed", victim: "workerd" },
  { name: "Node killed", victim: "node" },
  { name: "both killed", victim: "both" },
  { name: "D1 fails at times", order: (chance) => ({ databaseFailing: chance.between(0.1, 0.6) }) },
  { name: "D1 gone", order: () => ({ databaseFailing: 1 }) },
  { name: "pokes lost", order: (chance) => ({ pokesFailing: chance.between(0.5, 1) }) },
  { name: "clock ahead", order: (chance) => ({ clockAheadMs: minutes(chance.between(0.2, 30)) }) },
  { name: "clock behind", order: (chance) => ({ clockAheadMs: -minutes(chance.between(0.2, 30)) }) },
  {
    name: "pokes lost, then both killed",
    order: () => ({ pokesFailing: 1, databaseFailing: 0.1 }),
    victim: "both",
  },
];

function minutes(count: number): number {
  return Math.round(count * 60_000);
}

/** How long calms and faults last, in seconds. */
export interface FaultPace {
  calm: readonly [from: number, to: number];
  fault: readonly [from: number, to: number];
}

export const faultNames: readonly string[] = kinds.map(({ name }) => name);

/** Without end: every kind of these names once in an order of chance, then all of them again in another one. */
export function* planFaults(
  chance: Chance,
  { calm, fault }: FaultPace,
  names: readonly string[] = faultNames,
): Generator<PlannedFault> {
  for (;;) {
    for (const { name, order, victim } of shuffled(chance)) {
      if (!names.includes(name)) continue;
      const durationMs = order === undefined ? 0 : 1000 * chance.between(...fault);
      const choices = order === undefined ? {} : { ...order(chance), seed: Math.floor(chance.between(0, 2 ** 31)) };
      const calmBeforeMs = 1000 * chance.between(...calm);
      yield { name, calmBeforeMs, durationMs, order: { ...choices }, ...(victim && { victim }) };
    }
  }
}

export function fullOrder(order: Partial<FaultOrder>): FaultOrder {
  return { ...noFaults, ...order };
}

function shuffled(chance: Chance): FaultKind[] {
  return kinds
    .map((kind) => ({ kind, at: chance.fraction() }))
    .sort((a, b) => a.at - b.at)
    .map(({ kind }) => kind);
}
