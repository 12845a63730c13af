/**
 * A service's ready list, indexed by what is asked of it: addresses by family, endpoints by their name, ports. Pure;
 * built once per list. Source: Kubernetes DNS-Based Service Discovery 1.1.0 §2.4, dns.md section 3 and 4.
 */
import type { ReadyEndpoint, ReadyList } from "../domain/endpoints.ts";
import { parseIp, type Ip } from "../domain/ip.ts";
import type { Candidate } from "./choose.ts";
import { dashedAddress } from "./question.ts";
import type { Rdata } from "./wire/message.ts";
import { foldLabel, maxLabelOctets } from "./wire/name.ts";

export interface NamedAddresses {
  A: Rdata[];
  AAAA: Rdata[];
}

/** An address to choose, as the record that it would be. */
export interface AddressCandidate extends Candidate {
  record: Rdata;
}

/** A port of an endpoint, under the name of the endpoint. */
export interface EndpointPort {
  label: string;
  name: string;
  /** Lower case, as in `_tcp`. */
  protocol: string;
  port: number;
}

/** One per address and named port, which is what SRV weights are counted from; found without a walk over all of them. */
export class NamedPorts {
  readonly all: readonly EndpointPort[];
  readonly #protocols = new Set<string>();
  readonly #byName = new Map<string, EndpointPort[]>();
  readonly #byLabel = new Map<string, EndpointPort[]>();

  constructor(all: readonly EndpointPort[]) {
    this.all = all;
    for (const port of all) {
      this.#protocols.add(port.protocol);
      add(this.#byName, `${port.protocol} ${port.name}`, port);
      add(this.#byLabel, port.label, port);
    }
  }

  hasProtocol(protocol: string): boolean {
    return this.#protocols.has(protocol);
  }

  named(name: string, protocol: string): readonly EndpointPort[] {
    return this.#byName.get(`${protocol} ${name}`) ?? [];
  }

  ofEndpoint(label: string): readonly EndpointPort[] {
    return this.#byLabel.get(label) ?? [];
  }
}

function add(index: Map<string, EndpointPort[]>, key: string, port: EndpointPort): void {
  const known = index.get(key);
  if (known === undefined) index.set(key, [port]);
  else known.push(port);
}

export class ReadyEndpoints {
  readonly serviceUid: string;
  readonly addresses: NamedAddresses = { A: [], AAAA: [] };
  readonly ports: NamedPorts;
  /** The same addresses, with what is known of them. */
  readonly candidates: { A: AddressCandidate[]; AAAA: AddressCandidate[] } = { A: [], AAAA: [] };
  readonly #byLabel = new Map<string, NamedAddresses>();
  readonly #labelsOfIp = new Map<string, string[]>();

  constructor(list: ReadyList) {
    this.serviceUid = list.serviceUid;
    const ports: EndpointPort[] = [];
    for (const endpoint of list.endpoints) {
      const ip = parseIp(endpoint.ip);
      if (ip === undefined) continue;
      const label = endpointLabel(endpoint, ip);
      this.#add(ip, label, endpoint);
      for (const { name, protocol, port } of endpoint.ports) {
        if (name !== "") ports.push({ label, name: foldLabel(name), protocol: protocol.toLowerCase(), port });
      }
    }
    this.ports = new NamedPorts(ports);
  }

  get isEmpty(): boolean {
    return this.#labelsOfIp.size === 0;
  }

  named(label: string): NamedAddresses | undefined {
    return this.#byLabel.get(label);
  }

  /** The names of the endpoints with this address, in canonical text; pods on the host's network may share one. */
  labelsOf(ip: string): readonly string[] {
    return this.#labelsOfIp.get(ip) ?? [];
  }

  /** The same endpoint may come twice, while it moves from one slice to another (dns.md K13). */
  #add(ip: Ip, label: string, { pod, zone, region }: ReadyEndpoint): void {
    const labels = this.#labelsOfIp.get(ip.text) ?? [];
    if (labels.includes(label)) return;
    const kind = ip.family === 4 ? "A" : "AAAA";
    const record: Rdata = { kind, address: ip.octets };
    if (labels.length === 0) {
      this.addresses[kind].push(record);
      this.candidates[kind].push({ record, identity: pod ?? label, zone, region });
    }
    this.#labelsOfIp.set(ip.text, [...labels, label]);
    const named = this.#byLabel.get(label) ?? { A: [], AAAA: [] };
    named[kind].push(record);
    this.#byLabel.set(label, named);
  }
}

/** The hostname where the endpoint has one, else its dashed address; never both (dns.md K19). */
function endpointLabel(endpoint: ReadyEndpoint, ip: Ip): string {
  const { hostname } = endpoint;
  const usable = hostname !== undefined && hostname !== "" && hostname.length <= maxLabelOctets;
  return usable ? foldLabel(hostname) : dashedAddress(ip);
}
