/**
 * Which pods are behind a service, at which address and on which ports: the rules that Endpoints and EndpointSlices
 * share. Pure. Source: k8s.io/endpointslice and pkg/controller/endpoint.
 */
import type { EndpointPort } from "../domain/endpoints.ts";
import { parseIp, type Ip } from "../domain/ip.ts";
import {
  isPodFinished,
  isPodReady,
  isPodTerminating,
  podAddresses,
  resolvePort,
  servingContainers,
  type Pod,
} from "../domain/pod.ts";
import { selectorMatches } from "../domain/labels.ts";
import type { Service } from "../domain/service.ts";
import { oncePer } from "./once-per.ts";

export type IpFamily = "IPv4" | "IPv6";

/** A pod with an address of the wanted family, whether or not traffic may go there. */
export interface Candidate {
  pod: Pod;
  ip: Ip;
  /** The pod says that it is Ready. */
  serving: boolean;
  terminating: boolean;
  /** Only if the pod asks for a name under this very service. */
  hostname: string | undefined;
  /** The service's ports as this pod has them; a named target port that it lacks is left out. */
  ports: EndpointPort[];
}

/** The service's families, in its order; a service that names none is taken for IPv4. */
export function familiesOf(service: Service): IpFamily[] {
  const { ipFamilies = [] } = service.spec;
  return ipFamilies.length === 0 ? ["IPv4"] : ipFamilies;
}

/** In order of namespace and name; pods without an address of the family, and pods that have ended, are none. */
export function candidatesOf(service: Service, pods: readonly Pod[], family: IpFamily): Candidate[] {
  const candidateOf = candidateIn(service)[family];
  return pods.flatMap((pod) => candidateOf(pod)).sort((a, b) => compareText(a.pod.metadata.name, b.pod.metadata.name));
}

const candidateIn = oncePer((service: Service) => ({
  IPv4: oncePer((pod: Pod) => candidateOf(service, pod, "IPv4")),
  IPv6: oncePer((pod: Pod) => candidateOf(service, pod, "IPv6")),
}));

/** The candidate that the pod is, or none. */
function candidateOf(service: Service, pod: Pod, family: IpFamily): Candidate[] {
  if (pod.metadata.namespace !== service.metadata.namespace) return [];
  if (!selectorMatches(service.spec.selector, pod.metadata.labels) || isPodFinished(pod)) return [];
  const ip = addressOf(pod, family);
  return ip === undefined ? [] : [candidate(service, pod, ip)];
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function candidate(service: Service, pod: Pod, ip: Ip): Candidate {
  const { hostname, subdomain } = pod.spec;
  return {
    pod,
    ip,
    serving: isPodReady(pod),
    terminating: isPodTerminating(pod),
    hostname: subdomain === service.metadata.name && hostname ? hostname : undefined,
    ports: portsOf(service, pod),
  };
}

function addressOf(pod: Pod, family: IpFamily): Ip | undefined {
  return podAddresses(pod)
    .map((text) => parseIp(text))
    .find((ip) => ip !== undefined && (ip.family === 4) === (family === "IPv4"));
}

function portsOf(service: Service, pod: Pod): EndpointPort[] {
  return (service.spec.ports ?? []).flatMap((port) => {
    const protocol = port.protocol ?? "TCP";
    const number = resolvePort(port.targetPort ?? port.port, servingContainers(pod), protocol);
    if (number === undefined) return [];
    const appProtocol = port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol };
    return [{ name: port.name ?? "", port: number, protocol, ...appProtocol }];
  });
}
