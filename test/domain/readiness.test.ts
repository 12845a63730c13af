import { describe, expect, it } from "vitest";
import type { Condition } from "../../src/domain/object.ts";
import type { Pod } from "../../src/domain/pod.ts";
import { currentReadiness, initialReadiness, withReadiness } from "../../src/domain/readiness.ts";
import { pod } from "../objects.ts";

const probe = { httpGet: { port: 80 } };
const probed = pod("a", {}, { containers: [{ name: "main", readinessProbe: probe }, { name: "side" }] });
const startMs = Date.parse("2026-11-01T00:00:00Z");

function register(of: Pod): Pod {
  return withReadiness(of, of.spec.containers.map(initialReadiness), startMs);
}

function condition(of: Pod, type: string): Condition | undefined {
  return of.status.conditions?.find((each) => each.type === type);
}

describe("a pod that registers", () => {
  it("is ready at once without a probe", () => {
    const registered = register(pod("a"));
    expect(condition(registered, "Ready")).toMatchObject({
      status: "True",
      lastTransitionTime: "2026-11-01T00:00:00Z",
    });
    expect(registered.status.containerStatuses).toMatchObject([{ name: "main", ready: true, started: true }]);
  });

  it("is not ready with one, and says which container is not", () => {
    const registered = register(probed);
    for (const type of ["Ready", "ContainersReady"]) {
      expect(condition(registered, type)).toMatchObject({
        status: "False",
        reason: "ContainersNotReady",
        message: "containers with unready status: [main]",
      });
    }
  });

  it("has not started while a startup probe waits", () => {
    const slow = register(pod("a", {}, { containers: [{ name: "main", startupProbe: probe }] }));
    expect(slow.status.containerStatuses).toMatchObject([{ ready: false, started: false }]);
  });

  it("has its conditions in kubelet's order", () => {
    expect(register(probed).status.conditions?.map(({ type }) => type)).toEqual([
      "Initialized",
      "Ready",
      "ContainersReady",
      "PodScheduled",
    ]);
  });
});

describe("a verdict", () => {
  const ready = [
    { name: "main", ready: true, started: true },
    { name: "side", ready: true, started: true },
  ];

  it("moves lastTransitionTime when a status changes, and only then", () => {
    const registered = register(probed);
    const later = withReadiness(registered, ready, startMs + 60_000);
    expect(condition(later, "Ready")).toMatchObject({ status: "True", lastTransitionTime: "2026-11-01T00:01:00Z" });
    expect(condition(later, "Initialized")?.lastTransitionTime).toBe("2026-11-01T00:00:00Z");
  });

  it("that says nothing new leaves the very same pod", () => {
    const later = withReadiness(register(probed), ready, startMs + 60_000);
    expect(withReadiness(later, ready, startMs + 120_000)).toBe(later);
  });

  it("carries why a container is not ready, and a reason of its own where Kubernetes has none", () => {
    const why = {
      name: "main",
      ready: false,
      started: true,
      reason: "ProbeNeedsAgent",
      message: "main: exec needs an agent",
    };
    expect(condition(withReadiness(probed, [why, ...ready.slice(1)], startMs), "Ready")).toMatchObject({
      reason: "ProbeNeedsAgent",
      message: "containers with unready status: [main]; main: exec needs an agent",
    });
  });

  it("of a pod that has completed is not ready", () => {
    const done: Pod = { ...probed, status: { phase: "Succeeded" } };
    expect(condition(withReadiness(done, ready, startMs), "Ready")).toMatchObject({
      status: "False",
      reason: "PodCompleted",
    });
  });
});

describe("readiness gates", () => {
  const gate = "example.com/lb";
  const gated = pod("a", {}, { readinessGates: [{ conditionType: gate }] });
  const withGate = (status: Condition["status"]): Pod => ({
    ...gated,
    status: { ...gated.status, conditions: [{ type: gate, status }] },
  });
  it.each([
    ["is missing", gated, `corresponding condition of pod readiness gate "${gate}" does not exist.`],
    ["is False", withGate("False"), `the status of pod readiness gate "${gate}" is not "True", but False`],
  ])("hold a pod back whose condition %s", (_, of, message) => {
    expect(condition(register(of), "Ready")).toMatchObject({
      status: "False",
      reason: "ReadinessGatesNotReady",
      message,
    });
    expect(condition(register(of), "ContainersReady")?.status).toBe("True");
  });

  it("let it in when the condition is True, which stays beside the computed ones", () => {
    const registered = register(withGate("True"));
    expect(condition(registered, "Ready")?.status).toBe("True");
    expect(condition(registered, gate)?.status).toBe("True");
  });

  it("are looked at again without news of the containers", () => {
    const waiting = register(withGate("False"));
    const opened: Pod = {
      ...waiting,
      status: {
        ...waiting.status,
        conditions: (waiting.status.conditions ?? []).map((each) =>
          each.type === gate ? { ...each, status: "True" } : each,
        ),
      },
    };
    expect(condition(withReadiness(opened, currentReadiness(opened), startMs), "Ready")?.status).toBe("True");
  });

  it("keeps what a container is not ready for, whatever else changes", () => {
    const unready = [
      { name: "main", ready: false, started: true, reason: "LeaseExpired", message: "not heard of; not at all" },
      { name: "side", ready: true, started: true },
    ];
    const before = withReadiness(probed, unready, startMs);
    expect(withReadiness(before, currentReadiness(before), startMs + 1000)).toBe(before);
  });

  it("forgets that a pod was completed when it runs again", () => {
    const completed = withReadiness(
      { ...probed, status: { phase: "Succeeded" } },
      probed.spec.containers.map(initialReadiness),
      startMs,
    );
    const again: Pod = { ...completed, status: { ...completed.status, phase: "Running" } };
    expect(condition(withReadiness(again, currentReadiness(again), startMs), "ContainersReady")).toMatchObject({
      reason: "ContainersNotReady",
    });
  });
});
