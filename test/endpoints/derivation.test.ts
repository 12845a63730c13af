import { describe, expect, it } from "vitest";
import type { Container, Pod } from "../../src/domain/pod.ts";
import type { Service } from "../../src/domain/service.ts";
import { deriveSliceGroups } from "../../src/endpoints/derive-slices.ts";
import { deriveSubsets } from "../../src/endpoints/derive-subsets.ts";
import { readyList } from "../../src/endpoints/ready-list.ts";
import { pod, readyPod } from "../objects.ts";
import { kubia, terminating, unready, web } from "./kubia.ts";

/** What the three consumers see of one pod behind one service. */
function seen(of: Pod, by: Service = web()): { endpoints: string; slice: string; dns: string[] } {
  const subsets = deriveSubsets(by, [of]);
  const groups = deriveSliceGroups(by, [of]);
  const conditions = groups[0]?.endpoints[0]?.conditions;
  const flag = (value: boolean | undefined): string => (value === undefined ? "-" : value ? "t" : "f");
  return {
    endpoints: subsets[0]?.addresses ? "address" : subsets[0]?.notReadyAddresses ? "not ready" : "absent",
    slice: [conditions?.ready, conditions?.serving, conditions?.terminating].map(flag).join(""),
    dns: readyList(groups, []).map(({ ip }) => ip),
  };
}

describe("a pod behind a service", () => {
  const ready = readyPod("a", "10.0.0.1", kubia);
  const all = web({ publishNotReadyAddresses: true });
  it.each([
    ["ready", ready, web(), { endpoints: "address", slice: "ttf", dns: ["10.0.0.1"] }],
    ["not ready", unready(ready), web(), { endpoints: "not ready", slice: "fff", dns: [] }],
    ["terminating, ready", terminating(ready), web(), { endpoints: "absent", slice: "ftt", dns: [] }],
    ["terminating, not ready", terminating(unready(ready)), web(), { endpoints: "absent", slice: "fft", dns: [] }],
    ["not ready, published", unready(ready), all, { endpoints: "address", slice: "tff", dns: ["10.0.0.1"] }],
    ["terminating, published", terminating(ready), all, { endpoints: "address", slice: "ttt", dns: ["10.0.0.1"] }],
  ])("that is %s", (_, of, by, expected) => {
    expect(seen(of, by)).toEqual(expected);
  });

  it.each([
    ["has ended", { ...ready, status: { ...ready.status, phase: "Succeeded" as const } }],
    ["has failed", { ...ready, status: { ...ready.status, phase: "Failed" as const } }],
    ["has no address", pod("a", kubia)],
    ["has no address of the family", readyPod("a", "fd00::1", kubia)],
    ["lives elsewhere", readyPod("a", "10.0.0.1", { ...kubia, namespace: "other" })],
    ["has other labels", readyPod("a", "10.0.0.1", { labels: { app: "other" } })],
  ])("that %s is no endpoint", (_, of) => {
    expect(seen(of, all)).toEqual({ endpoints: "absent", slice: "---", dns: [] });
  });

  it("has a name of its own only under the service that its subdomain names", () => {
    const named = readyPod("a", "10.0.0.1", kubia, { hostname: "web-0", subdomain: "kubia" });
    const elsewhere = readyPod("b", "10.0.0.2", kubia, { hostname: "web-1", subdomain: "other" });
    expect(deriveSliceGroups(web(), [named, elsewhere])[0]?.endpoints.map(({ hostname }) => hostname)).toEqual([
      "web-0",
      undefined,
    ]);
  });

  it("is listed as IPv4 by a service that names no families", () => {
    for (const ipFamilies of [undefined, []]) {
      const by = web(ipFamilies === undefined ? {} : { ipFamilies });
      expect(deriveSliceGroups(by, [ready])).toMatchObject([{ addressType: "IPv4", endpoints: [{}] }]);
    }
  });

  it("is listed in both families of a dual-stack service, and in Endpoints in the first alone", () => {
    const dual = { ...ready, status: { ...ready.status, podIPs: [{ ip: "10.0.0.1" }, { ip: "FD00:0::1" }] } };
    const by = web({ ipFamilies: ["IPv6", "IPv4"] });
    expect(deriveSliceGroups(by, [dual]).map((group) => [group.addressType, group.endpoints[0]?.addresses])).toEqual([
      ["IPv6", ["fd00::1"]],
      ["IPv4", ["10.0.0.1"]],
    ]);
    expect(deriveSubsets(by, [dual])[0]?.addresses?.map(({ ip }) => ip)).toEqual(["fd00::1"]);
  });
});

