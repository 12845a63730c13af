/**
 * Where probes may connect to. Pure, and closed by default: only global unicast addresses are open, and what the IANA
 * special-purpose registries set apart is not, however it is spelled. Says nothing of which addresses a pod may have.
 * Sources: RFC 6890 with its registries (IANA, read November 2026), RFC 4291, RFC 6052, RFC 3056, RFC 4380.
 */
import { ipFromOctets, parseIp, parseIpRange, rangeContains, type Ip, type IpRange } from "../domain/ip.ts";

export type Admission = { allowed: true } | { allowed: false; why: string };

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

/** IPv6 forms that lead to an IPv4 host, and the octet at which its address begins. */
const embeddings: readonly { prefix: IpRange; at: number }[] = [
  { prefix: range("::ffff:0:0/96"), at: 12 },
  { prefix: range("::ffff:0:0:0/96"), at: 12 },
  { prefix: range("64:ff9b::/96"), at: 12 },
  { prefix: range("2002::/16"), at: 2 },
];

/** Whether a probe may connect to `ip`. `allow` opens what is closed by default: private, loopback and the like. */
export function admitAddress(ip: Ip, allow: readonly IpRange[]): Admission {
  const host = embeddedIpv4(ip) ?? ip;
  const never = nameIn(neverHosts, host);
  if (never !== undefined) return refusal(ip, never);
  if (allow.some((open) => rangeContains(open, host) || rangeContains(open, ip))) return { allowed: true };
  const closed = nameIn(closedByDefault, host) ?? (isGlobalUnicast(host) ? undefined : "reserved");
  return closed === undefined ? { allowed: true } : refusal(ip, closed);
}

/**
 * Whether a probe may connect to a host by its name. What the name resolves to is seen by the platform only, which
 * refuses private addresses itself; here are refused names of this machine, names that are no host name, and numbers
 * that resolvers take for addresses (`127.1`, `2130706433`, `0x7f000001`).
 */
export function admitHostName(name: string, allow: readonly IpRange[]): Admission {
  const labels = name.toLowerCase().replace(/\.$/, "").split(".");
  const last = labels.at(-1) ?? "";
  const wellFormed =
    name.length <= 253 && labels.every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label));
  if (!wellFormed || /^(\d+|0x[0-9a-f]*)$/.test(last)) {
    return { allowed: false, why: `${JSON.stringify(name)} is no host name` };
  }
  if (last !== "localhost" || allow.some((open) => rangeContains(open, loopback))) return { allowed: true };
  return { allowed: false, why: `probes may not go to ${name} (loopback)` };
}

function refusal(ip: Ip, kind: string): Admission {
  return { allowed: false, why: `probes may not go to ${ip.text} (${kind})` };
}

function embeddedIpv4(ip: Ip): Ip | undefined {
  const found = embeddings.find(({ prefix }) => rangeContains(prefix, ip));
  return found && ipFromOctets(ip.octets.slice(found.at, found.at + 4));
}

function isGlobalUnicast(ip: Ip): boolean {
  return ip.family === 4 || rangeContains(globalUnicastIpv6, ip);
}

function nameIn(ranges: readonly { range: IpRange; kind: string }[], ip: Ip): string | undefined {
  return ranges.find((entry) => rangeContains(entry.range, ip))?.kind;
}

function table(entries: readonly (readonly [cidr: string, kind: string])[]): { range: IpRange; kind: string }[] {
  return entries.map(([cidr, kind]) => ({ range: range(cidr), kind }));
}

function range(cidr: string): IpRange {
  const parsed = parseIpRange(cidr);
  if (parsed === undefined) throw new Error(`${cidr} is no address range`);
  return parsed;
}

const loopback = ipOf("127.0.0.1");

function ipOf(text: string): Ip {
  const parsed = parseIp(text);
  if (parsed === undefined) throw new Error(`${text} is no address`);
  return parsed;
}
