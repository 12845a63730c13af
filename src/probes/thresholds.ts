/**
 * When outcomes become a verdict: kubelet's thresholds on consecutive results. Knows nothing of time, of pods, or of
 * how a probe is made.
 * Source: Kubernetes pkg/kubelet/prober/worker.go (resultRun), and "Configure Liveness, Readiness and Startup Probes".
 */
import type { Outcome } from "../domain/outcome.ts";

export interface Thresholds {
  successThreshold: number;
  failureThreshold: number;
}

export interface ThresholdState {
  /** The verdict as it stands. A readiness or startup probe begins with false. */
  passing: boolean;
  /** Consecutive results that contradict the verdict. Results that agree with it need no counting. */
  against: number;
}

export const initialThresholdState: ThresholdState = { passing: false, against: 0 };

/** The state after one more outcome, and whether the verdict changed. An unknown outcome neither counts nor resets. */
export function step(
  state: ThresholdState,
  thresholds: Thresholds,
  result: Outcome["result"],
): { next: ThresholdState; changed: boolean } {
  if (result === "unknown") return { next: state, changed: false };
  const passed = result === "success";
  if (passed === state.passing) return { next: { passing: passed, against: 0 }, changed: false };
  const against = state.against + 1;
  const changed = against >= (passed ? thresholds.successThreshold : thresholds.failureThreshold);
  return { next: changed ? { passing: passed, against: 0 } : { ...state, against }, changed };
}
