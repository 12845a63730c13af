import { describe, expect, it } from "vitest";
import type { EndpointSlice } from "../../src/domain/endpoints.ts";
import type { Pod } from "../../src/domain/pod.ts";
import type { Service, ServiceSpec } from "../../src/domain/service.ts";
import { publishedGroups } from "../../src/endpoints/plan-publication.ts";
import { readyList } from "../../src/endpoints/ready-list.ts";
import { readyPod, slice } from "../objects.ts";
import { carriedOut, kubia, plan, pods, snapshot, summary } from "./planned.ts";

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

  it("writes nothing for ports in another order", () => {
    const ports = [
      { name: "a", port: 80 },
      { name: "b", port: 81 },
      { name: "c", port: 82, targetPort: "c" },
    ];
    const containers = [{ name: "main", ports: [{ name: "c", containerPort: 8082 }] }];
    const own = [...pods, readyPod("0", "10.0.0.3", { labels: { app: "kubia" } }, { containers })];
    const ordered = (of: typeof ports): Service => ({ ...kubia, spec: { ...kubia.spec, ports: of } });
    const published = carriedOut({ service: ordered(ports), pods: own });
    expect(published.endpoints?.subsets).toHaveLength(2);
    expect(plan({ service: ordered([...ports].reverse()), pods: own, ...published })).toEqual([]);
  });

  it("gives hints, and takes them back, as trafficDistribution comes and goes", () => {
    const near: Service = { ...kubia, spec: { ...kubia.spec, trafficDistribution: "PreferSameZone" } };
    const placed = [readyPod("a", "10.0.0.1", { labels: { app: "kubia" } }, { nodeName: "n1" })];
    const published = carriedOut({ service: kubia, pods: placed, zones: { n1: "z1" } });
    const hinted = carriedOut({ service: near, pods: placed, zones: { n1: "z1" }, ...published });
    expect(hinted.slices[0]?.endpoints[0]?.hints).toEqual({ forZones: [{ name: "z1" }] });
    const back = { service: kubia, pods: placed, zones: { n1: "z1" }, ...hinted };
    expect(carriedOut(back).slices[0]?.endpoints[0]).not.toHaveProperty("hints");
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

  it("takes over no label that is the controller's own, and every other", () => {
    const labels = {
      "kubernetes.io/service-name": "mine",
      "endpointslice.kubernetes.io/managed-by": "me",
      "endpoints.kubernetes.io/managed-by": "me",
      "service.kubernetes.io/headless": "",
    };
    const reserved: Service = { ...kubia, metadata: { ...kubia.metadata, labels } };
    const published = carriedOut({ service: reserved, pods });
    expect(published.slices[0]?.metadata.labels).toEqual({
      "kubernetes.io/service-name": "kubia",
      "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
      "endpoints.kubernetes.io/managed-by": "me",
    });
    expect(published.endpoints?.metadata.labels).toEqual({
      "kubernetes.io/service-name": "mine",
      "endpointslice.kubernetes.io/managed-by": "me",
      "endpoints.kubernetes.io/managed-by": "endpoint-controller",
    });
    expect(plan({ service: reserved, pods, ...published })).toEqual([]);
  });

  it("leaves slices alone that others look after", () => {
    const byHand = slice("by-hand", "kubia", [{ addresses: ["10.0.0.9"] }]);
    expect(summary(plan({ service: kubia, pods, slices: [byHand] })).join()).not.toContain("by-hand");
  });

  it("makes a slice for each family of a dual-stack service, and follows the families when they change", () => {
    const dual = pods.map((each) => ({
      ...each,
      status: { ...each.status, podIPs: [{ ip: "10.0.0.1" }, { ip: "fd::1" }] },
    }));
    const families = (...ipFamilies: ("IPv4" | "IPv6")[]): Service => ({
      ...kubia,
      spec: { ...kubia.spec, ipFamilies },
    });
    const both = carriedOut({ service: families("IPv4", "IPv6"), pods: dual });
    expect(both.slices.map(({ addressType, endpoints }) => [addressType, endpoints[0]?.addresses])).toEqual([
      ["IPv4", ["10.0.0.1"]],
      ["IPv6", ["fd::1"]],
    ]);
    expect(both.endpoints?.subsets?.[0]?.addresses).toMatchObject([{ ip: "10.0.0.1" }]);
    const slices = both.slices.map((each, index) => ({ ...each, metadata: { ...each.metadata, name: `s${index}` } }));
    expect(summary(plan({ ...both, service: families("IPv4"), pods: dual, slices }))).toEqual([
      "delete endpointslices.discovery.k8s.io s1",
    ]);
    expect(summary(plan({ ...both, service: families("IPv6"), pods: dual, slices }))).toEqual([
      "update endpoints kubia",
      "delete endpointslices.discovery.k8s.io s0",
    ]);
  });

  it("makes a placeholder slice a family, and Endpoints without subsets, where there are no pods", () => {
    const published = carriedOut({ service: { ...kubia, spec: { ...kubia.spec, ipFamilies: ["IPv4", "IPv6"] } } });
    expect(published.slices).toMatchObject([
      { addressType: "IPv4", endpoints: [], ports: [] },
      { addressType: "IPv6", endpoints: [], ports: [] },
    ]);
    expect(published.endpoints).not.toHaveProperty("subsets");
  });

  it("removes all of it with the service", () => {
    expect(summary(plan(carriedOut({ service: kubia, pods })))).toEqual([
      "delete endpoints kubia",
      "delete endpointslices.discovery.k8s.io kubia-abcde",
    ]);
  });

  it("deletes the slices of an earlier service of the name, and makes its own", () => {
    const published = carriedOut({ service: kubia, pods });
    const next: Service = { ...kubia, metadata: { ...kubia.metadata, uid: "next" } };
    expect(summary(plan({ service: next, pods, ...published }))).toEqual([
      "create endpointslices.discovery.k8s.io kubia-abcde",
      "delete endpointslices.discovery.k8s.io kubia-abcde",
    ]);
  });

  it("deletes somebody's own slice only when all its owners are services of the name that are gone", () => {
    const owner = { apiVersion: "v1", kind: "Service", name: "kubia", uid: "earlier" };
    const owned = (...ownerReferences: (typeof owner)[]): EndpointSlice => {
      const byHand = slice("by-hand", "kubia", [{ addresses: ["10.0.0.9"] }]);
      return { ...byHand, metadata: { ...byHand.metadata, ownerReferences } };
    };
    const goes = ["delete endpointslices.discovery.k8s.io by-hand"];
    const published = carriedOut({ service: kubia, pods });
    const after = (mine: EndpointSlice): string[] =>
      summary(plan({ service: kubia, pods, ...published, slices: [...published.slices, mine] }));
    expect(after(owned(owner))).toEqual(goes);
    expect(after(owned({ ...owner, uid: kubia.metadata.uid }))).toEqual([]);
    expect(after(owned(owner, { ...owner, kind: "Other" }))).toEqual([]);
    expect(summary(plan({ slices: [owned(owner)] }))).toEqual(goes);
  });
});

