import { describe, expect, it } from "vitest";
import { endpointSliceKind } from "../../../src/api/kinds/endpoint-slice.ts";
import { endpointsKind } from "../../../src/api/kinds/endpoints.ts";
import type { Kind } from "../../../src/api/kinds/kind.ts";
import { kinds, kindNamed } from "../../../src/api/kinds/kinds.ts";
import { namespaceKind } from "../../../src/api/kinds/namespace.ts";
import { nodeKind } from "../../../src/api/kinds/node.ts";
import { podKind } from "../../../src/api/kinds/pod/pod.ts";
import { serviceKind } from "../../../src/api/kinds/service/service.ts";
import { fieldErrorText } from "../../../src/api/validation/field-error.ts";
import type { EndpointSlice, Endpoints } from "../../../src/domain/endpoints.ts";
import type { Namespace } from "../../../src/domain/namespace.ts";
import { edgeNodeLabel, type Node } from "../../../src/domain/node.ts";
import type { KubeObject } from "../../../src/domain/object.ts";
import { pod, readyPod, service, slice } from "../../objects.ts";

const metadata = pod("x").metadata;
const nowMs = Date.parse("2026-11-01T00:05:03Z");

function row<T extends KubeObject>(kind: Kind<T>, object: T): (string | number)[] {
  return kind.columns.map((column) => column.cell(kind.withDefaults(object), nowMs));
}

function fieldsOf<T extends KubeObject>(kind: Kind<T>, object: T, before?: T): string[] {
  return kind.validate(kind.withDefaults(object), before).map(({ field }) => field);
}

describe("kinds", () => {
  it("are found by apiVersion and kind", () => {
    expect(kindNamed("discovery.k8s.io/v1", "EndpointSlice")).toBe(endpointSliceKind);
    expect(kindNamed("v1", "EndpointSlice")).toBeUndefined();
  });

  it.each(kinds.map((kind) => [kind.kind, kind] as const))("%s fills in the same defaults twice", (_, kind) => {
    const bare = { apiVersion: kind.version, kind: kind.kind, metadata } as KubeObject;
    const once = kind.withDefaults(bare);
    expect(kind.withDefaults(once)).toEqual(once);
    expect(() => kind.validate(once, undefined)).not.toThrow();
  });

  it.each(kinds.map((kind) => [kind.kind, kind] as const))("%s names its objects in one of its columns", (_, kind) => {
    expect(kind.columns.filter(({ format }) => format === "name").map(({ name }) => name)).toEqual(["Name"]);
  });
});

describe("a namespace", () => {
  const namespace: Namespace = { apiVersion: "v1", kind: "Namespace", metadata };

  it("carries its name as a label, and is held by Kubernetes' finalizer", () => {
    expect(namespaceKind.withDefaults(namespace)).toMatchObject({
      metadata: { labels: { "kubernetes.io/metadata.name": "x" } },
      spec: { finalizers: ["kubernetes"] },
      status: { phase: "Active" },
    });
  });

  it("is kept when every cluster has it", () => {
    expect(namespaceKind.whyKept?.({ ...namespace, metadata: { ...metadata, name: "default" } })).toBe(
      "this namespace may not be deleted",
    );
    expect(namespaceKind.whyKept?.(namespace)).toBeUndefined();
  });

  it("shows its phase and age", () => {
    expect(row(namespaceKind, namespace)).toEqual(["x", "Active", "5m3s"]);
    const dying = namespaceKind.markTerminating?.(namespace) ?? namespace;
    expect(row(namespaceKind, dying)[1]).toBe("Terminating");
  });
});

describe("a node", () => {
  const node: Node = { apiVersion: "v1", kind: "Node", metadata };
  const edge: Node = {
    ...node,
    metadata: { ...metadata, name: "edge-0", labels: { [edgeNodeLabel]: "" } },
    spec: { unschedulable: true },
    status: { conditions: [{ type: "Ready", status: "True" }] },
  };

  it("shows whether it is ready, and its roles", () => {
    expect(row(nodeKind, node).slice(0, 4)).toEqual(["x", "Unknown", "<none>", "5m3s"]);
    expect(row(nodeKind, edge).slice(0, 3)).toEqual(["edge-0", "Ready,SchedulingDisabled", "edge"]);
  });

  it("is kept while it is one of Rollcall's own", () => {
    expect(nodeKind.whyKept?.(edge)).toBeTypeOf("string");
    expect(nodeKind.whyKept?.(node)).toBeUndefined();
  });

  it("of another cluster is nobody's but its owner's, whatever its labels say", () => {
    const kubeEdge: Node = { ...node, metadata: { ...metadata, labels: { [edgeNodeLabel]: "" } } };
    expect([nodeKind.whyKept?.(kubeEdge), fieldsOf(nodeKind, kubeEdge)]).toEqual([undefined, []]);
  });

  it("is not created under a name that only Rollcall gives, and may be changed under it", () => {
    expect(nodeKind.validate(edge, undefined).map(fieldErrorText)).toEqual([
      'metadata.name: Invalid value: "edge-0": names like "edge-0" and "edge-weur-1" are reserved for edge nodes, which belong to Rollcall',
    ]);
    expect(fieldsOf(nodeKind, edge, edge)).toEqual([]);
  });
});

