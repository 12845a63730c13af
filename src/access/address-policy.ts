/**
 * Where probes may connect to. Pure, and closed by default: only global unicast addresses are open, and what the IANA
 * special-purpose registries set apart is not, however it is spelled. Says nothing of which addresses a pod may have.
 * Sources: RFC 6890 with its registries (IANA, read November 2026), RFC 4291, RFC 6052, RFC 3056, RFC 4380.
 */
import { ipFromOctets, parseIp, parseIpRange, rangeContains, type Ip, type IpRange } from "../domain/ip.ts";

export type Admission = { allowed: true } | { allowed: false; why: string };

/** What the configuration says beside the defaults. A denial is stronger than a permission. */
export interface ProbePolicy {
  /** Opens what is closed by default: private, loopback and the like. */
  allow: readonly IpRange[];
  deny: readonly DeniedRange[];
  /** Names that are denied with all that is below them; lower case, without a dot at the end. */
  denyNames: readonly string[];
  denyPorts: readonly PortRange[];
  /** Where Rollcall itself listens on this machine's loopback addresses. */
  ownPorts: readonly number[];
}

export interface DeniedRange {
  range: IpRange;
  /** Why, for the message: `Rollcall's own`. */
  kind: string;
}

export interface PortRange {
  first: number;
  last: number;
}

export interface Destination {
  /** An address in canonical text, or a host name. */
  hostname: string;
  port: number;
}

/** Whether a probe may connect there. */
export function admitDestination({ hostname, port }: Destination, policy: ProbePolicy): Admission {
  if (policy.denyPorts.some(({ first, last }) => port >= first && port <= last)) {
    return { allowed: false, why: `probes may not go to port ${port}` };
  }
  const ip = parseIp(hostname);
  if (isThisMachine(ip, hostname) && policy.ownPorts.includes(port)) {
    return { allowed: false, why: `probes may not go to ${hostname}:${port} (Rollcall's own)` };
  }
  return ip === undefined ? admitHostName(hostname, policy) : admitAddress(ip, policy);
}

function isThisMachine(ip: Ip | undefined, hostname: string): boolean {
  if (ip === undefined) return nameKind(hostname)?.kind === "loopback";
  return nameIn(closedByDefault, embeddedIpv4(ip) ?? ip) === "loopback";
}

/** Never a single host's address; no setting opens these. */
const neverHosts = table([
  ["0.0.0.0/8", "unspecified"],
  ["224.0.0.0/4", "multicast"],
  ["255.255.255.255/32", "broadcast"],
  ["::/128", "unspecified"],
  ["ff00::/8", "multicast"],
]);

const closedByDefault = table([
  ["10.0.0.0/8", "private"],
  ["172.16.0.0/12", "private"],
  ["192.168.0.0/16", "private"],
  ["127.0.0.0/8", "loopback"],
  ["169.254.0.0/16", "link-local"],
  ["100.64.0.0/10", "carrier-grade NAT"],
  ["192.0.2.0/24", "documentation"],
  ["198.51.100.0/24", "documentation"],
  ["203.0.113.0/24", "documentation"],
  ["192.0.0.0/24", "reserved"],
  ["192.88.99.0/24", "reserved"],
  ["198.18.0.0/15", "reserved"],
  ["240.0.0.0/4", "reserved"],
  ["::1/128", "loopback"],
  ["fe80::/10", "link-local"],
  ["fc00::/7", "private"],
  ["fec0::/10", "private"],
  ["64:ff9b:1::/48", "private"],
  ["2001:db8::/32", "documentation"],
  ["3fff::/20", "documentation"],
  ["2001::/23", "reserved"],
]);

const globalUnicastIpv6 = range("2000::/3");

/** Prefixes outside of it that a host's network translates to IPv4. */
const routed = ["::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96"].map((cidr) => range(cidr));

/** IPv6 forms that lead to an IPv4 host, and the octet at which its address begins. */
const embeddings: readonly { prefix: IpRange; at: number; inverted?: true }[] = [
  { prefix: range("::ffff:0:0/96"), at: 12 },
  { prefix: range("::ffff:0:0:0/96"), at: 12 },
  { prefix: range("64:ff9b::/96"), at: 12 },
  { prefix: range("2002::/16"), at: 2 },
  // Teredo: the client's address, each bit of it turned over.
  { prefix: range("2001::/32"), at: 12, inverted: true },
  // IPv4-compatible; its first two addresses are the unspecified one and loopback.
  { prefix: range("::/96"), at: 12 },
];

