/**
 * What one question may look at, and a record of what it looked at: an answer is as old as the oldest thing that it is
 * made of, and it is about the services that it names. Failed reads are values here.
 */
import type { ServiceKey } from "../domain/service.ts";
import type { Catalogue, ServiceEntry } from "./catalogue.ts";
import type { Choice } from "./choice.ts";
import { choose, type Candidate } from "./choose.ts";
import type { Asker, DnsConfig } from "./deps.ts";
import type { AsOf } from "../domain/kept.ts";
import type { KeptReads } from "./kept-reads.ts";
import type { ReadyEndpoints } from "./ready-endpoints.ts";
import { isForOthers, lifetimeSeconds, type Relayed } from "./relayed.ts";
import type { Upstream } from "./upstream.ts";
import type { Name } from "./wire/name.ts";

/** The ready endpoints of a service, or why they are not known. */
export type EndpointsOutcome =
  | { kind: "ready"; endpoints: ReadyEndpoints }
  /** The service's object does not know the service that the catalogue does: one of them is behind. */
  | { kind: "stale" }
  | { kind: "unavailable" };

export type RelayOutcome =
  | { kind: "relayed"; relayed: Relayed }
  /** There is no upstream, or this is no question for it. */
  | { kind: "nobody-to-ask" }
  | { kind: "unavailable" };

/** Of one question. */
interface Circumstances {
  nowMs: number;
  /** At least 0, below 1. */
  random: () => number;
  upstream: Upstream | undefined;
  /** Whether the client wants others to be asked. */
  recursionDesired: boolean;
}

export class Lookup {
  readonly config: DnsConfig;
  /** The oldest moment as of which anything read was true. */
  asOfMs: number;
  /** The services that the answer is about. */
  readonly services: ServiceKey[] = [];
  /** Whether the answer hangs on who has which address, and not on services alone. */
  lookedAtAddresses = false;
  /** Whether the answer must not be kept: it is one of many that names can choose, or it is half of one. */
  isFleeting = false;
  /** Whether it is for this asker alone: for another, or the next time, it may be another one. */
  isPersonal = false;
  readonly #catalogue: AsOf<Catalogue>;
  readonly #reads: KeptReads;
  readonly #asker: Asker;
  readonly #circumstances: Circumstances;

  constructor(
    config: DnsConfig,
    catalogue: AsOf<Catalogue>,
    reads: KeptReads,
    asker: Asker,
    circumstances: Circumstances,
  ) {
    this.config = config;
    this.asOfMs = circumstances.nowMs;
    this.#catalogue = catalogue;
    this.#reads = reads;
    this.#asker = asker;
    this.#circumstances = circumstances;
  }

  /** Of the zones' SOA records, 32 bits. */
  get serial(): number {
    return this.#catalogue.value.revision >>> 0;
  }

  hasNamespace(namespace: string): boolean {
    this.#isAsOld(this.#catalogue);
    return this.#catalogue.value.hasNamespace(namespace) && this.#asker.rights.exposes(namespace);
  }

  service(namespace: string, name: string): ServiceEntry | undefined {
    return this.hasNamespace(namespace) ? this.#noted(this.#catalogue.value.service(namespace, name)) : undefined;
  }

  serviceOfClusterIp(ip: string): ServiceEntry | undefined {
    this.#isAsOld(this.#catalogue);
    const entry = this.#catalogue.value.serviceOfClusterIp(ip);
    return entry !== undefined && this.hasNamespace(entry.namespace) ? this.#noted(entry) : undefined;
  }

  async readyEndpoints(entry: ServiceEntry): Promise<EndpointsOutcome> {
    const answer = await this.#reads.readyEndpoints(entry);
    if (answer === undefined) return { kind: "unavailable" };
    this.#isAsOld(answer);
    if (answer.value?.serviceUid !== entry.uid) return { kind: "stale" };
    return { kind: "ready", endpoints: answer.value };
  }

  /** Some of `all`, or all. */
  choose<Item extends Candidate>(choice: Choice, all: readonly Item[]): readonly Item[] {
    return choose(choice, all, {
      random: () => {
        this.isPersonal = true;
        return this.#circumstances.random();
      },
      places: () => {
        this.isPersonal = true;
        return this.#asker.places();
      },
    });
  }

  /** What others say of a name outside our zones. Nothing is signed where one of our aliases leads. */
  async relay(name: Name, type: number): Promise<RelayOutcome> {
    const { upstream, recursionDesired } = this.#circumstances;
    if (upstream === undefined || !isForOthers(name, type)) return { kind: "nobody-to-ask" };
    if (!recursionDesired) {
      this.isFleeting = true;
      return { kind: "nobody-to-ask" };
    }
    const unsigned = { dnssecOk: false, checkingDisabled: false, authenticData: false };
    const answer = await upstream.resolve({ name, type, ...unsigned });
    if (answer === undefined) return { kind: "unavailable" };
    this.#isAsOld(answer);
    if (lifetimeSeconds(answer.value) === 0) this.isFleeting = true;
    return { kind: "relayed", relayed: answer.value };
  }

  /** Undefined when it cannot be read. Those that the caller may not see are left out. */
  async servicesOfAddress(ip: string): Promise<ServiceEntry[] | undefined> {
    this.lookedAtAddresses = true;
    const answer = await this.#reads.servicesOfAddress(ip, this.config.ttlSeconds * 1000);
    if (answer === undefined) return undefined;
    this.#isAsOld(answer);
    return answer.value.map((key) => this.#serviceOfKey(key)).filter((entry) => entry !== undefined);
  }

  /** Undefined when it cannot be read. */
  async hasPodWithIp(namespace: string, ip: string): Promise<boolean | undefined> {
    this.lookedAtAddresses = true;
    const answer = await this.#reads.hasPodWithIp(namespace, ip, this.config.ttlSeconds * 1000);
    if (answer !== undefined) this.#isAsOld(answer);
    return answer?.value;
  }

  #serviceOfKey(key: ServiceKey): ServiceEntry | undefined {
    const slash = key.indexOf("/");
    return this.service(key.slice(0, slash), key.slice(slash + 1));
  }

  #noted(entry: ServiceEntry | undefined): ServiceEntry | undefined {
    if (entry !== undefined) this.services.push(entry.key);
    return entry;
  }

  #isAsOld(read: AsOf<unknown>): void {
    this.asOfMs = Math.min(this.asOfMs, read.asOfMs);
  }
}
