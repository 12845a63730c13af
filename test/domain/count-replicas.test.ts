import { expect, it } from "vitest";
import { countReplicas } from "../../src/domain/count-replicas.ts";
import type { Pod } from "../../src/domain/pod.ts";
import { pod, readyPod, replicationController } from "../objects.ts";

const nowMs = Date.parse("2026-11-20T10:00:00Z");
const kubia = replicationController("kubia", { app: "kubia" });
const labels = { app: "kubia" };

function readySince(lastTransitionTime: string): Pod {
  const ready = readyPod("since", "10.0.0.1", { labels });
  return { ...ready, status: { ...ready.status, conditions: [{ type: "Ready", status: "True", lastTransitionTime }] } };
}

function terminating(of: Pod): Pod {
  return { ...of, metadata: { ...of.metadata, deletionTimestamp: "2026-11-20T10:00:30Z" } };
}

it.each<[string, Pod[], object]>([
  ["no pods", [], { replicas: 0 }],
  ["one that is not ready", [pod("a", { labels })], { replicas: 1, fullyLabeledReplicas: 1 }],
  [
    "two, one of them ready",
    [pod("a", { labels }), readyPod("b", "10.0.0.1", { labels })],
    { replicas: 2, fullyLabeledReplicas: 2, readyReplicas: 1, availableReplicas: 1 },
  ],
  [
    "those that have ended, or are about to",
    [terminating(readyPod("a", "10.0.0.1", { labels })), pod("b", { labels }, {}, { phase: "Succeeded" })],
    { replicas: 0 },
  ],
])("of %s a replication controller says so", (_, pods, status) => {
  expect(countReplicas(kubia, pods, nowMs)).toEqual({ status, isWaiting: false });
});

it("a pod that lacks a label of the template is no fully labelled replica", () => {
  const template = {
    ...kubia.spec.template,
    metadata: { labels: { ...labels, tier: "web" } },
    spec: { containers: [] },
  };
  const { status } = countReplicas({ ...kubia, spec: { ...kubia.spec, template } }, [pod("a", { labels })], nowMs);
  expect(status).toEqual({ replicas: 1 });
});

it("the generation of the spec that was counted for is told", () => {
  const second = { ...kubia, metadata: { ...kubia.metadata, generation: 2 } };
  expect(countReplicas(second, [], nowMs).status).toEqual({ replicas: 0, observedGeneration: 2 });
});

it.each([
  ["2026-11-20T09:59:50Z", { replicas: 1, fullyLabeledReplicas: 1, readyReplicas: 1, availableReplicas: 1 }, false],
  ["2026-11-20T09:59:51Z", { replicas: 1, fullyLabeledReplicas: 1, readyReplicas: 1 }, true],
])(
  "a pod ready since %s is available after minReadySeconds, and is waited for until then",
  (since, status, isWaiting) => {
    const patient = { ...kubia, spec: { ...kubia.spec, minReadySeconds: 10 } };
    expect(countReplicas(patient, [readySince(since)], nowMs)).toEqual({ status, isWaiting });
  },
);
