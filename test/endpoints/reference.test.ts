/**
 * The derivation against a reference that is slow and obvious: it asks, for every pod and every service port, one
 * question after the other, and knows nothing of groups, subsets or order.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EndpointPort, EndpointSubset } from "../../src/domain/endpoints.ts";
import type { Pod } from "../../src/domain/pod.ts";
import type { Service, ServicePort } from "../../src/domain/service.ts";
import { deriveSliceGroups, type SliceGroup } from "../../src/endpoints/derive-slices.ts";
import { deriveSubsets } from "../../src/endpoints/derive-subsets.ts";
import { readyList } from "../../src/endpoints/ready-list.ts";
import { anyPods, anyService, deepFreeze, shuffled, zones } from "./any-cluster.ts";

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
  return (by.spec.ports ?? []).flatMap((port) => {
    const { name = "", protocol = "TCP", appProtocol } = port;
    const number = portNumber(port, of);
    return number === undefined ? [] : [`${name}=${number}/${protocol}/${appProtocol}`];
  });
}

function portNumber({ port, targetPort = port, protocol = "TCP" }: ServicePort, of: Pod): number | undefined {
  if (typeof targetPort === "number") return targetPort;
  const { containers, initContainers = [] } = of.spec;
  for (const container of [...containers, ...initContainers]) {
    if (initContainers.includes(container) && container.restartPolicy !== "Always") continue;
    for (const candidate of container.ports ?? []) {
      if (candidate.name === targetPort && (candidate.protocol ?? "TCP") === protocol) return candidate.containerPort;
    }
  }
  return undefined;
}

function portFacts(ports: readonly EndpointPort[]): string[] {
  return ports.map(({ name = "", port, protocol, appProtocol }) => `${name}=${port}/${protocol}/${appProtocol}`);
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
        const { name } = of.metadata;
        const place = `${of.spec.nodeName} ${of.spec.nodeName === "n1" ? "z1" : undefined}`;
        const ports = portNumbers(by, of).sort().join();
        return [`${family} ${name} ${ip} ${ready} ${serving} ${terminating} ${hostname} ${place} ${ports}`];
      }),
    )
    .sort();
}

function sliceFacts(groups: readonly SliceGroup[]): Facts {
  return groups
    .flatMap(({ addressType, ports, endpoints }) =>
      endpoints.map(({ addresses, conditions, hostname, targetRef, nodeName, zone }) => {
        const flags = `${conditions?.ready} ${conditions?.serving} ${conditions?.terminating}`;
        const place = `${nodeName} ${zone}`;
        const numbers = portFacts(ports).sort().join();
        return `${addressType} ${targetRef?.name} ${addresses.join()} ${flags} ${hostname} ${place} ${numbers}`;
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
      (ports === undefined ? ["none"] : portFacts(ports)).flatMap((port) => [
        ...addresses.map(({ ip, targetRef }) => `${targetRef?.name} ${ip} true ${port}`),
        ...notReadyAddresses.map(({ ip, targetRef }) => `${targetRef?.name} ${ip} false ${port}`),
      ]),
    )
    .sort();
}

describe("for any service and pods, which stay untouched,", () => {
  it("the slices say what the rules say of each pod", () => {
    fc.assert(
      fc.property(anyService, anyPods, (by, all) => {
        const groups = deriveSliceGroups(deepFreeze(by), deepFreeze(all), deepFreeze(zones));
        expect(sliceFacts(groups)).toEqual(expectedSlices(by, all));
      }),
    );
  });

  it("the Endpoints say what the rules say of each pod and port", () => {
    fc.assert(
      fc.property(anyService, anyPods, (by, all) => {
        expect(endpointsFacts(deriveSubsets(deepFreeze(by), deepFreeze(all)))).toEqual(expectedEndpoints(by, all));
      }),
    );
  });

  it("the Endpoints have all ports of the same addresses in one subset, and each port in one subset", () => {
    fc.assert(
      fc.property(anyService, anyPods, (by, all) => {
        const subsets = deriveSubsets(by, all);
        const members = subsets.map(({ addresses, notReadyAddresses }) =>
          JSON.stringify([addresses, notReadyAddresses]),
        );
        expect(new Set(members).size).toBe(subsets.length);
        const ports = subsets.flatMap((subset) => portFacts(subset.ports ?? []));
        expect(new Set(ports).size).toBe(ports.length);
      }),
    );
  });

  it("the same comes out in whatever order the pods come in", () => {
    const inTwoOrders = anyPods.chain((all) => fc.tuple(fc.constant(all), shuffled(all)));
    fc.assert(
      fc.property(anyService, inTwoOrders, (by, [all, other]) => {
        expect(JSON.stringify(deriveSubsets(by, other))).toBe(JSON.stringify(deriveSubsets(by, all)));
        const groups = deriveSliceGroups(by, all);
        expect(JSON.stringify(deriveSliceGroups(by, other))).toBe(JSON.stringify(groups));
        expect(readyList(deriveSliceGroups(by, other), [])).toEqual(readyList(groups, []));
      }),
    );
  });

  it("DNS hands out each ready address once", () => {
    fc.assert(
      fc.property(anyService, anyPods, (by, all) => {
        const list = readyList(deriveSliceGroups(by, all), []);
        const names = list.map(({ ip, hostname }) => `${ip} ${hostname}`);
        expect(new Set(names).size).toBe(names.length);
        const ready = expectedSlices(by, all).filter((fact) => fact.split(" ")[3] === "true");
        expect(new Set(list.map(({ ip }) => ip))).toEqual(new Set(ready.map((fact) => fact.split(" ")[2])));
      }),
    );
  });
});