describe("Endpoints of more than a thousand pods", () => {
  const many = (count: number): Pod[] =>
    Array.from({ length: count }, (_, index) =>
      readyPod(`p${index}`, `10.1.${Math.floor(index / 250)}.${index % 250}`, { labels: { app: "kubia" } }),
    );
  const all = many(1001);

  it("say that they are cut, until they fit again", () => {
    const cut = carriedOut({ service: kubia, pods: all });
    expect(cut.endpoints?.subsets?.[0]?.addresses).toHaveLength(1000);
    expect(cut.endpoints?.metadata.annotations).toMatchObject({ "endpoints.kubernetes.io/over-capacity": "truncated" });
    expect(plan({ service: kubia, pods: all, ...cut })).toEqual([]);
    const whole = carriedOut({ service: kubia, pods: all.slice(0, 1000), ...cut });
    expect(whole.endpoints?.metadata.annotations ?? {}).not.toHaveProperty("endpoints.kubernetes.io/over-capacity");
    expect(carriedOut({ service: kubia, pods: all }).slices.flatMap((each) => each.endpoints)).toHaveLength(1001);
  });
});

describe("when the selector goes", () => {
  const published = carriedOut({ service: kubia, pods });

  it.each([
    ["is taken away", {}],
    ["is emptied", { selector: {} }],
  ])("and %s, the Endpoints stay as they are, the user's from now on, and are mirrored", (_, spec: ServiceSpec) => {
    const unselecting = { ...kubia, spec };
    expect(summary(plan({ service: unselecting, ...published }))).toEqual([
      "update endpoints kubia",
      "create endpointslices.discovery.k8s.io kubia-abcde",
      "delete endpointslices.discovery.k8s.io kubia-abcde",
    ]);
    const left = carriedOut({ service: unselecting, ...published });
    expect(left.endpoints?.subsets).toEqual(published.endpoints?.subsets);
    expect(left.endpoints?.metadata.labels).toEqual({ team: "a" });
    expect(left.slices).toMatchObject([{ endpoints: [{ addresses: ["10.0.0.1"], conditions: { ready: true } }] }]);
    const state = snapshot({ service: unselecting, ...published });
    expect(readyList(publishedGroups(state), state.slices).map(({ ip }) => ip)).toEqual(["10.0.0.1"]);
  });

  it.each([
    ["with its selector", { ...kubia.spec, type: "ExternalName" as const }],
    ["without", { type: "ExternalName" as const }],
  ])("because the service becomes an alias, %s, all that was derived goes", (_, spec: ServiceSpec) => {
    const alias = { ...kubia, spec };
    expect(summary(plan({ service: alias, pods, ...published }))).toEqual([
      "delete endpoints kubia",
      "delete endpointslices.discovery.k8s.io kubia-abcde",
    ]);
    expect(publishedGroups(snapshot({ service: alias, pods, ...published }))).toEqual([]);
    expect(summary(plan({ service: kubia, pods }))).toHaveLength(2);
  });
});

describe("a service that waits for its finalizers", () => {
  it("gets no new slices, while those that it has are kept right", () => {
    const deletionTimestamp = "2026-11-01T00:00:00Z";
    const going = { ...kubia, metadata: { ...kubia.metadata, deletionTimestamp } };
    expect(summary(plan({ service: going, pods }))).toEqual(["create endpoints kubia"]);
    const published = carriedOut({ service: kubia, pods });
    expect(summary(plan({ service: going, pods: [], ...published }))).toEqual([
      "update endpoints kubia",
      "update endpointslices.discovery.k8s.io kubia-abcde",
    ]);
  });
});
