/** For what several share, where neither failures nor those who go away are the point. */
import type { KeptConditions } from "../src/domain/kept.ts";

export function keptConditions(nowMs: () => number): KeptConditions {
  return { askTimeoutMs: 5_000, waitTimeoutMs: 1_000, nowMs, waitUntil: () => {}, reportFailure: () => {} };
}
