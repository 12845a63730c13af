import { describe, expect, it } from "vitest";
import type { Pod } from "../../src/domain/pod.ts";
import type { ServiceSnapshot } from "../../src/registry/registry.ts";
import { readyPod } from "../objects.ts";
import { carriedOut, kubia, plan } from "./planned.ts";

describe("the last change", () => {
  const trigger = "endpoints.kubernetes.io/last-change-trigger-time";
  const moments = (of: Partial<ServiceSnapshot>): unknown[] =>
    plan(of).map((write) => "object" in write && write.object.metadata.annotations?.[trigger]);
  const turned = (of: Pod, status: "True" | "False", lastTransitionTime: string): Pod => ({
    ...of,
    status: { ...of.status, conditions: [{ type: "Ready", status, lastTransitionTime }] },
  });
  const two = ["a", "b"].map((name, index) =>
    turned(readyPod(name, `10.0.0.${index + 1}`, { labels: { app: "kubia" } }), "True", `2026-11-01T01:00:0${index}Z`),
  );
  const published = carriedOut({ service: kubia, pods: two });
  const [a, b] = two;
  if (a === undefined || b === undefined) throw new Error("two pods were made");

  it("that is told of first is the service's creation", () => {
    expect(moments({ service: kubia, pods: two })).toEqual(Array(2).fill(kubia.metadata.creationTimestamp));
  });

  it("is the earliest change of readiness that had not been published", () => {
    const flipped = [turned(a, "False", "2026-11-01T02:00:09Z"), turned(b, "False", "2026-11-01T02:00:05Z")];
    expect(moments({ service: kubia, pods: flipped, ...published })).toEqual(Array(2).fill("2026-11-01T02:00:05Z"));
    expect(moments({ service: kubia, pods: [a, flipped[1] ?? b], ...published })).toEqual(
      Array(2).fill("2026-11-01T02:00:05Z"),
    );
  });

  it("is that of a new pod, not of those that were there", () => {
    const added = turned(readyPod("c", "10.0.0.3", { labels: { app: "kubia" } }), "True", "2026-11-01T03:00:00Z");
    expect(moments({ service: kubia, pods: [...two, added], ...published })).toEqual(
      Array(2).fill("2026-11-01T03:00:00Z"),
    );
  });

  it("is not told where no object says when it was: no moment rather than a wrong one", () => {
    expect(moments({ service: kubia, pods: [a], ...published })).toEqual([undefined, undefined]);
    const leaving = { ...b, metadata: { ...b.metadata, deletionTimestamp: "2026-11-01T09:00:00Z" } };
    expect(moments({ service: kubia, pods: [a, leaving], ...published })).toEqual([undefined, undefined]);
  });
});
