/**
 * IP addresses and ranges: strict parsing, canonical text, octets, kinds. Everything that reads an address goes
 * through here, so that two spellings of one address are one address. Text that only looks like an address (octal,
 * short or decimal IPv4 forms, zones, ports) is none.
 */
import ipaddr from "ipaddr.js";

export interface Ip {
  family: 4 | 6;
  /** Dotted quad, or RFC 5952 text. */
  text: string;
  /** 4 or 16 octets in network order. */
  octets: Uint8Array;
}

export interface IpRange {
  network: Ip;
  prefixLength: number;
}

export function parseIp(text: string): Ip | undefined {
  if (text.includes(":")) {
    if (text.includes("%") || !ipaddr.IPv6.isValid(text)) return undefined;
    const parsed = ipaddr.IPv6.parse(text);
    return { family: 6, text: parsed.toRFC5952String(), octets: Uint8Array.from(parsed.toByteArray()) };
  }
  if (!ipaddr.IPv4.isValidFourPartDecimal(text)) return undefined;
  const parsed = ipaddr.IPv4.parse(text);
  return { family: 4, text: parsed.toString(), octets: Uint8Array.from(parsed.toByteArray()) };
}

/** `10.0.0.0/8` and the like; host bits are cut off. */
export function parseIpRange(text: string): IpRange | undefined {
  const [address, length, ...rest] = text.split("/");
  if (address === undefined || length === undefined || rest.length > 0 || !/^\d{1,3}$/.test(length)) return undefined;
  const ip = parseIp(address);
  const prefixLength = Number(length);
  if (ip === undefined || prefixLength > ip.octets.length * 8) return undefined;
  const octets = ip.octets.map((octet, index) => octet & maskOctet(prefixLength, index));
  return { network: ipFromOctets(octets), prefixLength };
}

export function ipFromOctets(octets: Uint8Array): Ip {
  const parsed = ipaddr.fromByteArray([...octets]);
  const text = parsed.kind() === "ipv6" ? (parsed as ipaddr.IPv6).toRFC5952String() : parsed.toString();
  return { family: octets.length === 4 ? 4 : 6, text, octets };
}

export function rangeContains(range: IpRange, ip: Ip): boolean {
  if (range.network.family !== ip.family) return false;
  return ip.octets.every(
    (octet, index) => (octet & maskOctet(range.prefixLength, index)) === range.network.octets[index],
  );
}

const loopbackRanges = ["127.0.0.0/8", "::1/128"].flatMap((text) => parseIpRange(text) ?? []);

export function isLoopback(address: string): boolean {
  const ip = parseIp(address);
  return ip !== undefined && loopbackRanges.some((range) => rangeContains(range, ip));
}

/** The octet of a netmask at `index`. */
function maskOctet(prefixLength: number, index: number): number {
  const bits = Math.min(8, Math.max(0, prefixLength - index * 8));
  return (0xff << (8 - bits)) & 0xff;
}
