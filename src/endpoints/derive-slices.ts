/**
 * The EndpointSlices that a service wants, before they are fitted into the ones that exist: for each address family
 * and set of ports, the endpoints. Pure. Source: k8s.io/endpointslice/reconciler.go and utils.go.
 */
import type { EndpointPort, SliceEndpoint } from "../domain/endpoints.ts";
import type { Pod } from "../domain/pod.ts";
import type { NodeZones } from "../domain/node.ts";
import type { Service } from "../domain/service.ts";
import { candidatesOf, familiesOf, type Candidate, type IpFamily } from "./candidates.ts";

export interface SliceGroup {
  addressType: IpFamily;
  ports: EndpointPort[];
  endpoints: SliceEndpoint[];
}

/** Every family has at least one group: without endpoints it is one without ports, for the placeholder slice. */
export function deriveSliceGroups(service: Service, pods: readonly Pod[], zones: NodeZones = {}): SliceGroup[] {
  return familiesOf(service).flatMap((family) => groupsOf(service, candidatesOf(service, pods, family), family, zones));
}

function groupsOf(
  service: Service,
  candidates: readonly Candidate[],
  family: IpFamily,
  zones: NodeZones,
): SliceGroup[] {
  const groups = new Map<string, SliceGroup>();
  for (const candidate of candidates) {
    const key = portsKey(candidate.ports);
    const group = groups.get(key) ?? { addressType: family, ports: candidate.ports, endpoints: [] };
    group.endpoints.push(toSliceEndpoint(service, candidate, zones));
    groups.set(key, group);
  }
  return groups.size === 0 ? [{ addressType: family, ports: [], endpoints: [] }] : [...groups.values()];
}

/** Two sets of ports are one when they hold the same ports, in whatever order. */
export function portsKey(ports: readonly EndpointPort[]): string {
  return ports
    .map(({ name, port, protocol, appProtocol }) => JSON.stringify([name ?? "", port, protocol ?? "TCP", appProtocol]))
    .sort()
    .join();
}

function toSliceEndpoint(service: Service, candidate: Candidate, zones: NodeZones): SliceEndpoint {
  const { pod, ip, serving, terminating, hostname } = candidate;
  const { nodeName } = pod.spec;
  const zone = nodeName === undefined ? undefined : zones[nodeName];
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating);
  return {
    addresses: [ip.text],
    conditions: { ready, serving, terminating },
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(zone === undefined ? {} : { zone }),
    targetRef: podReference(pod),
    ...(ready ? hintsFor(service, zone, nodeName) : {}),
  };
}

/**
 * Hints of `spec.trafficDistribution`. The annotation `service.kubernetes.io/topology-mode: Auto` shares endpoints out
 * by the nodes' CPUs; no node here reports any, and then Kubernetes gives no hints either.
 */
function hintsFor(service: Service, zone: string | undefined, node: string | undefined): Pick<SliceEndpoint, "hints"> {
  if (zone === undefined) return {};
  switch (service.spec.trafficDistribution) {
    case "PreferClose":
    case "PreferSameZone":
      return { hints: { forZones: [{ name: zone }] } };
    case "PreferSameNode":
      return { hints: { forZones: [{ name: zone }], ...(node === undefined ? {} : { forNodes: [{ name: node }] }) } };
    case undefined:
    default:
      return {};
  }
}

export function podReference(pod: Pod): { kind: string; namespace: string; name: string; uid: string } {
  const { namespace = "", name, uid } = pod.metadata;
  return { kind: "Pod", namespace, name, uid };
}
