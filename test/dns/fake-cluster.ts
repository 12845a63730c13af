/** A registry and its services' objects in memory, as DNS sees them. It logs every call, and its reads can be broken. */
import type { ReadyEndpoint, ReadyList } from "../../src/domain/endpoints.ts";
import { parseIp } from "../../src/domain/ip.ts";
import type { ServiceKey, ServiceSpec } from "../../src/domain/service.ts";
import type { Fetch } from "../../src/dns/ask-upstream.ts";
import type { CacheLimits } from "../../src/dns/answer-cache.ts";
import type { DnsConfig, DnsDeps } from "../../src/dns/deps.ts";
import { DnsServer } from "../../src/dns/dns-server.ts";
import { parseZones, type Zones } from "../../src/dns/zones.ts";
import type { CatalogueSnapshot } from "../../src/registry/registry.ts";

interface FakeService {
  uid: string;
  spec: ServiceSpec;
  ttl: string | undefined;
  endpoints: ReadyEndpoint[];
}

type Read = "readCatalogueRevision" | "readCatalogue" | "readyList" | "servicesOfAddress" | "hasPodWithIp";

export class FakeCluster implements DnsDeps {
  readonly calls: string[] = [];
  readonly failures: string[] = [];
  readonly broken = new Set<Read>();
  /** Reads wait for it, if it is there. */
  gate: Promise<void> | undefined;
  now = 1_700_000_000_000;
  nextRandom = 0;
  #revision = 1;
  readonly #namespaces = new Set(["default", "kube-system"]);
  readonly #services = new Map<ServiceKey, FakeService>();
  readonly #pods = new Set<string>();

  namespace(name: string): this {
    this.#namespaces.add(name);
    return this.#moved();
  }

  service(key: ServiceKey, spec: ServiceSpec, endpoints: ReadyEndpoint[] = [], ttl?: string): this {
    this.#revision++;
    this.#services.set(key, { uid: `${key}#${this.#revision}`, spec, ttl, endpoints });
    return this;
  }

  headless(key: ServiceKey, endpoints: ReadyEndpoint[], ttl?: string): this {
    return this.service(key, { clusterIP: "None" }, endpoints, ttl);
  }

  /** A change of the spec of the same object. */
  respec(key: ServiceKey, spec: ServiceSpec): this {
    const service = this.#services.get(key);
    if (service !== undefined) service.spec = spec;
    return this.#moved();
  }

  remove(key: ServiceKey): this {
    this.#services.delete(key);
    return this.#moved();
  }

  /** Readiness moves without the catalogue. */
  ready(key: ServiceKey, endpoints: ReadyEndpoint[]): this {
    const service = this.#services.get(key);
    if (service !== undefined) service.endpoints = endpoints;
    return this;
  }

  pod(namespace: string, ip: string): this {
    this.#pods.add(`${namespace}/${ip}`);
    return this;
  }

  withoutPod(namespace: string, ip: string): this {
    this.#pods.delete(`${namespace}/${ip}`);
    return this;
  }

  server(config: Partial<Omit<DnsConfig, "zones">> & { zones?: string } = {}, limits?: CacheLimits): DnsServer {
    return new DnsServer(
      {
        ttlSeconds: 5,
        staleSeconds: 0,
        podRecords: "verified",
        nameServerAddresses: [],
        choices: true,
        upstreamUrl: undefined,
        ...config,
        zones: soundZones(config.zones ?? "cluster.local,10.in-addr.arpa,8.b.d.0.1.0.0.2.ip6.arpa"),
      },
      this,
      limits,
    );
  }

  readCatalogueRevision = (): Promise<number> => this.#read("readCatalogueRevision", [], () => this.#revision);

  readCatalogue = (): Promise<CatalogueSnapshot> =>
    this.#read("readCatalogue", [], () => ({
      catalogueRevision: this.#revision,
      namespaces: [...this.#namespaces],
      services: [...this.#services].map(([key, { uid, spec, ttl }]) => {
        const [namespace = "", name = ""] = key.split("/");
        return { namespace, name, uid, service: spec, ttl };
      }),
    }));

  readyList = (key: ServiceKey, uid: string): Promise<ReadyList | undefined> =>
    this.#read("readyList", [key], () => {
      const service = this.#services.get(key);
      if (service?.uid !== uid) return undefined;
      return { serviceUid: uid, revision: this.#revision, endpoints: service.endpoints };
    });

  servicesOfAddress = (ip: string): Promise<ServiceKey[]> =>
    this.#read("servicesOfAddress", [ip], () =>
      [...this.#services]
        .filter(([, { endpoints }]) => endpoints.some((endpoint) => parseIp(endpoint.ip)?.text === ip))
        .map(([key]) => key),
    );

  hasPodWithIp = (namespace: string, ip: string): Promise<boolean> =>
    this.#read("hasPodWithIp", [namespace, ip], () => this.#pods.has(`${namespace}/${ip}`));

  /** Nobody is there unless a test says so. */
  fetch: Fetch = () => Promise.reject(new Error("there is no upstream"));

  nowMs = (): number => this.now;

  random = (): number => this.nextRandom;

  waitUntil = (promise: Promise<unknown>): void => {
    promise.catch(() => undefined);
  };

  reportFailure: DnsDeps["reportFailure"] = (what) => {
    this.failures.push(what);
  };

  #moved(): this {
    this.#revision++;
    return this;
  }

  async #read<Value>(read: Read, args: string[], value: () => Value): Promise<Value> {
    this.calls.push([read, ...args].join(" "));
    await this.gate;
    if (this.broken.has(read)) throw new Error(`${read} is broken`);
    return value();
  }
}

export function soundZones(text: string): Zones {
  const zones = parseZones(text);
  if ("error" in zones) throw new Error(zones.error);
  return zones;
}

/** An endpoint of the pod, at a place. */
export function endpointOf(pod: string, ip: string, place: Pick<ReadyEndpoint, "zone" | "region"> = {}): ReadyEndpoint {
  return { ip, pod, ...place, ports: [] };
}

/** An endpoint with ports written `http/TCP/8080`; a port without a name begins with the slash. */
export function endpoint(ip: string, ports: readonly string[] = [], hostname?: string): ReadyEndpoint {
  return {
    ip,
    ...(hostname !== undefined && { hostname }),
    ports: ports.map((text) => {
      const [name = "", protocol = "TCP", port = "0"] = text.split("/");
      return { name, protocol: protocol as "TCP" | "UDP" | "SCTP", port: Number(port) };
    }),
  };
}
