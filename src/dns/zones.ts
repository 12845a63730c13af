/**
 * The zones that are served, from configuration: cluster zones (`cluster.local`) and reverse zones
 * (`96.10.in-addr.arpa`). Nothing outside them is answered (dns.md K37, M10, M11).
 */
import { foldLabel, isWithin, type Name } from "./wire/name.ts";
import { parseNameText } from "./wire/name-text.ts";

export interface Zone {
  kind: "cluster" | "ipv4" | "ipv6";
  /** Lower case. */
  name: Name;
  /** SOA MNAME and NS: `ns.dns.<cluster zone>`, where a reverse zone takes the first cluster zone's. */
  nameServer: Name;
  mailbox: Name;
}

export interface Zones {
  /** The cluster domain, which reverse names point into. */
  primary: Zone;
  /** Longest name first, so that the first match is the closest one. */
  all: readonly Zone[];
}

const reverseRoots = [
  { kind: "ipv4", name: ["in-addr", "arpa"], label: /^(0|[1-9]\d{0,2})$/, mostLabels: 4 },
  { kind: "ipv6", name: ["ip6", "arpa"], label: /^[0-9a-f]$/, mostLabels: 32 },
] as const;

/** Reads `DNS_ZONES`: names separated by commas, the first of them the cluster domain. */
export function parseZones(text: string): Zones | { error: string } {
  const texts = text.split(",").map((part) => part.trim());
  const names = texts.map((part) => parseNameText(part)?.map(foldLabel));
  const bad = texts.find((_, index) => names[index] === undefined || !isZoneName(names[index]));
  if (bad !== undefined) return { error: `"${bad}" is not the name of a zone` };
  const sound = names.filter((name) => name !== undefined);
  const [first] = sound;
  if (first === undefined || zoneKind(first) !== "cluster") {
    return { error: "the first zone must be the cluster domain" };
  }
  const all = sound.map((name) => zoneOf(name, zoneKind(name) === "cluster" ? name : first));
  all.sort((one, other) => other.name.length - one.name.length);
  return { primary: zoneOf(first, first), all };
}

function zoneOf(name: Name, home: Name): Zone {
  return { kind: zoneKind(name), name, nameServer: ["ns", "dns", ...home], mailbox: ["hostmaster", ...home] };
}

function isZoneName(name: Name): boolean {
  const root = reverseRoot(name);
  if (root === undefined) return name.length > 0;
  const labels = name.slice(0, -root.name.length);
  return labels.length < root.mostLabels && labels.every((label) => root.label.test(label));
}

function zoneKind(name: Name): Zone["kind"] {
  return reverseRoot(name)?.kind ?? "cluster";
}

function reverseRoot(name: Name) {
  return reverseRoots.find((root) => isWithin(name, root.name));
}

/** The closest zone that `name`, in lower case, is in; compared label by label. */
export function zoneOfName(zones: Zones, name: Name): Zone | undefined {
  return zones.all.find((zone) => isWithin(name, zone.name));
}
