/**
 * A name, parsed once into what it asks about. This decides by the name's shape alone; whether the things named exist
 * is for others to say. Source: Kubernetes DNS-Based Service Discovery 1.1.0, in the order of dns.md K50.
 */
import { ipFromOctets, parseIp, type Ip } from "../domain/ip.ts";
import { isChoosing, parseChoice, type Choice } from "./choice.ts";
import type { Name } from "./wire/name.ts";
import { zoneOfName, type Zone, type Zones } from "./zones.ts";

/** `Z` is the zone. */
export type Question =
  /** In none of the zones. */
  | { kind: "outside" }
  /** `Z`. */
  | { kind: "apex"; zone: Zone }
  /** `dns-version.Z`. */
  | { kind: "dns-version"; zone: Zone }
  /** `ns.dns.Z`. */
  | { kind: "name-server"; zone: Zone }
  /** `svc.Z`, `pod.Z`, `dns.Z`, and the parents of reverse names: there, and empty. */
  | { kind: "non-terminal"; zone: Zone }
  /** `<namespace>.svc.Z`. */
  | { kind: "namespace"; zone: Zone; namespace: string }
  /** `<service>.<namespace>.svc.Z` and what is below it. */
  | { kind: "service"; zone: Zone; namespace: string; service: string; part: ServicePart }
  /** `<namespace>.pod.Z`. */
  | { kind: "pod-namespace"; zone: Zone; namespace: string }
  /** `<dashed address>.<namespace>.pod.Z`. */
  | { kind: "pod"; zone: Zone; namespace: string; label: string }
  /** `1.0.96.10.in-addr.arpa`, and the 32 nibbles of an IPv6 address under `ip6.arpa`. */
  | { kind: "address"; zone: Zone; ip: Ip }
  /** In a zone, and in none of these shapes. */
  | { kind: "no-such-name"; zone: Zone };

export type QuestionInZone = Exclude<Question, { kind: "outside" }>;

export type ServicePart =
  | { kind: "itself" }
  /** `<hostname or dashed address>.<service>…`. */
  | { kind: "endpoint"; label: string }
  /** `_<protocol>.<service>…`. */
  | { kind: "protocol"; protocol: string }
  /** `_<port>._<protocol>.<service>…`. */
  | { kind: "port"; port: string; protocol: string }
  /** `_any3._pick.<service>…` and its like, where the configuration has them. */
  | { kind: "choice"; choice: Choice }
  /** Below the service's name, where nothing can be. */
  | { kind: "nothing" };

/** `name` is in lower case. */
export function parseQuestion(name: Name, zones: Zones): Question {
  const zone = zoneOfName(zones, name);
  if (zone === undefined) return { kind: "outside" };
  if (name.length === zone.name.length) return { kind: "apex", zone };
  return zone.kind === "cluster"
    ? parseClusterName(zone, name.slice(0, name.length - zone.name.length))
    : parseReverseName(zone, name.slice(0, -2));
}

/** `labels` are those before the zone's own; there is at least one. */
function parseClusterName(zone: Zone, labels: Name): Question {
  const [first = "", second, third] = labels.toReversed();
  switch (first) {
    case "dns-version":
      return { kind: labels.length === 1 ? "dns-version" : "no-such-name", zone };
    case "dns":
      if (second === undefined) return { kind: "non-terminal", zone };
      return { kind: second === "ns" && labels.length === 2 ? "name-server" : "no-such-name", zone };
    case "svc":
      if (second === undefined) return { kind: "non-terminal", zone };
      if (third === undefined) return { kind: "namespace", zone, namespace: second };
      return { kind: "service", zone, namespace: second, service: third, part: parsePart(labels.slice(0, -3)) };
    case "pod":
      if (second === undefined) return { kind: "non-terminal", zone };
      if (third === undefined) return { kind: "pod-namespace", zone, namespace: second };
      return labels.length === 3
        ? { kind: "pod", zone, namespace: second, label: third }
        : { kind: "no-such-name", zone };
    default:
      return { kind: "no-such-name", zone };
  }
}

/** `labels` are those before the service's own. */
function parsePart(labels: Name): ServicePart {
  const [first, second] = labels;
  const last = labels.at(-1);
  if (first === undefined || last === undefined) return { kind: "itself" };
  if (isChoosing(last)) {
    const choice = parseChoice(labels);
    return choice === undefined ? { kind: "nothing" } : { kind: "choice", choice };
  }
  const protocol = /^_(tcp|udp|sctp)$/.exec(last)?.[1];
  if (second === undefined) {
    if (!first.startsWith("_")) return { kind: "endpoint", label: first };
    return protocol === undefined ? { kind: "nothing" } : { kind: "protocol", protocol };
  }
  // A port without a name has no SRV record: `_` alone names none (Spec 2.3.2).
  const port = /^_(.+)$/s.exec(first)?.[1];
  if (labels.length > 2 || port === undefined || protocol === undefined) return { kind: "nothing" };
  return { kind: "port", port, protocol };
}

/** `labels` are those before `in-addr.arpa` or `ip6.arpa`, the last octet or nibble of the address first. */
function parseReverseName(zone: Zone, labels: Name): Question {
  const digits = labels.toReversed();
  const numbers = digits.map(zone.kind === "ipv4" ? parseOctet : parseNibble);
  const size = zone.kind === "ipv4" ? 4 : 32;
  if (numbers.length > size || numbers.includes(-1)) return { kind: "no-such-name", zone };
  // Which addresses lie below is not known without asking every service, and denying the parent of one would deny the
  // address with it (RFC 8020). So every parent counts as there.
  if (numbers.length < size) return { kind: "non-terminal", zone };
  return { kind: "address", zone, ip: ipFromOctets(zone.kind === "ipv4" ? Uint8Array.from(numbers) : pair(numbers)) };
}

function parseOctet(label: string): number {
  return /^(0|[1-9]\d{0,2})$/.test(label) && Number(label) <= 255 ? Number(label) : -1;
}

function parseNibble(label: string): number {
  return /^[0-9a-f]$/.test(label) ? Number.parseInt(label, 16) : -1;
}

function pair(nibbles: readonly number[]): Uint8Array {
  return Uint8Array.from(
    { length: 16 },
    (_, index) => ((nibbles[2 * index] ?? 0) << 4) | (nibbles[2 * index + 1] ?? 0),
  );
}

/**
 * The address that a pod's label spells: IPv4 with three dashes and no double one, else IPv6 (dns.md K38). Undefined
 * for a broken one.
 */
export function parseDashedAddress(label: string): Ip | undefined {
  if (!/^[0-9a-f-]+$/.test(label)) return undefined;
  const isIpv4 = label.split("-").length === 4 && !label.includes("--");
  return parseIp(label.replaceAll("-", isIpv4 ? "." : ":"));
}

/** The label of an address: `10-30-1-10`, `2001-db8--1`, and a `0` behind a final dash (dns.md K18). */
export function dashedAddress(ip: Ip): string {
  const dashed = ip.text.replaceAll(/[.:]/g, "-");
  return dashed.endsWith("-") ? `${dashed}0` : dashed;
}
