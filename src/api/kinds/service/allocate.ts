/**
 * Gives out cluster IPs: which families a service gets, and which address of each. Pure; whether an address is free is
 * for the registry to say, when the service is written.
 * Source: kubernetes, pkg/registry/core/service/storage/alloc.go.
 */
import { ipFromOctets, type IpRange } from "../../../domain/ip.ts";
import type { Service, ServiceSpec } from "../../../domain/service.ts";
import { without } from "../../json.ts";
import { Refusal } from "../../refusal.ts";
import { invalid, type FieldError } from "../../validation/field-error.ts";
import type { Allocation } from "../kind.ts";

type Family = "IPv4" | "IPv6";
type Policy = NonNullable<ServiceSpec["ipFamilyPolicy"]>;

export function allocateClusterIPs(service: Service, allocation: Allocation): Service | Refusal {
  const { spec } = service;
  if (spec.type === "ExternalName") {
    return { ...service, spec: without(spec, "clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy") };
  }
  const policy = spec.ipFamilyPolicy ?? defaultPolicy(spec);
  const families = familiesOf(spec, policy, allocation.ranges);
  if (!Array.isArray(families)) return refused(service, families);
  const addressed = { ...spec, ipFamilyPolicy: policy, ipFamilies: families };
  if (spec.clusterIP === "None") return { ...service, spec: { ...addressed, clusterIPs: ["None"] } };
  const clusterIPs = addressesFor(families, spec.clusterIPs ?? [], allocation);
  const [clusterIP] = Array.isArray(clusterIPs) ? clusterIPs : [];
  if (!Array.isArray(clusterIPs) || clusterIP === undefined) return refused(service, clusterIPs as FieldError);
  return { ...service, spec: { ...addressed, clusterIP, clusterIPs } };
}

function refused(service: Service, error: FieldError): Refusal {
  const subject = { group: "", kind: "Service", name: service.metadata.name };
  return new Refusal({ type: "invalid", subject, errors: [error] });
}

/** Whoever names two families or two addresses wants both. */
function defaultPolicy({ ipFamilies = [], clusterIPs = [] }: ServiceSpec): Policy {
  return ipFamilies.length === 2 || clusterIPs.length === 2 ? "RequireDualStack" : "SingleStack";
}

/** In the order of preference. A headless service has no address of its own, so it may name any family. */
function familiesOf(spec: ServiceSpec, policy: Policy, ranges: readonly IpRange[]): Family[] | FieldError {
  const served = ranges.map(({ network }): Family => `IPv${network.family}`);
  const named = spec.ipFamilies ?? (spec.clusterIPs ?? []).filter((ip) => ip !== "None").map((ip) => familyOf(ip));
  const headless = spec.clusterIP === "None";
  const first = named[0] ?? served[0] ?? "IPv4";
  if (policy === "SingleStack") {
    if (headless || served.includes(first) || (spec.clusterIPs ?? []).length > 0) return [first];
    return invalid("spec.ipFamilies[0]", first, "not configured on this cluster");
  }
  const other: Family = first === "IPv4" ? "IPv6" : "IPv4";
  const given = (spec.clusterIPs ?? []).some((ip) => ip !== "None" && familyOf(ip) === other);
  if (headless || served.includes(other) || given) return [first, other];
  if (policy === "PreferDualStack") return [first];
  return invalid("spec.ipFamilyPolicy", policy, "this cluster is not configured for dual-stack services");
}

function familyOf(ip: string): Family {
  return ip.includes(":") ? "IPv6" : "IPv4";
}

const rangeIsFull = "failed to allocate a serviceIP: range is full";

/** Addresses that were asked for, and free ones of the ranges for families that nothing was asked for. */
function addressesFor(
  families: readonly Family[],
  asked: readonly string[],
  allocation: Allocation,
): string[] | FieldError {
  const { ranges, taken } = allocation;
  const addresses: string[] = [];
  for (const [index, family] of families.entries()) {
    const wanted = asked[index];
    if (wanted !== undefined && taken.has(wanted)) {
      const why = `failed to allocate IP ${wanted}: provided IP is already allocated`;
      return invalid("spec.clusterIPs", asked, why);
    }
    const range = ranges.find(({ network }) => `IPv${network.family}` === family);
    const address = wanted ?? (range === undefined ? undefined : pickAddress(range, taken, () => allocation.random()));
    if (address === undefined) return invalid("spec.clusterIPs", asked, rangeIsFull);
    addresses.push(address);
  }
  return addresses;
}

/** How often chance is tried before all addresses of a range are gone through. */
const maxDraws = 16;

/**
 * A free address of the range, at random. Never the network's own address, nor the first one after it, which belongs
 * to the API server in a cluster, nor an IPv4 range's broadcast address.
 */
export function pickAddress(range: IpRange, taken: ReadonlySet<string>, random: () => number): string | undefined {
  const hostBits = range.network.octets.length * 8 - range.prefixLength;
  const reservedAtEnd = range.network.family === 4 ? 1 : 0;
  // 2^32 addresses are enough of any range.
  const count = 2 ** Math.min(hostBits, 32) - 2 - reservedAtEnd;
  if (count < 1) return undefined;
  const start = Math.floor(random() * count);
  for (let draw = 0; draw < maxDraws; draw++) {
    const address = addressAt(range, 2 + Math.floor(random() * count));
    if (!taken.has(address)) return address;
  }
  // No more than the taken ones can be skipped.
  for (let step = 0; step < Math.min(count, taken.size + 1); step++) {
    const address = addressAt(range, 2 + ((start + step) % count));
    if (!taken.has(address)) return address;
  }
  return undefined;
}

function addressAt({ network }: IpRange, offset: number): string {
  const octets = Uint8Array.from(network.octets);
  const view = new DataView(octets.buffer);
  const last = octets.length - 4;
  view.setUint32(last, (view.getUint32(last) | offset) >>> 0);
  return ipFromOctets(octets).text;
}