describe("endpoints", () => {
  const endpoints = (subsets: Endpoints["subsets"]): Endpoints => ({
    apiVersion: "v1",
    kind: "Endpoints",
    metadata,
    ...(subsets && { subsets }),
  });

  it.each<[string, Endpoints["subsets"], string[]]>([
    ["nothing", undefined, []],
    ["loopback addresses", [{ addresses: [{ ip: "127.0.0.2" }], ports: [{ port: 80 }] }], []],
    ["an empty subset", [{}], ["subsets[0]"]],
    ["an address that is none", [{ addresses: [{ ip: "x" }] }], ["subsets[0].addresses[0].ip"]],
    ["a port out of range", [{ addresses: [{ ip: "10.0.0.1" }], ports: [{ port: 0 }] }], ["subsets[0].ports[0].port"]],
    [
      "ports without names",
      [{ notReadyAddresses: [{ ip: "10.0.0.1" }], ports: [{ port: 1 }, { port: 2 }] }],
      ["subsets[0].ports[0].name", "subsets[0].ports[1].name"],
    ],
  ])("of %s", (_, subsets, fields) => {
    expect(fieldsOf(endpointsKind, endpoints(subsets))).toEqual(fields);
  });

  it("show the first three of their addresses", () => {
    const addresses = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "fd00::1"].map((ip) => ({ ip }));
    expect(row(endpointsKind, endpoints([{ addresses, ports: [{ port: 80 }] }]))[1]).toBe(
      "10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 1 more...",
    );
    expect(row(endpointsKind, endpoints([{ addresses: [{ ip: "fd00::1" }], ports: [{ port: 80 }] }]))[1]).toBe(
      "[fd00::1]:80",
    );
    expect(row(endpointsKind, endpoints(undefined))[1]).toBe("<none>");
  });

  it("may take addresses out of service when their subsets change", () => {
    const before = endpoints([{ addresses: [{ ip: "10.0.0.1" }] }]);
    expect(endpointsKind.takesOutOfService?.(before, endpoints([]))).toBe(true);
    expect(endpointsKind.takesOutOfService?.(before, { ...before, metadata: { ...metadata, labels: {} } })).toBe(false);
  });
});

describe("an endpoint slice", () => {
  const good = slice("x", "web", [{ addresses: ["10.0.0.1"] }]);

  it.each<[string, Partial<EndpointSlice>, string[]]>([
    ["one address", {}, []],
    ["no type", { addressType: "" as "IPv4" }, ["addressType"]],
    ["a type that is none", { addressType: "IPX" as "IPv4" }, ["addressType"]],
    ["an address of another family", { addressType: "IPv6" }, ["endpoints[0].addresses[0]"]],
    ["an endpoint without addresses", { endpoints: [{ addresses: [] }] }, ["endpoints[0].addresses"]],
    ["a host name", { addressType: "FQDN", endpoints: [{ addresses: ["a.example"] }] }, []],
    ["two ports of one name", { ports: [{ port: 1 }, { port: 2 }] }, ["ports[1].name"]],
    [
      "too many endpoints",
      { endpoints: Array.from({ length: 1001 }, () => ({ addresses: ["10.0.0.1"] })) },
      ["endpoints"],
    ],
  ])("with %s", (_, change, fields) => {
    expect(fieldsOf(endpointSliceKind, { ...good, ...change })).toEqual(fields);
  });

  it("keeps its type", () => {
    const changed: EndpointSlice = { ...good, addressType: "IPv6", endpoints: [] };
    expect(fieldsOf(endpointSliceKind, changed, good)).toEqual(["addressType"]);
  });

  it("shows its ports and addresses", () => {
    expect(row(endpointSliceKind, { ...good, ports: [{ port: 80 }] })).toEqual(["x", "IPv4", "80", "10.0.0.1", "5m3s"]);
    expect(row(endpointSliceKind, slice("x", "web"))).toEqual(["x", "IPv4", "<unset>", "<unset>", "5m3s"]);
  });
});

describe("kubectl get shows of", () => {
  it("a pod how ready it is, and where", () => {
    const ready = readyPod("web", "10.0.0.1", {}, { nodeName: "edge-0", readinessGates: [{ conditionType: "a/b" }] });
    expect(row(podKind, ready)).toEqual(["web", "0/1", "Running", 0, "5m3s", "10.0.0.1", "edge-0", "<none>", "0/1"]);
    const dying = { ...ready, metadata: { ...ready.metadata, deletionTimestamp: "2026-11-01T00:00:00Z" } };
    expect(row(podKind, dying)[2]).toBe("Terminating");
  });

  it.each([
    [
      service("web", {
        clusterIP: "10.96.0.9",
        clusterIPs: ["10.96.0.9"],
        ports: [{ port: 80 }],
        selector: { b: "c", a: "b" },
      }),
      ["web", "ClusterIP", "10.96.0.9", "<none>", "80/TCP", "5m3s", "a=b,b=c"],
    ],
    [service("web", { clusterIP: "None" }), ["web", "ClusterIP", "None", "<none>", "<none>", "5m3s", "<none>"]],
    [
      service("web", { type: "ExternalName", externalName: "a.example" } as object),
      ["web", "ExternalName", "<none>", "a.example", "<none>", "5m3s", "<none>"],
    ],
    [
      service("web", { type: "LoadBalancer", ports: [{ port: 53, nodePort: 30053, protocol: "UDP" }] }),
      ["web", "LoadBalancer", "<none>", "<pending>", "53:30053/UDP", "5m3s", "<none>"],
    ],
  ])("a service what it answers with", (object, cells) => {
    expect(row(serviceKind, object)).toEqual(cells);
  });
});
