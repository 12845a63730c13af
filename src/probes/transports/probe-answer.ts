/** What a transport says: the outcome, and whether it had to leave a connection attempt behind that nothing can abort. */
import type { Outcome } from "../../domain/outcome.ts";

/** Resolves when the attempt has settled and its slot is free again: whether the pod answered it after all. */
export type LeftBehind = Promise<boolean>;

export interface ProbeAnswer {
  outcome: Outcome;
  leftBehind?: LeftBehind;
}

export const unknown = (message: string): ProbeAnswer => ({ outcome: { result: "unknown", message } });

export const success: ProbeAnswer = { outcome: { result: "success" } };
