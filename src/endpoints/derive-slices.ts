/**
 * The EndpointSlices that a service wants, before they are fitted into the ones that exist: for each address family
 * and set of ports, the endpoints. Pure. Source: k8s.io/endpointslice/reconciler.go and utils.go.
 */
import type { EndpointPort, SliceEndpoint } from "../domain/endpoints.ts";
import type { Pod } from "../domain/pod.ts";
import { zoneLabel, type NodeZones } from "../domain/node.ts";
import type { Service } from "../domain/service.ts";
import { candidatesOf, familiesOf, type Candidate, type IpFamily } from "./candidates.ts";
import { keptFor, oncePer } from "./once-per.ts";

/** The values of `spec.trafficDistribution`; PreferClose is the older name of PreferSameZone. */
const distributions: ReadonlySet<string> = new Set(["PreferClose", "PreferSameZone", "PreferSameNode"]);

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
    group.endpoints.push(endpointIn(service)(candidate)(zoneOf(candidate.pod, zones)));
    groups.set(key, group);
  }
  return groups.size === 0 ? [{ addressType: family, ports: [], endpoints: [] }] : [...groups.values()];
}

/** Two sets of ports are one when they hold the same ports, in whatever order. */
export const portsKey = oncePer((ports: readonly EndpointPort[]) =>
  ports
    .map(({ name, port, protocol, appProtocol }) => JSON.stringify([name ?? "", port, protocol ?? "TCP", appProtocol]))
    .sort()
    .join(),
);

/** The endpoint that a candidate is in a zone, whose name is empty for none. */
const endpointIn = oncePer((service: Service) =>
  oncePer((candidate: Candidate) => keptFor((zone) => toSliceEndpoint(service, candidate, zone || undefined))),
);

function toSliceEndpoint(service: Service, candidate: Candidate, zone: string | undefined): SliceEndpoint {
  const { pod, ip, serving, terminating, hostname } = candidate;
  const { nodeName } = pod.spec;
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

/** The pod's own, or else that of its node; empty for none, as a label without a value. */
function zoneOf({ metadata, spec }: Pod, zones: NodeZones): string {
  const { nodeName = "" } = spec;
  // Own keys only: a node may be called `constructor`.
  const ofNode = Object.hasOwn(zones, nodeName) ? zones[nodeName] : undefined;
  return metadata.labels?.[zoneLabel] || (ofNode ?? "");
}

/**
 * Hints of `spec.trafficDistribution`, which yields to the annotation `topology-mode: Auto`. That shares endpoints out
 * by the nodes' CPUs, and gives no hints while any node is without a zone or CPUs, as edge nodes are.
 */
function hintsFor(service: Service, zone: string | undefined, node: string | undefined): Pick<SliceEndpoint, "hints"> {
  const wish = service.spec.trafficDistribution;
  if (wish === undefined || !distributions.has(wish) || usesTopologyMode(service)) return {};
  const hints = {
    ...(zone === undefined ? {} : { forZones: [{ name: zone }] }),
    ...(node === undefined || wish !== "PreferSameNode" ? {} : { forNodes: [{ name: node }] }),
  };
  return Object.keys(hints).length === 0 ? {} : { hints };
}

/** The older of the two annotations counts where both are set. */
function usesTopologyMode({ metadata: { annotations } }: Service): boolean {
  const older = annotations?.["service.kubernetes.io/topology-aware-hints"];
  const mode = older ?? annotations?.["service.kubernetes.io/topology-mode"];
  return mode === "Auto" || mode === "auto";
}

export function podReference(pod: Pod): { kind: string; namespace: string; name: string; uid: string } {
  const { namespace = "", name, uid } = pod.metadata;
  return { kind: "Pod", namespace, name, uid };
}
