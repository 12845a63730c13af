/** What DNS needs of the rest of Rollcall, and how it is configured. Whoever mounts it fills these in. */
import type { ReadyList } from "../domain/endpoints.ts";
import type { Ip } from "../domain/ip.ts";
import type { ServiceKey } from "../domain/service.ts";
import type { CatalogueSnapshot } from "../registry/registry.ts";
import type { Fetch } from "./ask-upstream.ts";
import type { Zones } from "./zones.ts";

export interface DnsConfig {
  zones: Zones;
  /** Seconds that answers may be kept, 0 to 3600, where a service says nothing else. */
  ttlSeconds: number;
  /** For how long beyond its TTL the last answer is given while nothing can be read; 0 for not at all. */
  staleSeconds: number;
  podRecords: PodRecords;
  /**
   * The addresses of `ns.dns.<zone>`. A Worker has none of its own, so the name stands without addresses unless
   * somebody names those of a front that they run.
   */
  nameServerAddresses: readonly Ip[];
  /** Whether there are names that choose among a service's endpoints (`_any3._pick.<service>…`). */
  choices: boolean;
  /** Where names outside the zones are resolved, over HTTPS; undefined when they are refused. */
  upstreamUrl: string | undefined;
}

/** Which names below `pod.<zone>` are answered: none, any address, or the addresses of pods (dns.md section 6). */
export type PodRecords = "disabled" | "insecure" | "verified";

/** Reads may reject or hang: DNS waits a while, then answers SERVFAIL. Nothing here may create anything. */
export interface DnsDeps {
  /** Moves when a namespace or a service changes. One row. */
  readCatalogueRevision(): Promise<number>;
  readCatalogue(): Promise<CatalogueSnapshot>;
  /**
   * Who is ready behind the service that has the given uid, from its Durable Object. Undefined, or a list with another
   * uid, when the object holds nothing for that uid (yet, or any more).
   */
  readyList(service: ServiceKey, uid: string): Promise<ReadyList | undefined>;
  /** The services whose endpoints may hold the address (canonical text); too many do no harm. */
  servicesOfAddress(ip: string): Promise<ServiceKey[]>;
  /** Whether a pod of the namespace has the address (canonical text) for its `status.podIP`. */
  hasPodWithIp(namespace: string, ip: string): Promise<boolean>;
  /** For the upstream alone. */
  fetch: Fetch;
  nowMs(): number;
  /** At least 0, below 1. */
  random(): number;
  /** Keeps the request alive until `promise` has settled, so that others who wait for it get their answer. */
  waitUntil(promise: Promise<unknown>): void;
  /** Told of every read that failed, once. */
  reportFailure(what: string, error: unknown): void;
}

/** What a caller may see. A namespace that is not exposed is as if it did not exist (dns.md K4). */
export interface Rights {
  /** The same for callers who see the same; part of the key under which answers are kept. */
  key: string;
  exposes(namespace: string): boolean;
  /** Whether everybody has them; only then may a cache on the way give an answer to others. */
  areEverybodys: boolean;
}

export const everything: Rights = { key: "", exposes: () => true, areEverybodys: true };

/** Who asks. */
export interface Asker {
  rights: Rights;
  /** Names of the places where they are, the nearest first. Looked at by names that choose by it, and by no others. */
  places(): readonly string[];
}

export const anyone: Asker = { rights: everything, places: () => [] };
