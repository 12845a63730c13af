import { describe, expect, it } from "vitest";
import { isSeconds, leaseOf, readinessWithoutLease, unreadySinceMs } from "../../src/domain/pod-lease.ts";
import type { Pod } from "../../src/domain/pod.ts";
import { withReadiness } from "../../src/domain/readiness.ts";
import { pod } from "../objects.ts";

const createdMs = Date.parse("2026-11-01T00:00:00Z");

function leased(annotations: Record<string, string>): Pod {
  return pod("a", { annotations });
}

describe("a pod's lease", () => {
  it.each([
    ["1", true],
    ["31536000", true],
    ["0", false],
    ["31536001", false],
    ["-5", false],
    ["1.5", false],
    ["30s", false],
    ["", false],
    ["1e3", false],
  ])("of %j seconds is one: %j", (text, isOne) => {
    expect(isSeconds(text)).toBe(isOne);
    expect(leaseOf(leased({ "rollcall.dev/lease-seconds": text }), undefined) !== undefined).toBe(isOne);
  });

  it("runs from the pod's creation until it was heard of, then from that", () => {
    const pod = leased({ "rollcall.dev/lease-seconds": "30" });
    expect(leaseOf(pod, undefined)).toMatchObject({ endMs: createdMs + 30_000, removalMs: Infinity });
    expect(leaseOf(pod, createdMs + 5000)).toMatchObject({
      endMs: createdMs + 35_000,
      message: "the pod's lease of 30 s was last renewed at 2026-11-01T00:00:05Z",
    });
  });

  it("ends in the pod's removal, when it says after how long", () => {
    const pod = leased({ "rollcall.dev/lease-seconds": "30", "rollcall.dev/expire-after-seconds": "600" });
    expect(leaseOf(pod, undefined)?.removalMs).toBe(createdMs + 630_000);
  });

  it("does not bind a pod that has finished", () => {
    const finished = leased({ "rollcall.dev/lease-seconds": "30" });
    expect(leaseOf({ ...finished, status: { phase: "Succeeded" } }, undefined)).toBeUndefined();
  });

  it("once expired makes the pod not ready, with reason and message", () => {
    const ready = withReadiness(
      leased({ "rollcall.dev/lease-seconds": "30" }),
      [{ name: "main", ready: true, started: true }],
      createdMs,
    );
    const lease = leaseOf(ready, undefined);
    if (lease === undefined) throw new Error("the pod has a lease");
    const expired = withReadiness(ready, readinessWithoutLease(ready, lease), createdMs + 30_000);
    for (const type of ["Ready", "ContainersReady"]) {
      expect(expired.status.conditions?.find((condition) => condition.type === type)).toEqual({
        type,
        status: "False",
        reason: "LeaseExpired",
        message:
          "containers with unready status: [main]; the pod's lease of 30 s was last renewed at 2026-11-01T00:00:00Z",
        lastTransitionTime: "2026-11-01T00:00:30Z",
      });
    }
    expect(unreadySinceMs(ready)).toBeUndefined();
    expect(unreadySinceMs(expired)).toBe(createdMs + 30_000);
  });
});
