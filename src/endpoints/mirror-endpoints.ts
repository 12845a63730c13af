/**
 * Endpoints written by hand, for a service without a selector, as EndpointSlices. Pure.
 * Source: pkg/controller/endpointslicemirroring (reconciler.go, utils.go).
 */
import {
  isDerived,
  type EndpointAddress,
  type EndpointPort,
  type Endpoints,
  type EndpointSubset,
  type SliceEndpoint,
} from "../domain/endpoints.ts";
import { parseIp } from "../domain/ip.ts";
import { hasSelector, type Service } from "../domain/service.ts";
import type { IpFamily } from "./candidates.ts";
import type { SliceGroup } from "./derive-slices.ts";
import { endpointKey, groupKey } from "./plan-slices.ts";

const skipMirrorLabel = "endpointslice.kubernetes.io/skip-mirror";
const leaderAnnotation = "control-plane.alpha.kubernetes.io/leader";
/** kube-controller-manager's default for --mirroring-max-endpoints-per-subset; a slice holds as many. */
export const maxMirroredEndpoints = 1000;

/**
 * Whether somebody's Endpoints stand for the endpoints of the service. A selector that is taken away leaves its
 * Endpoints to the user as they are; what was derived for a service that has become an alias stands for nothing.
 */
export function isMirrored(service: Service | undefined, endpoints: Endpoints | undefined): endpoints is Endpoints {
  if (service === undefined || endpoints === undefined || hasSelector(service)) return false;
  if (service.spec.type === "ExternalName" && isDerived(endpoints)) return false;
  const { labels, annotations } = endpoints.metadata;
  return labels?.[skipMirrorLabel] !== "true" && annotations?.[leaderAnnotation] === undefined;
}

/** A group for each address family and set of ports; none where nothing is written. */
export function mirrorGroups(endpoints: Endpoints): SliceGroup[] {
  const groups = new Map<string, SliceGroup>();
  for (const subset of endpoints.subsets ?? []) {
    const ports = (subset.ports ?? []).map((port) => toSlicePort(port));
    for (const { addressType, endpoint } of mirroredOf(subset)) {
      const key = groupKey({ addressType, ports });
      const group = groups.get(key) ?? { addressType, ports, endpoints: [] };
      group.endpoints.push(endpoint);
      groups.set(key, group);
    }
  }
  return [...groups.values()].map((group) => ({ ...group, endpoints: eachOnce(group.endpoints) }));
}

/** How many addresses the mirror leaves out, since their subset has too many. */
export function skippedAddresses({ subsets = [] }: Endpoints): number {
  const skipped = subsets.map((subset) => Math.max(0, addressesIn(subset) - maxMirroredEndpoints));
  return skipped.reduce((sum, each) => sum + each, 0);
}

function addressesIn({ addresses = [], notReadyAddresses = [] }: EndpointSubset): number {
  return addresses.length + notReadyAddresses.length;
}

/** Ready ones first, so that these remain when there are too many. */
function mirroredOf(subset: EndpointSubset): { addressType: IpFamily; endpoint: SliceEndpoint }[] {
  const ready = (subset.addresses ?? []).flatMap((address) => toEndpoint(address, true));
  const notReady = (subset.notReadyAddresses ?? []).flatMap((address) => toEndpoint(address, false));
  return [...ready, ...notReady].slice(0, maxMirroredEndpoints);
}

/** A not-ready mark beats ready for the same address. */
function eachOnce(endpoints: readonly SliceEndpoint[]): SliceEndpoint[] {
  const once = new Map<string, SliceEndpoint>();
  for (const endpoint of endpoints) {
    const key = endpointKey(endpoint);
    if (once.get(key)?.conditions?.ready !== false) once.set(key, endpoint);
  }
  return [...once.values()].slice(0, maxMirroredEndpoints);
}

function toEndpoint(address: EndpointAddress, ready: boolean): { addressType: IpFamily; endpoint: SliceEndpoint }[] {
  const ip = parseIp(address.ip);
  if (ip === undefined) return [];
  const { hostname, nodeName, targetRef } = address;
  const endpoint = {
    addresses: [ip.text],
    conditions: { ready },
    ...(hostname ? { hostname } : {}),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(targetRef === undefined ? {} : { targetRef }),
  };
  return [{ addressType: ip.family === 4 ? "IPv4" : "IPv6", endpoint }];
}

function toSlicePort({ name = "", port, protocol = "TCP", appProtocol }: EndpointPort): EndpointPort {
  return {
    name,
    ...(port === undefined ? {} : { port }),
    protocol,
    ...(appProtocol === undefined ? {} : { appProtocol }),
  };
}
