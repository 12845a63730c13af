/** The order that is in force in this isolate, which the Worker shares with its Durable Objects in the local runtime. */
import { chance } from "../chance.ts";
import { noFaults, type FaultCounts, type FaultOrder } from "../fault-order.ts";

let order = noFaults;
let dice = chance(0, "worker");
const counts: FaultCounts = { databaseCalls: 0, pokes: 0 };

export async function takeOrder(request: Request): Promise<Response> {
  order = await request.json<FaultOrder>();
  dice = chance(order.seed, "worker");
  return Response.json(counts);
}

export function clockAheadMs(): number {
  return order.clockAheadMs;
}

/** Does what is asked, or fails before it, or after it. */
export async function perhaps<T>(kind: keyof FaultCounts, run: () => Promise<T>, failure: string): Promise<T> {
  if (!dice.happens(kind === "pokes" ? order.pokesFailing : order.databaseFailing)) return run();
  counts[kind] += 1;
  if (dice.happens(0.5)) await run();
  throw new Error(failure);
}
