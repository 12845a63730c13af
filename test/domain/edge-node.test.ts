import { describe, expect, it } from "vitest";
import { newEdgeNodeStatus, whyNotProbing, withPulse, type ProberPulse } from "../../src/domain/edge-node.ts";
import type { Node } from "../../src/domain/node.ts";
import { toTimestamp } from "../../src/domain/object.ts";

const createdMs = Date.parse("2026-11-01T00:00:00Z");
const node: Node = {
  apiVersion: "v1",
  kind: "Node",
  metadata: { name: "edge-0", uid: "u", resourceVersion: "1", creationTimestamp: toTimestamp(createdMs) },
  status: newEdgeNodeStatus(createdMs),
};

function readyAt(nowMs: number, pulse: ProberPulse | "unreachable", before = node) {
  const after = withPulse(before, pulse, nowMs);
  const { status, reason } = after.status?.conditions?.find(({ type }) => type === "Ready") ?? {};
  return { after, text: `${status} ${reason}` };
}

const second = 1000;

describe("the Node of a prober", () => {
  it("says what it can carry", () => {
    expect(node.status?.capacity).toEqual({ "rollcall.dev/probe-slots": "5", pods: "5000" });
    expect(node.status?.allocatable).toEqual(node.status?.capacity);
  });

  it.each<[string, number, ProberPulse | "unreachable", string]>([
    ["has just run", 1000, { lastRoundMs: 999 * second, periodMs: 10 * second }, "True ProberReady"],
    ["was silent for three minutes", 1180, { lastRoundMs: 1000 * second, periodMs: 10 * second }, "True ProberReady"],
    ["was silent for longer", 1180.001, { lastRoundMs: 1000 * second, periodMs: 10 * second }, "False ProberSilent"],
    ["has a long period", 1900, { lastRoundMs: 1000 * second, periodMs: 300 * second }, "True ProberReady"],
    ["missed three long ones", 1900.001, { lastRoundMs: 1000 * second, periodMs: 300 * second }, "False ProberSilent"],
    ["has nothing to probe", 9999, { lastRoundMs: undefined, periodMs: undefined }, "True ProberReady"],
    ["is new", 180, { lastRoundMs: undefined, periodMs: 10 * second }, "True ProberReady"],
    ["never ran", 181, { lastRoundMs: undefined, periodMs: 10 * second }, "False ProberSilent"],
    ["cannot be asked", 10, "unreachable", "Unknown ProberUnreachable"],
  ])("that %s after %d seconds", (_, afterSeconds, pulse, expected) => {
    const sinceCreation =
      typeof pulse === "string" || pulse.lastRoundMs === undefined
        ? pulse
        : { ...pulse, lastRoundMs: createdMs + pulse.lastRoundMs };
    expect(readyAt(createdMs + afterSeconds * second, sinceCreation).text).toBe(expected);
  });

  it("is the same one as long as its readiness is the same, and keeps the time of the change", () => {
    const pulse = { lastRoundMs: createdMs, periodMs: 10 * second };
    expect(readyAt(createdMs + 60 * second, pulse).after).toBe(node);
    const silent = readyAt(createdMs + 200 * second, pulse).after;
    expect(silent.status?.conditions).toEqual([
      {
        type: "Ready",
        status: "False",
        reason: "ProberSilent",
        message: "no round of probes has been finished since 2026-11-01T00:00:00Z; its pods keep their last verdict",
        lastHeartbeatTime: "2026-11-01T00:00:00Z",
        lastTransitionTime: "2026-11-01T00:03:20Z",
      },
    ]);
    expect(withPulse(silent, pulse, createdMs + 500 * second)).toBe(silent);
    expect(whyNotProbing(silent)).toContain("no round of probes has been finished");
    const back = readyAt(createdMs + 600 * second, { ...pulse, lastRoundMs: createdMs + 599 * second }, silent);
    expect(back.text).toBe("True ProberReady");
    expect(whyNotProbing(back.after)).toBeUndefined();
  });
});
