/** What everybody who takes part in one run shares: the server, the model, the faults, and what was found. */
import type { ApiClient } from "../lab/api-client.ts";
import type { Arrivals } from "./arrivals.ts";
import type { FaultLog } from "./fault-log.ts";
import { detectionBoundMs, type ModelledPod, type NamespaceModel, type Window } from "./namespace-model.ts";

export interface Run {
  url: string;
  api: ApiClient;
  startMs: number;
  namespaces: readonly NamespaceModel[];
  faults: FaultLog;
  arrivals: Arrivals;
  counts: Counts;
  violations: Violation[];
  /** So much time without a fault may pass before what was acknowledged must show: TTL + 60 s. */
  patienceMs: number;
}

export interface Counts {
  acknowledged: number;
  unknown: number;
  refused: number;
  answers: number;
  /** Statements about a pod in answers of which only one could be right. */
  decisive: number;
  /** Answers that did not come, or said SERVFAIL. */
  unansweredInFaults: number;
  unansweredInCalm: number;
  audits: number;
  watchEvents: number;
  watchResumptions: number;
  watchRelists: number;
}

export function noCounts(): Counts {
  return {
    acknowledged: 0,
    unknown: 0,
    refused: 0,
    answers: 0,
    decisive: 0,
    unansweredInFaults: 0,
    unansweredInCalm: 0,
    audits: 0,
    watchEvents: 0,
    watchResumptions: 0,
    watchRelists: 0,
  };
}

export type ViolationKind =
  | "lost write"
  | "wrong DNS answer"
  | "no DNS answer"
  | "wrong Endpoints"
  | "wrong EndpointSlice"
  | "wrong watch"
  | "wrong reply"
  | "not converged"
  | "server ended";

export interface Violation {
  kind: ViolationKind;
  atSeconds: number;
  what: string;
  history: string[];
  /** How often the same was found. */
  times: number;
}

/** More of them tell nothing more. */
const mostViolations = 200;

export function complain(run: Run, kind: ViolationKind, what: string, history: string[] = []): void {
  const known = run.violations.find((each) => each.kind === kind && each.what === what);
  if (known !== undefined) known.times += 1;
  if (known !== undefined || run.violations.length >= mostViolations) return;
  const atSeconds = Math.round((Date.now() - run.startMs) / 100) / 10;
  run.violations.push({ kind, what, history, atSeconds, times: 1 });
}

/** What must be certain since when, to show in an answer that was asked for and came then. */
export function windowFor(run: Run, pod: ModelledPod | undefined, askedMs: number, answeredMs: number): Window {
  const boundMs = pod?.probe === undefined ? 0 : detectionBoundMs(pod.probe);
  return {
    fromMs: run.faults.calmSince(run.patienceMs, askedMs),
    healthFromMs: run.faults.calmSince(run.patienceMs + boundMs, askedMs),
    toMs: answeredMs,
  };
}
