/** Publications planned and carried out without a registry, as their tests need them. */
import type { Endpoints, EndpointSlice } from "../../src/domain/endpoints.ts";
import { planPublication } from "../../src/endpoints/plan-publication.ts";
import type { PlannedWrite, ServiceSnapshot } from "../../src/registry/registry.ts";
import { readyPod, service } from "../objects.ts";

export const kubia = service("kubia", { selector: { app: "kubia" }, ports: [{ port: 80 }] }, { labels: { team: "a" } });
export const pods = [readyPod("a", "10.0.0.1", { labels: { app: "kubia" } })];

export function snapshot(of: Partial<ServiceSnapshot>): ServiceSnapshot {
  return { epoch: "e", revision: 1, service: undefined, pods: [], zones: {}, slices: [], endpoints: undefined, ...of };
}

export function plan(of: Partial<ServiceSnapshot>): PlannedWrite[] {
  return planPublication(snapshot(of), { nowMs: 0, newUid: () => "new-uid", nameSuffix: () => "abcde" });
}

/** Verb, resource and name of each write. */
export function summary(writes: readonly PlannedWrite[]): string[] {
  return writes.map(
    (write) =>
      `${write.verb} ${write.resource} ${(write.verb === "delete" ? write.before : write.object).metadata.name}`,
  );
}

export function carriedOut(of: Partial<ServiceSnapshot>): Pick<ServiceSnapshot, "slices" | "endpoints"> {
  const writes = plan(of);
  const made = writes.flatMap((write) => (write.verb === "delete" ? [] : [write.object]));
  return {
    slices: made.filter(({ kind }) => kind === "EndpointSlice") as EndpointSlice[],
    endpoints: (made.find(({ kind }) => kind === "Endpoints") ?? of.endpoints) as Endpoints | undefined,
  };
}