describe("zones and hints", () => {
  const ready = readyPod("a", "10.0.0.1", kubia, { nodeName: "n1" });
  const zones = { n1: "z1" };
  it.each([
    [undefined, undefined],
    ["PreferClose", { forZones: [{ name: "z1" }] }],
    ["PreferSameZone", { forZones: [{ name: "z1" }] }],
    ["PreferSameNode", { forZones: [{ name: "z1" }], forNodes: [{ name: "n1" }] }],
  ])("with trafficDistribution %s", (trafficDistribution, hints) => {
    const by = web(trafficDistribution === undefined ? {} : { trafficDistribution });
    const [endpoint] = deriveSliceGroups(by, [ready], zones)[0]?.endpoints ?? [];
    expect(endpoint).toMatchObject({ nodeName: "n1", zone: "z1" });
    expect(endpoint?.hints).toEqual(hints);
  });

  it("are the pod's own where it is labelled, whatever its node says", () => {
    const labels = { ...kubia.labels, "topology.kubernetes.io/zone": "z2" };
    const pod = readyPod("a", "10.0.0.1", { labels }, { nodeName: "n1" });
    expect(deriveSliceGroups(web(), [pod], zones)[0]?.endpoints[0]).toMatchObject({ zone: "z2" });
  });

  it("leave out an endpoint that is not ready, or whose node has no zone", () => {
    const by = web({ trafficDistribution: "PreferClose" });
    expect(deriveSliceGroups(by, [unready(ready)], zones)[0]?.endpoints[0]).not.toHaveProperty("hints");
    expect(deriveSliceGroups(by, [ready], {})[0]?.endpoints[0]).not.toHaveProperty("hints");
    const everywhere = web({ trafficDistribution: "Everywhere" });
    expect(deriveSliceGroups(everywhere, [ready], zones)[0]?.endpoints[0]).not.toHaveProperty("hints");
  });

  it("name the node alone where it has no zone", () => {
    const by = web({ trafficDistribution: "PreferSameNode" });
    expect(deriveSliceGroups(by, [ready], {})[0]?.endpoints[0]?.hints).toEqual({ forNodes: [{ name: "n1" }] });
  });

  it.each([
    [{ "service.kubernetes.io/topology-mode": "Auto" }, undefined],
    [{ "service.kubernetes.io/topology-aware-hints": "auto" }, undefined],
    [{ "service.kubernetes.io/topology-mode": "Disabled" }, { forZones: [{ name: "z1" }] }],
    [
      { "service.kubernetes.io/topology-mode": "Auto", "service.kubernetes.io/topology-aware-hints": "Disabled" },
      { forZones: [{ name: "z1" }] },
    ],
  ])("yield to the topology mode: %j", (annotations, hints) => {
    const plain = web({ trafficDistribution: "PreferClose" });
    const by = { ...plain, metadata: { ...plain.metadata, annotations } };
    expect(deriveSliceGroups(by, [ready], zones)[0]?.endpoints[0]?.hints).toEqual(hints);
  });

  it.each([
    ["of a label without a value", "n1", { n1: "" }],
    ["of a node called like what every object has", "constructor", {}],
  ])("are none: %s", (_, nodeName, of) => {
    const by = web({ trafficDistribution: "PreferClose" });
    const [endpoint] = deriveSliceGroups(by, [readyPod("a", "10.0.0.1", kubia, { nodeName })], of)[0]?.endpoints ?? [];
    expect(endpoint).toMatchObject({ nodeName });
    expect(endpoint).not.toHaveProperty("zone");
    expect(endpoint).not.toHaveProperty("hints");
  });
});

