/**
 * What stands at a service's name and below it. Source: Kubernetes DNS-Based Service Discovery 1.1.0 §2.3 to §2.5;
 * dns.md sections 2 to 4 and 7, with CoreDNS's extras of V16 and V17.
 */
import type { ServiceEntry } from "./catalogue.ts";
import type { Choice } from "./choice.ts";
import type { Lookup } from "./lookup.ts";
import { emptyName, nothing, type Place } from "./place.ts";
import type { Question, ServicePart } from "./question.ts";
import { NamedPorts, type EndpointPort, type NamedAddresses, type ReadyEndpoints } from "./ready-endpoints.ts";
import { internetRecord, type Rdata, type ResourceRecord } from "./wire/message.ts";
import type { Name } from "./wire/name.ts";
import type { Zone } from "./zones.ts";

/** Who takes a service's traffic: its ready endpoints, or its cluster IPs, which stand under the service's own name. */
interface Backends {
  addresses: NamedAddresses;
  /** Their label is empty for the service's own name. */
  ports: NamedPorts;
  named(label: string): NamedAddresses | undefined;
}

export async function placeOfService(question: Question & { kind: "service" }, lookup: Lookup): Promise<Place> {
  const { namespace, service, part, zone } = question;
  const entry = lookup.service(namespace, service);
  if (entry === undefined) return nothing(lookup.config.ttlSeconds);
  if (part.kind === "nothing") return nothing(entry.ttlSeconds);
  if (part.kind === "choice" && !lookup.config.choices) return nothing(entry.ttlSeconds);
  switch (entry.kind) {
    case "external":
      return placeOfAlias(entry, part);
    case "cluster-ip":
      return part.kind === "endpoint" || part.kind === "choice"
        ? placeAmongEndpoints(part, entry, zone, lookup)
        : placeOfPart(part, clusterIpBackends(entry), entry, zone);
    case "headless":
      return placeAmongEndpoints(part, entry, zone, lookup);
  }
}

export function serviceName(entry: ServiceEntry, zone: Zone): Name {
  return [entry.name, entry.namespace, "svc", ...zone.name];
}

function placeOfAlias(entry: ServiceEntry & { kind: "external" }, part: ServicePart): Place {
  const { ttlSeconds, target } = entry;
  if (part.kind !== "itself") return nothing(ttlSeconds);
  return target === undefined ? emptyName(ttlSeconds) : { kind: "alias", ttlSeconds, target };
}

/** A headless service without a ready endpoint does not exist, nor does anything below it (Spec 2.4.1). */
async function placeAmongEndpoints(part: ServicePart, entry: ServiceEntry, zone: Zone, lookup: Lookup): Promise<Place> {
  const outcome = await lookup.readyEndpoints(entry);
  if (outcome.kind !== "ready") return outcome;
  if (outcome.endpoints.isEmpty) return nothing(entry.ttlSeconds);
  return part.kind === "choice"
    ? placeOfChoice(part.choice, outcome.endpoints, entry, lookup)
    : placeOfPart(part, outcome.endpoints, entry, zone);
}

/** Chosen is among the addresses of the family that is asked for; the name exists with either. */
function placeOfChoice(choice: Choice, { candidates }: ReadyEndpoints, entry: ServiceEntry, lookup: Lookup): Place {
  const { ttlSeconds } = entry;
  lookup.isFleeting = true;
  const chosen = (kind: "A" | "AAAA") => () => lookup.choose(choice, candidates[kind]).map(({ record }) => record);
  return { kind: "name", ttlSeconds, records: { A: chosen("A"), AAAA: chosen("AAAA") } };
}

function clusterIpBackends({ addresses, ports }: ServiceEntry & { kind: "cluster-ip" }): Backends {
  const addressCount = Math.max(1, addresses.A.length + addresses.AAAA.length);
  const namedPorts = ports.flatMap(({ name = "", protocol = "TCP", port }) =>
    name === ""
      ? []
      : Array.from({ length: addressCount }, () => ({ label: "", name, protocol: protocol.toLowerCase(), port })),
  );
  return { addresses, ports: new NamedPorts(namedPorts), named: (label) => (label === "" ? addresses : undefined) };
}

function placeOfPart(
  part: Exclude<ServicePart, { kind: "choice" }>,
  backends: Backends,
  entry: ServiceEntry,
  zone: Zone,
): Place {
  const name = serviceName(entry, zone);
  const { ttlSeconds } = entry;
  const srv = (ports: readonly EndpointPort[]) => ({
    records: { SRV: () => srvRecords(ports, name) },
    glue: () => addressesOfTargets(ports, backends, name, ttlSeconds),
  });
  switch (part.kind) {
    case "itself": {
      const { records, glue } = srv(backends.ports.all);
      return { kind: "name", ttlSeconds, records: { ...addressRecords(backends.addresses), ...records }, glue };
    }
    case "endpoint": {
      const addresses = backends.named(part.label);
      if (addresses === undefined) return nothing(ttlSeconds);
      const { records, glue } = srv(backends.ports.ofEndpoint(part.label));
      return { kind: "name", ttlSeconds, records: { ...addressRecords(addresses), ...records }, glue };
    }
    case "protocol":
      return backends.ports.hasProtocol(part.protocol) ? emptyName(ttlSeconds) : nothing(ttlSeconds);
    case "port": {
      const ports = backends.ports.named(part.port, part.protocol);
      return ports.length === 0 ? nothing(ttlSeconds) : { kind: "name", ttlSeconds, ...srv(ports) };
    }
    case "nothing":
      return nothing(ttlSeconds);
  }
}

function addressRecords({ A, AAAA }: NamedAddresses) {
  return { A: () => A, AAAA: () => AAAA };
}

/** Weights share 100 among all pairs of address and port, those that come out as one record included (dns.md K27). */
function srvRecords(ports: readonly EndpointPort[], service: Name): Rdata[] {
  const weight = Math.max(1, Math.floor(100 / ports.length));
  return distinct(ports, ({ port, label }) => `${port} ${label}`).map(({ port, label }) => ({
    kind: "SRV",
    priority: 0,
    weight,
    port,
    target: below(service, label),
  }));
}

/** All addresses of the targets, for the additional section. */
function addressesOfTargets(
  ports: readonly EndpointPort[],
  backends: Backends,
  service: Name,
  ttlSeconds: number,
): ResourceRecord[] {
  return distinct(ports, ({ label }) => label).flatMap(({ label }) => {
    const target = below(service, label);
    const addresses = backends.named(label) ?? { A: [], AAAA: [] };
    return [...addresses.A, ...addresses.AAAA].map((data) => internetRecord(target, ttlSeconds, data));
  });
}

function below(service: Name, label: string): Name {
  return label === "" ? service : [label, ...service];
}

function distinct<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}
