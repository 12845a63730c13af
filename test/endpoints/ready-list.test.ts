import { describe, expect, it } from "vitest";
import type { EndpointSlice } from "../../src/domain/endpoints.ts";
import { deriveSliceGroups } from "../../src/endpoints/derive-slices.ts";
import { readyList } from "../../src/endpoints/ready-list.ts";
import { readyPod, slice } from "../objects.ts";
import { kubia, unready, web } from "./kubia.ts";

describe("the ready list", () => {
  it("merges slices, each address once, with the ports of both", () => {
    const groups = deriveSliceGroups(web(), [readyPod("a", "10.0.0.1", kubia)]);
    const byHand: EndpointSlice = {
      ...slice("by-hand", "kubia", [{ addresses: ["10.0.0.1"] }, { addresses: ["10.0.0.9"], conditions: {} }]),
      ports: [{ name: "x", port: 1 }],
    };
    expect(readyList(groups, [byHand])).toEqual([
      {
        ip: "10.0.0.1",
        pod: "a",
        ports: [
          { name: "", protocol: "TCP", port: 8080 },
          { name: "x", protocol: "TCP", port: 1 },
        ],
      },
      { ip: "10.0.0.9", ports: [{ name: "x", protocol: "TCP", port: 1 }] },
    ]);
  });

  it.each([[undefined], [{}], [{ ready: true }], [{ ready: true, serving: false, terminating: true }]])(
    "takes an endpoint written by hand with conditions %j",
    (conditions) => {
      const endpoint = { addresses: ["10.0.0.1"], ...(conditions && { conditions }) };
      expect(readyList([], [slice("by-hand", "kubia", [endpoint])]).map(({ ip }) => ip)).toEqual(["10.0.0.1"]);
    },
  );

  it("says whose an address is, and where that is", () => {
    const labels = { ...kubia.labels, "topology.kubernetes.io/zone": "AMS" };
    const pods = [
      readyPod("a", "10.0.0.1", { labels }, { nodeName: "edge-weur-3" }),
      readyPod("b", "10.0.0.2", kubia, { nodeName: "edge-0" }),
    ];
    expect(readyList(deriveSliceGroups(web(), pods), [])).toMatchObject([
      { ip: "10.0.0.1", pod: "a", zone: "AMS", region: "weur" },
      { ip: "10.0.0.2", pod: "b" },
    ]);
  });

  it("takes none that is written down as not ready", () => {
    const endpoint = { addresses: ["10.0.0.1"], conditions: { ready: false, serving: true } };
    expect(readyList([], [slice("by-hand", "kubia", [endpoint])])).toEqual([]);
  });

  it("takes an address that is ready for one of its two pods", () => {
    const pods = [unready(readyPod("a", "10.0.0.1", kubia)), readyPod("b", "10.0.0.1", kubia)];
    expect(readyList(deriveSliceGroups(web(), pods), []).map(({ ip }) => ip)).toEqual(["10.0.0.1"]);
  });

  it("leaves out what is published, which may lag behind the pods", () => {
    const stale = slice("kubia-abcde", "kubia", [{ addresses: ["10.0.0.1"] }]);
    const by = { "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io" };
    const published = { ...stale, metadata: { ...stale.metadata, labels: { ...stale.metadata.labels, ...by } } };
    expect(readyList([], [published])).toEqual([]);
  });

  it("leaves out slices of names, and addresses that are none", () => {
    const names: EndpointSlice = {
      ...slice("f", "kubia", [{ addresses: ["example.com", "10.0.0.7"] }]),
      addressType: "FQDN",
    };
    expect(readyList([], [names, slice("g", "kubia", [{ addresses: ["10.0.0.256"] }])])).toEqual([]);
  });
});