describe("named target ports", () => {
  const by = web({
    ports: [
      { name: "http", port: 80, targetPort: "http" },
      { name: "dns", port: 53, targetPort: "dns", protocol: "UDP" },
    ],
  });
  const withPort = (name: string, ip: string, containerPort: number): Pod =>
    readyPod(name, ip, kubia, { containers: [{ name: "main", ports: [{ name: "http", containerPort }] }] });

  it("that differ between pods make a subset and a slice each", () => {
    const pods = [withPort("a", "10.0.0.1", 8080), withPort("b", "10.0.0.2", 9090), withPort("c", "10.0.0.3", 8080)];
    expect(
      deriveSubsets(by, pods).map(({ addresses, ports }) => [addresses?.map(({ ip }) => ip), ports?.[0]?.port]),
    ).toEqual([
      [["10.0.0.1", "10.0.0.3"], 8080],
      [["10.0.0.2"], 9090],
    ]);
    expect(deriveSliceGroups(by, pods).map(({ ports, endpoints }) => [ports[0]?.port, endpoints.length])).toEqual([
      [8080, 2],
      [9090, 1],
    ]);
  });

  it("that a pod lacks leave it in a slice without ports, and out of Endpoints", () => {
    const lacking = readyPod("a", "10.0.0.1", kubia);
    expect(deriveSubsets(by, [lacking])).toEqual([]);
    expect(deriveSliceGroups(by, [lacking])).toMatchObject([{ ports: [], endpoints: [{ addresses: ["10.0.0.1"] }] }]);
  });

  it("are found by protocol too, be there a port of the same name and another protocol", () => {
    const both = web({
      ports: [
        { name: "dns", port: 53, targetPort: "dns", protocol: "UDP" },
        { name: "dns-tcp", port: 53, targetPort: "dns" },
      ],
    });
    const ports = [
      { name: "dns", containerPort: 5353, protocol: "UDP" as const },
      { name: "dns", containerPort: 5354 },
    ];
    const answering = readyPod("a", "10.0.0.1", kubia, { containers: [{ name: "main", ports }] });
    expect(deriveSubsets(both, [answering])[0]?.ports).toEqual([
      { name: "dns", port: 5353, protocol: "UDP" },
      { name: "dns-tcp", port: 5354, protocol: "TCP" },
    ]);
    const [udp] = ports;
    const deaf = readyPod("a", "10.0.0.1", kubia, { containers: [{ name: "main", ports: udp ? [udp] : [] }] });
    expect(deriveSubsets(both, [deaf])[0]?.ports).toEqual([{ name: "dns", port: 5353, protocol: "UDP" }]);
  });

  it("are looked up in the containers first, then in init containers that keep running, and in no others", () => {
    const port = (containerPort: number): NonNullable<Container["ports"]> => [{ name: "http", containerPort }];
    const sidecar = { name: "sidecar", restartPolicy: "Always", ports: port(9090) };
    const once = { name: "once", ports: port(7070) };
    const number = (containers: Container[], initContainers: Container[]): number | undefined =>
      deriveSliceGroups(by, [readyPod("a", "10.0.0.1", kubia, { containers, initContainers })])[0]?.ports[0]?.port;
    expect(number([{ name: "main", ports: port(8080) }], [sidecar])).toBe(8080);
    expect(number([{ name: "main" }], [once, sidecar])).toBe(9090);
    expect(number([{ name: "main" }], [once])).toBeUndefined();
  });
});
