/**
 * The subsets of a service's Endpoints object: for each port the addresses behind it, ports with the same addresses
 * in one subset. Pure. Source: pkg/controller/endpoint and k8s.io/kubernetes/pkg/api/v1/endpoints (RepackSubsets).
 */
import type { EndpointAddress, EndpointPort, EndpointSubset } from "../domain/endpoints.ts";
import type { Pod } from "../domain/pod.ts";
import { isHeadless, type Service } from "../domain/service.ts";
import { candidatesOf, compareText, familiesOf, type Candidate } from "./candidates.ts";
import { podReference, portsKey } from "./derive-slices.ts";
import { oncePer } from "./once-per.ts";

/** Kubernetes' limit of addresses in one Endpoints object, ready and not ready together. */
const maxAddresses = 1000;

interface Backend {
  address: EndpointAddress;
  ready: boolean;
}

/** What a candidate is behind each of its ports. */
interface Share {
  /** Two pods may share an address, each in a state of its own. */
  id: string;
  backend: Backend;
  ports: { key: string; port: EndpointPort | undefined }[];
}

/** Endpoints know one family, the service's first, and no terminating pods but for publishNotReadyAddresses. */
export function deriveSubsets(service: Service, pods: readonly Pod[]): EndpointSubset[] {
  const publishAll = service.spec.publishNotReadyAddresses === true;
  const [family = "IPv4"] = familiesOf(service);
  const candidates = candidatesOf(service, pods, family).filter(({ terminating }) => publishAll || !terminating);
  const byPort = new Map<string, { port: EndpointPort | undefined; backends: Map<string, Backend> }>();
  for (const candidate of candidates) {
    const { id, backend, ports } = shareIn(service)(candidate);
    for (const { key, port } of ports) {
      const entry = byPort.get(key) ?? { port, backends: new Map<string, Backend>() };
      entry.backends.set(id, backend);
      byPort.set(key, entry);
    }
  }
  return repack([...byPort.values()]);
}

const shareIn = oncePer((service: Service) => oncePer((candidate: Candidate) => shareOf(service, candidate)));

function shareOf(service: Service, candidate: Candidate): Share {
  const ready = service.spec.publishNotReadyAddresses === true || candidate.serving;
  const ports = endpointsPorts(service, candidate);
  return {
    id: `${candidate.ip.text} ${candidate.pod.metadata.uid}`,
    backend: { address: toAddress(candidate), ready },
    ports: ports.map((port) => ({ key: port === undefined ? "" : portsKey([port]), port })),
  };
}

/** A headless service without ports still lists its pods, behind no port. */
function endpointsPorts(service: Service, candidate: Candidate): (EndpointPort | undefined)[] {
  if (isHeadless(service) && (service.spec.ports ?? []).length === 0) return [undefined];
  return candidate.ports.map(({ name, ...port }) => (name === "" || name === undefined ? port : { name, ...port }));
}

function toAddress({ pod, ip, hostname }: Candidate): EndpointAddress {
  return {
    ip: ip.text,
    ...(hostname === undefined ? {} : { hostname }),
    ...(pod.spec.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
    targetRef: podReference(pod),
  };
}

function repack(entries: { port: EndpointPort | undefined; backends: Map<string, Backend> }[]): EndpointSubset[] {
  const subsets = new Map<string, { ports: EndpointPort[]; backends: Backend[] }>();
  for (const { port, backends } of entries) {
    const sorted = [...backends.entries()].sort(([a], [b]) => compareText(a, b));
    // Where all are behind one port, there is no other that it could share a subset with.
    const key = entries.length === 1 ? "" : JSON.stringify(sorted.map(([id, { ready }]) => [id, ready]));
    const subset = subsets.get(key) ?? { ports: [], backends: sorted.map(([, backend]) => backend) };
    if (port !== undefined) subset.ports.push(port);
    subsets.set(key, subset);
  }
  return [...subsets.values()]
    .map(toSubset)
    .sort((a, b) => compareText(JSON.stringify(a.ports), JSON.stringify(b.ports)));
}

function toSubset({ ports, backends }: { ports: EndpointPort[]; backends: Backend[] }): EndpointSubset {
  const addresses = backends.filter(({ ready }) => ready).map(({ address }) => address);
  const notReadyAddresses = backends.filter(({ ready }) => !ready).map(({ address }) => address);
  return {
    ...nonEmpty("addresses", addresses),
    ...nonEmpty("notReadyAddresses", notReadyAddresses),
    ...(ports.length === 0 ? {} : { ports: ports.sort((a, b) => compareText(portsKey([a]), portsKey([b]))) }),
  };
}

/**
 * At most `maxAddresses` over all subsets: ready ones first, and of those that do not all fit, from each subset in
 * proportion, rounded up as long as there is room.
 */
export function truncateSubsets(subsets: readonly EndpointSubset[]): { subsets: EndpointSubset[]; truncated: boolean } {
  const ready = subsets.map(({ addresses = [] }) => addresses);
  const notReady = subsets.map(({ notReadyAddresses = [] }) => notReadyAddresses);
  const readyCount = ready.flat().length;
  if (readyCount + notReady.flat().length <= maxAddresses) return { subsets: [...subsets], truncated: false };
  const readyCut = cut(ready, maxAddresses);
  const notReadyCut = cut(notReady, Math.max(0, maxAddresses - readyCount));
  const truncated = subsets.map(({ ports }, index) => ({
    ...nonEmpty("addresses", readyCut[index]),
    ...nonEmpty("notReadyAddresses", notReadyCut[index]),
    ...(ports === undefined ? {} : { ports }),
  }));
  // A subset without any address is not valid.
  const kept = truncated.filter((subset) => "addresses" in subset || "notReadyAddresses" in subset);
  return { subsets: kept, truncated: true };
}

/** The beginnings of the lists, `room` entries in all. */
function cut(lists: readonly EndpointAddress[][], room: number): EndpointAddress[][] {
  const count = lists.flat().length;
  if (count <= room) return [...lists];
  let left = room;
  return lists.map((list) => {
    const kept = list.slice(0, Math.min(left, Math.ceil((list.length / count) * room)));
    left -= kept.length;
    return kept;
  });
}

function nonEmpty<Name extends string>(
  name: Name,
  list: EndpointAddress[] | undefined,
): { [key in Name]?: EndpointAddress[] } {
  return list === undefined || list.length === 0 ? {} : ({ [name]: list } as { [key in Name]?: EndpointAddress[] });
}
