/** What an isolate keeps of what others have told it, beside the catalogue: who is ready, and who has which address. */
import type { ServiceKey } from "../domain/service.ts";
import type { ServiceEntry } from "./catalogue.ts";
import type { DnsDeps } from "./deps.ts";
import { Kept, type AsOf, type KeptConditions } from "../domain/kept.ts";
import { ReadyEndpoints } from "./ready-endpoints.ts";

/** An isolate has 128 MB, and a list of a thousand endpoints takes about half of one. */
const mostLists = 100;
const mostAddresses = 4096;

export class KeptReads {
  readonly #deps: DnsDeps;
  readonly #lists: Kept<ReadyEndpoints | undefined>;
  readonly #servicesOfAddress: Kept<ServiceKey[]>;
  readonly #podAddresses: Kept<boolean>;

  constructor(deps: DnsDeps, conditions: KeptConditions) {
    this.#deps = deps;
    this.#lists = new Kept("ready list", mostLists, conditions);
    this.#servicesOfAddress = new Kept("services of an address", mostAddresses, conditions);
    this.#podAddresses = new Kept("pod with an address", mostAddresses, conditions);
  }

  readyEndpoints(entry: ServiceEntry): Promise<AsOf<ReadyEndpoints | undefined> | undefined> {
    return this.#lists.get(entry.key, entry.ttlSeconds * 1000, async () => {
      const list = await this.#deps.readyList(entry.key, entry.uid);
      return list && new ReadyEndpoints(list);
    });
  }

  servicesOfAddress(ip: string, maxAgeMs: number): Promise<AsOf<ServiceKey[]> | undefined> {
    return this.#servicesOfAddress.get(ip, maxAgeMs, () => this.#deps.servicesOfAddress(ip));
  }

  hasPodWithIp(namespace: string, ip: string, maxAgeMs: number): Promise<AsOf<boolean> | undefined> {
    return this.#podAddresses.get(`${namespace}/${ip}`, maxAgeMs, () => this.#deps.hasPodWithIp(namespace, ip));
  }

  forgetLists(services: readonly ServiceKey[]): void {
    for (const service of services) this.#lists.forget(service);
  }

  forgetAddresses(): void {
    this.#servicesOfAddress.clear();
    this.#podAddresses.clear();
  }
}
