import { describe, expect, it } from "vitest";
import type { Endpoints, EndpointSlice } from "../../src/domain/endpoints.ts";
import type { Service } from "../../src/domain/service.ts";
import { planPublication, publishedGroups } from "../../src/endpoints/plan-publication.ts";
import type { PlannedWrite } from "../../src/endpoints/planned-write.ts";
import { readyList } from "../../src/endpoints/ready-list.ts";
import type { ServiceSnapshot } from "../../src/registry/registry.ts";
import { readyPod, service, slice } from "../objects.ts";

const kubia = service("kubia", { selector: { app: "kubia" }, ports: [{ port: 80 }] }, { labels: { team: "a" } });
const plain = service("plain", {});
const pods = [readyPod("a", "10.0.0.1", { labels: { app: "kubia" } })];

function endpoints(name: string, ip: string, meta: Partial<Endpoints["metadata"]> = {}): Endpoints {
  const { metadata } = service(name);
  const subsets = [
    { addresses: [{ ip, hostname: "h" }], notReadyAddresses: [{ ip: "fd00::1" }], ports: [{ port: 80 }] },
  ];
  return { apiVersion: "v1", kind: "Endpoints", metadata: { ...metadata, ...meta }, subsets };
}

function snapshot(of: Partial<ServiceSnapshot>): ServiceSnapshot {
  return { epoch: "e", revision: 1, service: undefined, pods: [], zones: {}, slices: [], endpoints: undefined, ...of };
}

function plan(of: Partial<ServiceSnapshot>): PlannedWrite[] {
  return planPublication(snapshot(of), { nowMs: 0, newUid: () => "new-uid", nameSuffix: () => "abcde" });
}

/** Verb, resource and name of each write. */
function summary(writes: readonly PlannedWrite[]): string[] {
  return writes.map(
    (write) =>
      `${write.verb} ${write.resource} ${(write.verb === "delete" ? write.before : write.object).metadata.name}`,
  );
}

function carriedOut(of: Partial<ServiceSnapshot>): Pick<ServiceSnapshot, "slices" | "endpoints"> {
  const writes = plan(of);
  const made = writes.flatMap((write) => (write.verb === "delete" ? [] : [write.object]));
  return {
    slices: made.filter(({ kind }) => kind === "EndpointSlice") as EndpointSlice[],
    endpoints: (made.find(({ kind }) => kind === "Endpoints") ?? of.endpoints) as Endpoints | undefined,
  };
}

describe("publishing a service with a selector", () => {
  it("makes Endpoints of its name and a slice of its own, with its labels", () => {
    const writes = plan({ service: kubia, pods });
    expect(summary(writes)).toEqual(["create endpoints kubia", "create endpointslices.discovery.k8s.io kubia-abcde"]);
    expect(writes.map((write) => "object" in write && write.object.metadata.labels)).toEqual([
      { team: "a", "endpoints.kubernetes.io/managed-by": "endpoint-controller" },
      {
        team: "a",
        "kubernetes.io/service-name": "kubia",
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
      },
    ]);
  });

  it("is done when it was carried out", () => {
    expect(plan({ service: kubia, pods, ...carriedOut({ service: kubia, pods }) })).toEqual([]);
  });

  it("labels a headless one, and follows its labels", () => {
    const published = carriedOut({ service: kubia, pods });
    const headless: Service = { ...kubia, spec: { ...kubia.spec, clusterIP: "None" } };
    const writes = plan({ service: headless, pods, ...published });
    expect(summary(writes)).toEqual(["update endpoints kubia", "update endpointslices.discovery.k8s.io kubia-abcde"]);
    for (const write of writes) {
      expect("object" in write && write.object.metadata.labels).toMatchObject({ "service.kubernetes.io/headless": "" });
    }
  });

  it("leaves slices alone that others look after", () => {
    const byHand = slice("by-hand", "kubia", [{ addresses: ["10.0.0.9"] }]);
    expect(summary(plan({ service: kubia, pods, slices: [byHand] }))).not.toContain(expect.stringContaining("by-hand"));
  });

  it("mends what somebody changed in what it published", () => {
    const published = carriedOut({ service: kubia, pods });
    const tampered = published.slices.map((each) => ({ ...each, endpoints: [] }));
    expect(summary(plan({ service: kubia, pods, endpoints: published.endpoints, slices: tampered }))).toEqual([
      "update endpointslices.discovery.k8s.io kubia-abcde",
    ]);
  });

  it("removes all of it with the service", () => {
    expect(summary(plan(carriedOut({ service: kubia, pods })))).toEqual([
      "delete endpointslices.discovery.k8s.io kubia-abcde",
      "delete endpoints kubia",
    ]);
  });

  it("removes what was derived when the selector goes", () => {
    const published = carriedOut({ service: kubia, pods });
    const unselecting = { ...kubia, spec: {} };
    expect(summary(plan({ service: unselecting, ...published }))).toEqual([
      "delete endpointslices.discovery.k8s.io kubia-abcde",
      "delete endpoints kubia",
    ]);
  });
});

describe("publishing a service without a selector", () => {
  it("writes nothing of its own", () => {
    expect(plan({ service: plain })).toEqual([]);
  });

  it("mirrors Endpoints written by hand, a slice a family, and hands them out in DNS", () => {
    const byHand = endpoints("plain", "10.9.0.1", { labels: { x: "y" }, annotations: { note: "z" } });
    const { slices } = carriedOut({ service: plain, endpoints: byHand });
    expect(slices).toMatchObject([
      {
        addressType: "IPv4",
        endpoints: [{ addresses: ["10.9.0.1"], conditions: { ready: true }, hostname: "h" }],
        metadata: { labels: { x: "y" }, annotations: { note: "z" }, ownerReferences: [{ kind: "Endpoints" }] },
      },
      { addressType: "IPv6", endpoints: [{ addresses: ["fd00::1"], conditions: { ready: false } }] },
    ]);
    const state = snapshot({ service: plain, endpoints: byHand, slices });
    expect(readyList(publishedGroups(state), slices).map(({ ip }) => ip)).toEqual(["10.9.0.1"]);
    expect(plan({ service: plain, endpoints: byHand, slices })).toEqual([]);
  });

  it.each([
    ["that say not to be", { labels: { "endpointslice.kubernetes.io/skip-mirror": "true" } }],
    ["that elect a leader", { annotations: { "control-plane.alpha.kubernetes.io/leader": "{}" } }],
  ])("mirrors no Endpoints %s", (_, meta) => {
    expect(plan({ service: plain, endpoints: endpoints("plain", "10.9.0.1", meta) })).toEqual([]);
  });

  it("takes the mirror away with the Endpoints", () => {
    const { slices } = carriedOut({ service: plain, endpoints: endpoints("plain", "10.9.0.1") });
    expect(summary(plan({ service: plain, slices }))).toHaveLength(slices.length);
  });

  it("leaves Endpoints written by hand alone when there is no service, or not yet", () => {
    expect(plan({ service: undefined, endpoints: endpoints("early", "10.9.0.1") })).toEqual([]);
  });
});
