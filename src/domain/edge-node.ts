/**
 * A prober as a Node: what it can carry, and whether it probes. Its readiness is a dead-man's switch: computed from when
 * it last finished a round, by whoever reads, so that it is told of a prober that nothing wakes any more. Pure, given
 * the time.
 */
import type { Node } from "./node.ts";
import { toTimestamp, type Condition } from "./object.ts";
import { proberCapacityMillislots } from "./probe-load.ts";

/** What a prober says of itself. */
export interface ProberPulse {
  /** When it last finished a round, or had nothing to do; undefined when it was never seen to. */
  lastRoundMs: number | undefined;
  /** Between its rounds; undefined when it has nothing to probe. */
  periodMs: number | undefined;
}

/** Five slots are given out; a pod holds one for its timeout in each period, and at least a thousandth of one. */
const capacity = {
  "rollcall.dev/probe-slots": String(proberCapacityMillislots / 1000),
  pods: String(proberCapacityMillislots),
};

/** The status of the Node of a prober that has just been opened. */
export function newEdgeNodeStatus(nowMs: number): NonNullable<Node["status"]> & { nodeInfo: object } {
  return {
    capacity,
    allocatable: capacity,
    conditions: [{ ...probing, lastHeartbeatTime: toTimestamp(nowMs), lastTransitionTime: toTimestamp(nowMs) }],
    nodeInfo: { kubeletVersion: "rollcall", operatingSystem: "workers" },
  };
}

/** How long a prober may go without a round. */
export function silenceAllowedMs(periodMs: number): number {
  return Math.max(3 * periodMs, 180_000);
}

/**
 * The prober's Node as it is now; `unreachable` for one that cannot be asked. The same Node (by identity) when its
 * readiness has not changed.
 */
export function withPulse(node: Node, pulse: ProberPulse | "unreachable", nowMs: number): Node {
  const verdict = verdictOn(node, pulse, nowMs);
  const before = node.status?.conditions?.find(({ type }) => type === "Ready");
  if (before?.status === verdict.status && before.reason === verdict.reason) return node;
  const ready: Condition = { ...verdict, lastTransitionTime: toTimestamp(nowMs) };
  const others = (node.status?.conditions ?? []).filter(({ type }) => type !== "Ready");
  return { ...node, status: { ...node.status, conditions: [ready, ...others] } };
}

/** What is wrong with a prober, by its Node; undefined when it probes. */
export function whyNotProbing({ status }: Node): string | undefined {
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  return ready?.status === "True" ? undefined : (ready?.message ?? "it has no Ready condition");
}

type Verdict = Omit<Condition, "lastTransitionTime">;

const probing: Verdict = { type: "Ready", status: "True", reason: "ProberReady", message: "prober is probing" };
const keeps = "its pods keep their last verdict";

function verdictOn({ metadata }: Node, pulse: ProberPulse | "unreachable", nowMs: number): Verdict {
  if (pulse === "unreachable") {
    return { type: "Ready", status: "Unknown", reason: "ProberUnreachable", message: `it cannot be asked; ${keeps}` };
  }
  const { lastRoundMs = 0, periodMs } = pulse;
  // A prober that has just been opened has had no time for a round.
  const sinceMs = Math.max(lastRoundMs, Date.parse(metadata.creationTimestamp));
  const lastHeartbeatTime = toTimestamp(sinceMs);
  if (periodMs === undefined || nowMs - sinceMs <= silenceAllowedMs(periodMs)) return { ...probing, lastHeartbeatTime };
  const message = `no round of probes has been finished since ${lastHeartbeatTime}; ${keeps}`;
  return { type: "Ready", status: "False", reason: "ProberSilent", message, lastHeartbeatTime };
}
