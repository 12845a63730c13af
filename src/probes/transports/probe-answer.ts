/** What a transport says: the outcome, and whether it had to leave a connection attempt behind that nothing can abort. */
import type { Outcome } from "../../domain/outcome.ts";

export interface ProbeAnswer {
  outcome: Outcome;
  /** Resolves when the attempt that was left behind has settled and its slot is free again. */
  unsettled?: Promise<unknown>;
}

export const unknown = (message: string): ProbeAnswer => ({ outcome: { result: "unknown", message } });

export const success: ProbeAnswer = { outcome: { result: "success" } };
