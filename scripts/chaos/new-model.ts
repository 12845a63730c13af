/** The namespaces of a run as they are before anything is written: names, addresses, probes. Pure. */
import type { Chance } from "./chance.ts";
import { Fact } from "./fact.ts";
import { podsPerNamespace } from "./namespace-life.ts";
import type { ModelledProbe, NamespaceModel, PodState, ServiceState } from "./namespace-model.ts";

export function newModel(namespaces: number, chance: Chance, nowMs: number): NamespaceModel[] {
  return Array.from({ length: namespaces }, (_, index) => ({
    namespace: `chaos-${index}`,
    services: [
      { name: "steady", headless: true, state: new Fact<ServiceState>(undefined, nowMs) },
      { name: "moving", headless: true, state: new Fact<ServiceState>(undefined, nowMs) },
      { name: "virtual", headless: false, state: new Fact<ServiceState>(undefined, nowMs) },
    ],
    pods: Array.from({ length: podsPerNamespace }, (_, pod) => ({
      name: `pod-${pod}`,
      ip: `127.71.${index}.${pod + 1}`,
      probe: pod % 2 === 0 ? undefined : newProbe(chance),
      state: new Fact<PodState>(undefined, nowMs),
      healthy: new Fact(false, nowMs),
    })),
  }));
}

function newProbe(chance: Chance): ModelledProbe {
  return {
    periodSeconds: chance.pick([1, 2]),
    timeoutSeconds: chance.pick([1, 2]),
    failureThreshold: chance.pick([2, 3]),
  };
}
