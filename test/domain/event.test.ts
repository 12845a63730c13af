import { expect, it } from "vitest";
import { isDnsSubdomain } from "../../src/api/validation/names.ts";
import { happenedAgain, newEvent, type Happening } from "../../src/domain/event.ts";
import { pod } from "../objects.ts";

const nowMs = Date.parse("2026-11-20T10:00:00.7Z");
const unhealthy: Happening = {
  type: "Warning",
  reason: "Unhealthy",
  message: "Readiness probe failed: HTTP probe failed with statuscode: 503",
  source: { component: "kubelet", host: "edge-0" },
  fieldPath: "spec.containers{main}",
};

it("an event tells what happened, when, and to which object", () => {
  const about = pod("web", { namespace: "shop" });
  const event = newEvent(about, unhealthy, { uid: "u1", suffix: "17a", nowMs });
  expect(event).toEqual({
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: "web.17a", namespace: "shop", uid: "u1", creationTimestamp: "2026-11-20T10:00:00Z" },
    involvedObject: {
      apiVersion: "v1",
      kind: "Pod",
      namespace: "shop",
      name: "web",
      uid: about.metadata.uid,
      resourceVersion: "",
      fieldPath: "spec.containers{main}",
    },
    type: "Warning",
    reason: "Unhealthy",
    message: unhealthy.message,
    source: { component: "kubelet", host: "edge-0" },
    firstTimestamp: "2026-11-20T10:00:00Z",
    lastTimestamp: "2026-11-20T10:00:00Z",
    count: 1,
    reportingComponent: "kubelet",
    reportingInstance: "edge-0",
  });
});

it("what happens again is counted, not told again", () => {
  const first = newEvent(pod("web"), unhealthy, { uid: "u1", suffix: "17a", nowMs });
  expect(happenedAgain(first, 4, nowMs + 60_000)).toEqual({
    ...first,
    count: 4,
    lastTimestamp: "2026-11-20T10:01:00Z",
  });
});

it.each(["web", "a".repeat(253), `${"a".repeat(235)}.${"b".repeat(17)}`])(
  "an event about pod %s has a name that a client could have given it",
  (name) => {
    const { metadata } = newEvent(pod(name), unhealthy, { uid: "u1", suffix: "0123456789abcdef", nowMs });
    expect(isDnsSubdomain(metadata.name)).toBeUndefined();
    expect(metadata.name).toMatch(/\.0123456789abcdef$/);
  },
);
