import { describe, expect, it } from "vitest";
import { end, Fact } from "../../../scripts/chaos/fact.ts";
import {
  findWrong,
  isMember,
  membership,
  type ModelledPod,
  type ModelledService,
  type PodState,
  type ServiceState,
} from "../../../scripts/chaos/namespace-model.ts";

const ip = "127.71.0.1";

/** A service that selects `a`, and a pod that is labelled so, since 0. */
function setUp(probed = false) {
  const state: PodState = { uid: "p", write: "1", app: "a", terminating: false };
  const service: ModelledService = {
    name: "web",
    headless: true,
    state: new Fact<ServiceState>({ uid: "s", write: "1", app: "a", clusterIP: "None" }, 0),
  };
  const pod: ModelledPod = {
    name: "pod-0",
    ip,
    probe: probed ? { periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 2 } : undefined,
    state: new Fact<PodState>(state, 0),
    healthy: new Fact(true, 0),
  };
  const wrong = (addresses: string[], fromMs: number, healthFromMs = fromMs): string[] =>
    findWrong({ namespace: "n", pods: [pod], services: [service] }, service, addresses, () => ({
      fromMs,
      healthFromMs,
      toMs: 1000,
    })).map(({ why }) => why);
  return { service, pod, state, wrong };
}

describe("an answer for a service", () => {
  it("must hold a pod that is certain to be behind it, and nobody else's", () => {
    const { wrong } = setUp();
    expect(wrong([ip], 0)).toEqual([]);
    expect(wrong([], 0)).toEqual([`${ip} (pod-0) is missing`]);
    expect(wrong([ip, "127.71.9.9"], 0)).toEqual(["127.71.9.9 belongs to no pod of the namespace"]);
  });

  it.each<[string, PodState]>([
    ["deleted", undefined],
    ["relabelled", { uid: "p", write: "2", app: "b", terminating: false }],
    ["terminating", { uid: "p", write: "1", app: "a", terminating: true }],
  ])("may hold a pod that was %s within the window, and not one that was before", (what, next) => {
    const { pod, wrong } = setUp();
    end(pod.state.begin(what, next, 100), "acknowledged", 200);
    for (const addresses of [[ip], []]) expect(wrong(addresses, 199)).toEqual([]);
    expect(wrong([], 200)).toEqual([]);
    expect(wrong([ip], 200)).toEqual([`${ip} (pod-0) is in the answer`]);
  });

  it("may be either while it is not known what has become of a write", () => {
    const { service, wrong } = setUp();
    end(service.state.begin("delete", undefined, 100), "unknown", 200);
    for (const addresses of [[ip], []]) expect(wrong(addresses, 900)).toEqual([]);
  });

  it("may hold a pod whose server failed until that had to be found out", () => {
    const { pod, wrong } = setUp(true);
    end(pod.healthy.begin("fail", false, 100), "acknowledged", 100);
    expect(wrong([ip], 500, 50)).toEqual([]);
    expect(wrong([ip], 500, 100)).toEqual([`${ip} (pod-0) is in the answer`]);
  });

  it("is never compared with a moment that did not exist: a pod that left as its service came", () => {
    const { service, pod, state } = setUp();
    end(pod.state.begin("relabel", { ...state, app: "b" }, 100), "acknowledged", 100);
    end(
      service.state.begin("reselect", { uid: "s", write: "2", app: "b", clusterIP: "None" }, 300),
      "acknowledged",
      300,
    );
    expect(membership(service, pod, { fromMs: 50, healthFromMs: 50, toMs: 400 })).toEqual({
      mayBeIn: true,
      mayBeOut: true,
    });
    expect([50, 200, 400].map((atMs) => isMember(service, pod, atMs))).toEqual([true, false, true]);
  });
});
