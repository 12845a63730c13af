/**
 * The derivation against a reference that is slow and obvious: it asks, for every pod and every service port, one
 * question after the other, and knows nothing of groups, subsets or order.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EndpointSubset } from "../../src/domain/endpoints.ts";
import type { Pod } from "../../src/domain/pod.ts";
import type { Service, ServiceSpec } from "../../src/domain/service.ts";
import { deriveSliceGroups, type SliceGroup } from "../../src/endpoints/derive-slices.ts";
import { deriveSubsets } from "../../src/endpoints/derive-subsets.ts";
import { readyList } from "../../src/endpoints/ready-list.ts";
import { pod, service } from "../objects.ts";

const ipv4 = fc.constantFrom("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4");
const ipv6 = fc.constantFrom("fd00::1", "fd00::2");

const anyPod: fc.Arbitrary<Pod> = fc
  .record({
    labels: fc.constantFrom({ app: "kubia" }, { app: "kubia", tier: "x" }, { app: "other" }, {}),
    ips: fc.oneof(fc.constant([]), fc.tuple(ipv4), fc.tuple(ipv6), fc.tuple(ipv4, ipv6)),
    phase: fc.constantFrom("Running" as const, "Pending" as const, "Succeeded" as const, "Failed" as const),
    ready: fc.constantFrom("True" as const, "False" as const, undefined),
    terminating: fc.boolean(),
    httpPort: fc.constantFrom(8080, 9090, undefined),
    name: fc.constantFrom(
      { hostname: "h", subdomain: "kubia" },
      { hostname: "h", subdomain: "else" },
      { hostname: "h" },
      {},
    ),
    namespace: fc.constantFrom("default", "default", "default", "other"),
  })
  .map(({ labels, ips, phase, ready, terminating, httpPort, name, namespace }) => {
    const ports = httpPort === undefined ? [] : [{ name: "http", containerPort: httpPort }];
    const made = pod("p", { labels, namespace }, { containers: [{ name: "main", ports }], ...name });
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

const pods = fc
  .array(anyPod, { maxLength: 12 })
  .map((all) => all.map((each, index) => ({ ...each, metadata: { ...each.metadata, name: `p${index}` } })));

const anyService: fc.Arbitrary<Service> = fc
  .record<ServiceSpec>({
    selector: fc.constantFrom({ app: "kubia" }, { app: "kubia", tier: "x" }),
    publishNotReadyAddresses: fc.boolean(),
    clusterIP: fc.constantFrom("None", "10.96.0.1"),
    ipFamilies: fc.constantFrom(["IPv4" as const], ["IPv6" as const], ["IPv4" as const, "IPv6" as const]),
    ports: fc.constantFrom(
      [],
      [{ port: 80 }],
      [
        { name: "web", port: 80, targetPort: "http" },
        { name: "admin", port: 81, targetPort: 8081 },
      ],
    ),
  })
  .map((spec) => service("kubia", spec));

/** One line for each thing that a consumer could see, sorted. */
type Facts = string[];

function isMember(by: Service, of: Pod): boolean {
  const wanted = Object.entries(by.spec.selector ?? {});
  return (
    of.metadata.namespace === by.metadata.namespace &&
    wanted.every(([key, value]) => of.metadata.labels?.[key] === value) &&
    of.status.phase !== "Succeeded" &&
    of.status.phase !== "Failed"
  );
}

function addressIn(of: Pod, family: string): string | undefined {
  return of.status.podIPs?.map(({ ip }) => ip).find((ip) => ip.includes(":") === (family === "IPv6"));
}

function portNumbers(by: Service, of: Pod): string[] {
  const http = of.spec.containers[0]?.ports?.[0]?.containerPort;
  return (by.spec.ports ?? []).flatMap(({ name = "", port, targetPort = port }) => {
    const number = targetPort === "http" ? http : targetPort;
    return number === undefined ? [] : [`${name}=${number}`];
  });
}

function expectedSlices(by: Service, all: readonly Pod[]): Facts {
  return (by.spec.ipFamilies ?? [])
    .flatMap((family) =>
      all.flatMap((of) => {
        const ip = addressIn(of, family);
        if (!isMember(by, of) || ip === undefined) return [];
        const serving = of.status.conditions?.[0]?.status === "True";
        const terminating = of.metadata.deletionTimestamp !== undefined;
        const ready = by.spec.publishNotReadyAddresses === true || (serving && !terminating);
        const hostname = of.spec.subdomain === "kubia" ? of.spec.hostname : undefined;
        return [
          `${family} ${of.metadata.name} ${ip} ${ready} ${serving} ${terminating} ${hostname} ${portNumbers(by, of).join()}`,
        ];
      }),
    )
    .sort();
}

