import { describe, expect, it } from "vitest";
import type { Endpoints } from "../../src/domain/endpoints.ts";
import { publishedGroups } from "../../src/endpoints/plan-publication.ts";
import { readyList } from "../../src/endpoints/ready-list.ts";
import { service } from "../objects.ts";
import { carriedOut, kubia, plan, pods, snapshot, summary } from "./planned.ts";

const plain = service("plain", {});

function endpoints(name: string, ip: string, meta: Partial<Endpoints["metadata"]> = {}): Endpoints {
  const { metadata } = service(name);
  const subsets = [
    { addresses: [{ ip, hostname: "h" }], notReadyAddresses: [{ ip: "fd00::1" }], ports: [{ port: 80 }] },
  ];
  return { apiVersion: "v1", kind: "Endpoints", metadata: { ...metadata, ...meta }, subsets };
}

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

  it("follows labels and annotations of what it mirrors, also when they go, but not kubectl's own", () => {
    const decorated = endpoints("plain", "10.9.0.1", { labels: { x: "y" }, annotations: { note: "z" } });
    const { slices } = carriedOut({ service: plain, endpoints: decorated });
    const applied = {
      "kubectl.kubernetes.io/last-applied-configuration": "{}",
      "endpoints.kubernetes.io/last-change-trigger-time": "2026-11-01T00:00:00Z",
    };
    const bare = { ...decorated, metadata: { ...decorated.metadata, labels: {}, annotations: applied } };
    const [first, second] = slices.map((each, index) => ({
      ...each,
      metadata: { ...each.metadata, name: `s${index}` },
    }));
    if (first === undefined || second === undefined) throw new Error("one slice a family was expected");
    const followed = carriedOut({ service: plain, endpoints: bare, slices: [first, second] }).slices;
    expect(followed.map(({ metadata }) => metadata)).toMatchObject([{ name: "s0" }, { name: "s1" }]);
    for (const { metadata } of followed) {
      expect(metadata).not.toHaveProperty("annotations");
      expect(metadata.labels).not.toHaveProperty("x");
    }
    expect(plan({ service: plain, endpoints: bare, slices: followed })).toEqual([]);
  });

  it("mirrors subsets of the same ports as one slice, in which a not-ready mark beats ready", () => {
    const ports = [{ port: 80 }];
    const twice: Endpoints = {
      ...endpoints("plain", "10.9.0.1"),
      subsets: [
        { addresses: [{ ip: "10.9.0.1" }, { ip: "10.9.0.2" }], notReadyAddresses: [{ ip: "10.9.0.1" }], ports },
        { addresses: [{ ip: "10.9.0.1" }, { ip: "10.9.0.3" }], ports: [{ name: "", port: 80, protocol: "TCP" }] },
      ],
    };
    const { slices } = carriedOut({ service: plain, endpoints: twice });
    expect(slices).toHaveLength(1);
    expect(slices[0]?.ports).toEqual([{ name: "", port: 80, protocol: "TCP" }]);
    expect(slices[0]?.endpoints.map(({ addresses, conditions }) => [addresses[0], conditions])).toEqual([
      ["10.9.0.1", { ready: false }],
      ["10.9.0.2", { ready: true }],
      ["10.9.0.3", { ready: true }],
    ]);
    const state = snapshot({ service: plain, endpoints: twice, slices });
    expect(readyList(publishedGroups(state), slices).map(({ ip }) => ip)).toEqual(["10.9.0.2", "10.9.0.3"]);
    expect(plan({ service: plain, endpoints: twice, slices })).toEqual([]);
  });

  it("mirrors one address under two names as two endpoints", () => {
    const subsets = [
      {
        addresses: [
          { ip: "10.9.0.1", hostname: "a" },
          { ip: "10.9.0.1", hostname: "b" },
        ],
      },
    ];
    const named: Endpoints = { ...endpoints("plain", "10.9.0.1"), subsets };
    const { slices } = carriedOut({ service: plain, endpoints: named });
    expect(slices).toMatchObject([{ ports: [], endpoints: [{ hostname: "a" }, { hostname: "b" }] }]);
  });

  it("mirrors a thousand addresses of a subset into one slice, the ready ones first", () => {
    const addresses = (net: number, count: number): { ip: string }[] =>
      Array.from({ length: count }, (_, index) => ({ ip: `10.${net}.${Math.floor(index / 250)}.${index % 250}` }));
    const subsets = [{ notReadyAddresses: addresses(1, 600), addresses: addresses(2, 600) }];
    const { slices } = carriedOut({ service: plain, endpoints: { ...endpoints("plain", ""), subsets } });
    expect(slices.map((each) => each.endpoints.length)).toEqual([1000]);
    expect(slices[0]?.endpoints.filter(({ conditions }) => conditions?.ready)).toHaveLength(600);
  });

  it("mirrors no more than a thousand of subsets with the same ports, which are one slice", () => {
    const half = (net: number): Endpoints["subsets"] => [
      { addresses: Array.from({ length: 600 }, (_, at) => ({ ip: `10.${net}.${Math.floor(at / 250)}.${at % 250}` })) },
    ];
    const subsets = [...(half(1) ?? []), ...(half(2) ?? [])];
    const { slices } = carriedOut({ service: plain, endpoints: { ...endpoints("plain", ""), subsets } });
    expect(slices.map((each) => each.endpoints.length)).toEqual([1000]);
  });

  it("mirrors Endpoints that were there before their service, when it comes", () => {
    const early = endpoints("plain", "10.9.0.1");
    expect(plan({ service: undefined, endpoints: early })).toEqual([]);
    expect(carriedOut({ service: plain, endpoints: early }).slices).toHaveLength(2);
  });

  it("takes the mirror away with the service, and leaves the Endpoints to whoever deletes what goes with it", () => {
    const byHand = endpoints("plain", "10.9.0.1");
    const { slices } = carriedOut({ service: plain, endpoints: byHand });
    const writes = plan({ endpoints: byHand, slices });
    expect(writes.map(({ verb, resource }) => `${verb} ${resource}`)).toEqual(
      slices.map(() => "delete endpointslices.discovery.k8s.io"),
    );
  });

  it("writes over Endpoints written by hand, and takes their mirror away, when a selector comes", () => {
    const byHand = endpoints("kubia", "10.9.0.1", { annotations: { note: "z" } });
    const { slices } = carriedOut({ service: { ...kubia, spec: {} }, endpoints: byHand });
    const writes = plan({ service: kubia, pods, endpoints: byHand, slices });
    expect(summary(writes).slice(0, 2)).toEqual([
      "update endpoints kubia",
      "create endpointslices.discovery.k8s.io kubia-abcde",
    ]);
    expect(writes.filter(({ verb }) => verb === "delete")).toHaveLength(slices.length);
  });
});