const compatible = range("::/127");

/** Names that lead to an address without a look at DNS. */
const knownNames: readonly { suffix: string; kind: string; ip: Ip }[] = [
  ...["localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"].map((suffix) => {
    return { suffix, kind: "loopback", ip: ipOf("127.0.0.1") };
  }),
  ...["metadata.google.internal", "instance-data.ec2.internal"].map((suffix) => {
    return { suffix, kind: "link-local", ip: ipOf("169.254.169.254") };
  }),
];

/** Whether a probe may connect to the address. */
export function admitAddress(ip: Ip, { allow, deny }: Pick<ProbePolicy, "allow" | "deny">): Admission {
  const host = embeddedIpv4(ip) ?? ip;
  const never = nameIn(neverHosts, host) ?? nameIn(deny, host) ?? nameIn(deny, ip);
  if (never !== undefined) return refusal(ip, never);
  if (allow.some((open) => rangeContains(open, host) || rangeContains(open, ip))) return { allowed: true };
  const closed = nameIn(closedByDefault, host) ?? nameIn(closedByDefault, ip) ?? unassigned(ip);
  return closed === undefined ? { allowed: true } : refusal(ip, closed);
}

/**
 * Whether a probe may connect to a host by its name. What the name resolves to is seen by the platform only, which
 * refuses private addresses itself; here are refused names of this machine, names that are no host name, and numbers
 * that resolvers take for addresses (`127.1`, `2130706433`, `0x7f000001`).
 */
export function admitHostName(name: string, { allow, denyNames }: Pick<ProbePolicy, "allow" | "denyNames">): Admission {
  if (!isHostName(name)) return { allowed: false, why: `${JSON.stringify(name.slice(0, 253))} is no host name` };
  const plain = plainName(name);
  if (denyNames.some((denied) => isAtOrBelow(plain, denied))) return refusedName(name, "denied by PROBE_DENY");
  const known = nameKind(name);
  if (known === undefined || allow.some((open) => rangeContains(open, known.ip))) return { allowed: true };
  return refusedName(name, known.kind);
}

/** A name of DNS that no resolver takes for an address. */
export function isHostName(name: string): boolean {
  const labels = plainName(name).split(".");
  const wellFormed =
    name.length <= 253 && labels.every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label));
  return wellFormed && !/^(\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? "");
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

function refusedName(name: string, kind: string): Admission {
  return { allowed: false, why: `probes may not go to ${name} (${kind})` };
}

function nameKind(name: string): { kind: string; ip: Ip } | undefined {
  const plain = plainName(name);
  return knownNames.find(({ suffix }) => isAtOrBelow(plain, suffix));
}

function isAtOrBelow(name: string, ancestor: string): boolean {
  return name === ancestor || name.endsWith(`.${ancestor}`);
}

function refusal(ip: Ip, kind: string): Admission {
  return { allowed: false, why: `probes may not go to ${ip.text} (${kind})` };
}

function embeddedIpv4(ip: Ip): Ip | undefined {
  if (rangeContains(compatible, ip)) return undefined;
  const found = embeddings.find(({ prefix }) => rangeContains(prefix, ip));
  const octets = found && ip.octets.slice(found.at, found.at + 4);
  return octets && ipFromOctets(found?.inverted === true ? octets.map((octet) => octet ^ 0xff) : octets);
}

/** Outside of what is given to hosts (RFC 4291 §2.4), but for what leads to an IPv4 host on the Internet. */
function unassigned(ip: Ip): string | undefined {
  const isGiven = ip.family === 4 || [globalUnicastIpv6, ...routed].some((open) => rangeContains(open, ip));
  return isGiven ? undefined : "reserved";
}

function nameIn(ranges: readonly DeniedRange[], ip: Ip): string | undefined {
  return ranges.find((entry) => rangeContains(entry.range, ip))?.kind;
}

function table(entries: readonly (readonly [cidr: string, kind: string])[]): DeniedRange[] {
  return entries.map(([cidr, kind]) => ({ range: range(cidr), kind }));
}

function range(cidr: string): IpRange {
  const parsed = parseIpRange(cidr);
  if (parsed === undefined) throw new Error(`${cidr} is no address range`);
  return parsed;
}

function ipOf(text: string): Ip {
  const parsed = parseIp(text);
  if (parsed === undefined) throw new Error(`${text} is no address`);
  return parsed;
}
