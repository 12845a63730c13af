/** What the Worker under chaos is told to do wrong, and what it tells of having done. */

export interface FaultOrder {
  /** For the choices that it makes. */
  seed: number;
  /** How far ahead of the true time its clock is. */
  clockAheadMs: number;
  /** The part of calls to D1 that fail, half of them after they have been carried out. */
  databaseFailing: number;
  /** The part of pokes that are lost, half of them after they have been heard. */
  pokesFailing: number;
}

export const noFaults: FaultOrder = { seed: 0, clockAheadMs: 0, databaseFailing: 0, pokesFailing: 0 };

/** Since the Worker was started. */
export interface FaultCounts {
  databaseCalls: number;
  pokes: number;
}

/** Where orders are posted. */
export const faultPath = "/chaos";
