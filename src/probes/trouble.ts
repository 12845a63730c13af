/**
 * Why a container is not ready, in the words that its pod's condition carries: whether the pod refused, timed out or
 * gave a bad answer, or the platform cannot reach it. A trouble is announced once it lasts, so that a pod failing in
 * alternating ways costs no write a probe.
 */
import { legible } from "../domain/legible-text.ts";
import type { FailureCause, Outcome } from "../domain/outcome.ts";
import type { Pod } from "../domain/pod.ts";
import type { ProbeKind } from "./probe-spec.ts";

export type TroubleKind = FailureCause | "unreachable";

export interface Trouble {
  kind: TroubleKind;
  /** Consecutive outcomes of this kind. */
  count: number;
  message: string;
}

const phrases: Record<TroubleKind, string> = {
  refused: "pod refused the connection",
  "timed-out": "pod timed out",
  answered: "pod answered",
  broken: "pod broke off",
  unreachable: "platform cannot reach the pod",
};

/** A new kind of trouble replaces the one that is shown after so many outcomes in a row. */
const lastsAfter = 3;

/** The trouble after one more outcome; undefined after a success. */
export function troubleAfter(
  before: Trouble | undefined,
  kind: ProbeKind,
  container: string,
  outcome: Outcome,
): Trouble | undefined {
  if (outcome.result === "success") return undefined;
  if (outcome.result === "unknown" && outcome.transient && before !== undefined) return before;
  const trouble = outcome.result === "failure" ? outcome.cause : "unreachable";
  return {
    kind: trouble,
    count: before?.kind === trouble ? before.count + 1 : 1,
    message: `${opening(container, trouble)}: ${kind} probe: ${legible(outcome.message)}`,
  };
}

/** Whether the condition is to be rewritten for the sake of its message alone. */
export function isNews(trouble: Trouble | undefined, shown: TroubleKind | undefined): boolean {
  if (trouble === undefined || trouble.kind === shown) return false;
  return shown === undefined || trouble.count >= lastsAfter;
}

/** The kind of trouble that the pod's condition speaks of. */
export function shownTrouble(pod: Pod, container: string): TroubleKind | undefined {
  const message = pod.status.conditions?.find(({ type }) => type === "ContainersReady")?.message ?? "";
  const kinds = Object.keys(phrases) as TroubleKind[];
  return kinds.find((kind) => message.includes(`; ${opening(container, kind)}:`));
}

function opening(container: string, kind: TroubleKind): string {
  return `${container}: ${phrases[kind]}`;
}
