/** Arbitrary services and pods: few names, addresses and ports, so that they meet, and every state that the rules tell apart. */
import fc from "fast-check";
import type { Container, Pod } from "../../src/domain/pod.ts";
import type { Service, ServiceSpec } from "../../src/domain/service.ts";
import { pod, service } from "../objects.ts";

const ipv4 = fc.constantFrom("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4");
const ipv6 = fc.constantFrom("fd00::1", "fd00::2");

const port = (containerPort: number, protocol?: "UDP") => ({
  name: "http",
  containerPort,
  ...(protocol && { protocol }),
});

const containers = fc.constantFrom<Pick<Pod["spec"], "containers" | "initContainers">>(
  { containers: [{ name: "main" }] },
  { containers: [{ name: "main", ports: [port(8080)] }] },
  { containers: [{ name: "main", ports: [port(9090)] }] },
  { containers: [{ name: "main", ports: [port(5353, "UDP"), port(8080)] }] },
  { containers: [{ name: "main" }, { name: "second", ports: [port(9090)] }] },
  { containers: [{ name: "main" }], initContainers: [sidecar([port(8080)])] },
  { containers: [{ name: "main", ports: [port(9090)] }], initContainers: [sidecar([port(8080), port(5353, "UDP")])] },
  { containers: [{ name: "main" }], initContainers: [{ name: "once", ports: [port(7070)] }] },
);

function sidecar(ports: NonNullable<Container["ports"]>): Container {
  return { name: "sidecar", restartPolicy: "Always", ports };
}

const anyPod: fc.Arbitrary<Pod> = fc
  .record({
    labels: fc.constantFrom({ app: "kubia" }, { app: "kubia", tier: "x" }, { app: "other" }, {}),
    ips: fc.oneof(fc.constant([]), fc.tuple(ipv4), fc.tuple(ipv6), fc.tuple(ipv4, ipv6)),
    phase: fc.constantFrom(
      "Running" as const,
      "Running" as const,
      "Pending" as const,
      "Succeeded" as const,
      "Failed" as const,
    ),
    ready: fc.constantFrom("True" as const, "False" as const, undefined),
    terminating: fc.boolean(),
    containers,
    nodeName: fc.constantFrom("n1", "n2", "constructor"),
    name: fc.constantFrom(
      { hostname: "h", subdomain: "kubia" },
      { hostname: "h", subdomain: "else" },
      { hostname: "h" },
      { subdomain: "kubia" },
      {},
    ),
    namespace: fc.constantFrom("default", "default", "default", "other"),
  })
  .map(({ labels, ips, phase, ready, terminating, containers: of, nodeName, name, namespace }) => {
    const made = pod("p", { labels, namespace }, { ...of, nodeName, ...name });
    return {
      ...made,
      metadata: { ...made.metadata, ...(terminating ? { deletionTimestamp: "2026-11-01T00:00:00Z" } : {}) },
      status: {
        phase,
        podIPs: ips.map((ip) => ({ ip })),
        conditions: ready === undefined ? [] : [{ type: "Ready", status: ready }],
      },
    };
  });

export const anyPods = fc
  .array(anyPod, { maxLength: 12 })
  .map((all) =>
    all.map((each, index) => ({ ...each, metadata: { ...each.metadata, name: `p${index}`, uid: `uid-${index}` } })),
  );

export const zones = { n1: "z1", n2: "" };

/** A service with a selector, as the API would have it stored. */
export const anyService: fc.Arbitrary<Service> = fc
  .record<ServiceSpec>({
    selector: fc.constantFrom({ app: "kubia" }, { app: "kubia", tier: "x" }),
    publishNotReadyAddresses: fc.boolean(),
    clusterIP: fc.constantFrom("None", "10.96.0.1"),
    ipFamilies: fc.constantFrom(
      ["IPv4" as const],
      ["IPv6" as const],
      ["IPv4" as const, "IPv6" as const],
      ["IPv6" as const, "IPv4" as const],
    ),
    ports: fc.constantFrom<NonNullable<ServiceSpec["ports"]>>(
      [],
      [{ port: 80 }],
      [
        { name: "web", port: 80, targetPort: "http" },
        { name: "admin", port: 81, targetPort: 8081, appProtocol: "h2c" },
      ],
      [
        { name: "tcp", port: 53, targetPort: "http" },
        { name: "udp", port: 53, targetPort: "http", protocol: "UDP" },
      ],
    ),
  })
  .map((spec) => {
    const made = service("kubia", spec);
    return { ...made, metadata: { ...made.metadata, uid: "service-uid" } };
  });

/** The same items in another order. */
export function shuffled<T>(items: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...items], { minLength: items.length });
}

export function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}
