/**
 * The EndpointSlices that a service wants, before they are fitted into the ones that exist: for each address family
 * and set of ports, the endpoints. Pure. Source: k8s.io/endpointslice/reconciler.go and utils.go.
 */
import type { EndpointPort, SliceEndpoint } from "../domain/endpoints.ts";
import type { Pod } from "../domain/pod.ts";
import type { Service } from "../domain/service.ts";
import { candidatesOf, familiesOf, type Candidate, type IpFamily } from "./candidates.ts";

export interface SliceGroup {
  addressType: IpFamily;
  ports: EndpointPort[];
  endpoints: SliceEndpoint[];
}

/** Every family has at least one group: without endpoints it is one without ports, for the placeholder slice. */
export function deriveSliceGroups(service: Service, pods: readonly Pod[]): SliceGroup[] {
  return familiesOf(service).flatMap((family) => groupsOf(service, pods, family));
}

function groupsOf(service: Service, pods: readonly Pod[], family: IpFamily): SliceGroup[] {
  const groups = new Map<string, SliceGroup>();
  for (const candidate of candidatesOf(service, pods, family)) {
    const key = portsKey(candidate.ports);
    const group = groups.get(key) ?? { addressType: family, ports: candidate.ports, endpoints: [] };
    group.endpoints.push(toSliceEndpoint(service, candidate));
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

function toSliceEndpoint(service: Service, candidate: Candidate): SliceEndpoint {
  const { pod, ip, serving, terminating, hostname } = candidate;
  const publishAll = service.spec.publishNotReadyAddresses === true;
  return {
    addresses: [ip.text],
    conditions: { ready: publishAll || (serving && !terminating), serving, terminating },
    ...(hostname === undefined ? {} : { hostname }),
    ...(pod.spec.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
    targetRef: podReference(pod),
  };
}

export function podReference(pod: Pod): { kind: string; namespace: string; name: string; uid: string } {
  const { namespace = "", name, uid } = pod.metadata;
  return { kind: "Pod", namespace, name, uid };
}