function sliceFacts(groups: readonly SliceGroup[]): Facts {
  return groups
    .flatMap(({ addressType, ports, endpoints }) =>
      endpoints.map(({ addresses, conditions, hostname, targetRef }) => {
        const flags = `${conditions?.ready} ${conditions?.serving} ${conditions?.terminating}`;
        const numbers = ports.map(({ name, port }) => `${name}=${port}`).join();
        return `${addressType} ${targetRef?.name} ${addresses.join()} ${flags} ${hostname} ${numbers}`;
      }),
    )
    .sort();
}

function expectedEndpoints(by: Service, all: readonly Pod[]): Facts {
  const headlessWithoutPorts = by.spec.clusterIP === "None" && by.spec.ports?.length === 0;
  return all
    .flatMap((of) => {
      const ip = addressIn(of, by.spec.ipFamilies?.[0] ?? "IPv4");
      const publishAll = by.spec.publishNotReadyAddresses === true;
      const terminating = of.metadata.deletionTimestamp !== undefined;
      if (!isMember(by, of) || ip === undefined || (terminating && !publishAll)) return [];
      const ready = publishAll || of.status.conditions?.[0]?.status === "True";
      const ports = headlessWithoutPorts ? ["none"] : portNumbers(by, of);
      return ports.map((port) => `${of.metadata.name} ${ip} ${ready} ${port}`);
    })
    .sort();
}

function endpointsFacts(subsets: readonly EndpointSubset[]): Facts {
  return subsets
    .flatMap(({ addresses = [], notReadyAddresses = [], ports }) =>
      (ports?.map(({ name = "", port }) => `${name}=${port}`) ?? ["none"]).flatMap((port) => [
        ...addresses.map(({ ip, targetRef }) => `${targetRef?.name} ${ip} true ${port}`),
        ...notReadyAddresses.map(({ ip, targetRef }) => `${targetRef?.name} ${ip} false ${port}`),
      ]),
    )
    .sort();
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}

describe("for any service and pods, which stay untouched,", () => {
  it("the slices say what the rules say of each pod", () => {
    fc.assert(
      fc.property(anyService, pods, (by, all) => {
        const groups = deriveSliceGroups(deepFreeze(by), deepFreeze(all));
        expect(sliceFacts(groups)).toEqual(expectedSlices(by, all));
      }),
    );
  });

  it("the Endpoints say what the rules say of each pod and port", () => {
    fc.assert(
      fc.property(anyService, pods, (by, all) => {
        expect(endpointsFacts(deriveSubsets(deepFreeze(by), deepFreeze(all)))).toEqual(expectedEndpoints(by, all));
      }),
    );
  });

  it("the Endpoints have each port in one subset for the same addresses, and no address twice in a subset", () => {
    fc.assert(
      fc.property(anyService, pods, (by, all) => {
        const subsets = deriveSubsets(by, all);
        const members = subsets.map(({ addresses, notReadyAddresses }) =>
          JSON.stringify([addresses, notReadyAddresses]),
        );
        expect(new Set(members).size).toBe(subsets.length);
      }),
    );
  });

  it("the same comes out in whatever order the pods come in", () => {
    fc.assert(
      fc.property(anyService, pods, fc.infiniteStream(fc.nat()), (by, all, chance) => {
        const keys = new Map(all.map((each) => [each, chance.next().value]));
        const shuffled = [...all].sort((a, b) => Number(keys.get(a)) - Number(keys.get(b)));
        expect(deriveSubsets(by, shuffled)).toEqual(deriveSubsets(by, all));
        expect(readyList(deriveSliceGroups(by, shuffled), [])).toEqual(readyList(deriveSliceGroups(by, all), []));
      }),
    );
  });

  it("DNS hands out each ready address once", () => {
    fc.assert(
      fc.property(anyService, pods, (by, all) => {
        const list = readyList(deriveSliceGroups(by, all), []);
        const names = list.map(({ ip, hostname }) => `${ip} ${hostname}`);
        expect(new Set(names).size).toBe(names.length);
        const ready = expectedSlices(by, all).filter((fact) => fact.split(" ")[3] === "true");
        expect(new Set(list.map(({ ip }) => ip))).toEqual(new Set(ready.map((fact) => fact.split(" ")[2])));
      }),
    );
  });
});
