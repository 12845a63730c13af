/**
 * Which namespaces and services there are, and what DNS says of each without asking anybody. The registry's snapshot is
 * held as it came; a service is read when its name is first asked for. No I/O here: `CatalogueReader` decides when the
 * snapshot is taken anew.
 */
import { parseIp } from "../domain/ip.ts";
import { namespacedName } from "../domain/object.ts";
import { parseTtlSeconds, type ServiceKey, type ServicePort } from "../domain/service.ts";
import type { CatalogueService, CatalogueSnapshot } from "../registry/registry.ts";
import type { Rdata } from "./wire/message.ts";
import { foldLabel, type Name } from "./wire/name.ts";
import { parseNameText } from "./wire/name-text.ts";

/** A service as DNS sees it. */
export type ServiceEntry = {
  key: ServiceKey;
  namespace: string;
  name: string;
  uid: string;
  ttlSeconds: number;
} & (
  | { kind: "cluster-ip"; addresses: { A: Rdata[]; AAAA: Rdata[] }; ports: readonly ServicePort[] }
  | { kind: "headless" }
  /** The target is undefined for an externalName that is no name. */
  | { kind: "external"; target: Name | undefined }
);

export class Catalogue {
  readonly revision: number;
  /** The shortest time that an answer about anything here may be kept. */
  readonly shortestTtlSeconds: number;
  readonly #defaultTtlSeconds: number;
  readonly #namespaces: ReadonlySet<string>;
  readonly #services = new Map<string, Map<string, CatalogueService>>();
  readonly #entries = new Map<CatalogueService, ServiceEntry>();
  #clusterIps: Map<string, CatalogueService> | undefined;

  constructor(snapshot: CatalogueSnapshot, defaultTtlSeconds: number) {
    this.revision = snapshot.catalogueRevision;
    this.#defaultTtlSeconds = defaultTtlSeconds;
    this.#namespaces = new Set(snapshot.namespaces);
    let shortest = defaultTtlSeconds;
    for (const service of snapshot.services) {
      this.#inNamespace(service.namespace).set(service.name, service);
      shortest = Math.min(shortest, parseTtlSeconds(service.ttl) ?? shortest);
    }
    this.shortestTtlSeconds = shortest;
  }

  hasNamespace(namespace: string): boolean {
    return this.#namespaces.has(namespace);
  }

  service(namespace: string, name: string): ServiceEntry | undefined {
    const service = this.#services.get(namespace)?.get(name);
    return service && this.#entryOf(service);
  }

  /** The service that has this cluster IP, in canonical text. */
  serviceOfClusterIp(ip: string): ServiceEntry | undefined {
    this.#clusterIps ??= this.#indexClusterIps();
    const service = this.#clusterIps.get(ip);
    return service && this.#entryOf(service);
  }

  #inNamespace(namespace: string): Map<string, CatalogueService> {
    const known = this.#services.get(namespace);
    if (known !== undefined) return known;
    const services = new Map<string, CatalogueService>();
    this.#services.set(namespace, services);
    return services;
  }

  #entryOf(service: CatalogueService): ServiceEntry {
    const known = this.#entries.get(service);
    if (known !== undefined) return known;
    const entry = toEntry(service, this.#defaultTtlSeconds);
    this.#entries.set(service, entry);
    return entry;
  }

  #indexClusterIps(): Map<string, CatalogueService> {
    const index = new Map<string, CatalogueService>();
    for (const services of this.#services.values()) {
      for (const service of services.values()) {
        if (kindOf(service) !== "cluster-ip") continue;
        for (const text of clusterIpsOf(service)) index.set(parseIp(text)?.text ?? text, service);
      }
    }
    return index;
  }
}

function toEntry(service: CatalogueService, defaultTtlSeconds: number): ServiceEntry {
  const { namespace, name, uid } = service;
  const ttlSeconds = parseTtlSeconds(service.ttl) ?? defaultTtlSeconds;
  const common = { key: namespacedName({ namespace, name }), namespace, name, uid, ttlSeconds };
  const kind = kindOf(service);
  switch (kind) {
    case "external":
      return { ...common, kind, target: parseNameText(service.service.externalName ?? "")?.map(foldLabel) };
    case "headless":
      return { ...common, kind };
    case "cluster-ip":
      return { ...common, kind, addresses: toAddresses(clusterIpsOf(service)), ports: service.service.ports ?? [] };
  }
}

/** The type is looked at first: an ExternalName service is an alias whatever else its spec holds (dns.md K8). */
function kindOf({ service }: CatalogueService): ServiceEntry["kind"] {
  if (service.type === "ExternalName") return "external";
  return service.clusterIP === "None" ? "headless" : "cluster-ip";
}

function clusterIpsOf({ service }: CatalogueService): string[] {
  if (service.clusterIPs !== undefined && service.clusterIPs.length > 0) return service.clusterIPs;
  return service.clusterIP ? [service.clusterIP] : [];
}

/** Address records by family, without duplicates; text that is no address is left out. */
function toAddresses(texts: readonly string[]): { A: Rdata[]; AAAA: Rdata[] } {
  const addresses: { A: Rdata[]; AAAA: Rdata[] } = { A: [], AAAA: [] };
  const seen = new Set<string>();
  for (const text of texts) {
    const ip = parseIp(text);
    if (ip === undefined || seen.has(ip.text)) continue;
    seen.add(ip.text);
    const kind = ip.family === 4 ? "A" : "AAAA";
    addresses[kind].push({ kind, address: ip.octets });
  }
  return addresses;
}
