/** Messages written octet by octet, so that they can be wrong in any way. */
import type { DnsServer } from "../../src/dns/dns-server.ts";
import { sampleCluster } from "./cluster.ts";

const server = sampleCluster().server();

interface RawMessage {
  id?: number;
  flags?: number;
  /** Of the four sections; by default one question, and as many additional records as are given. */
  counts?: [number, number, number, number];
  /** Labels as text, one character per octet; or octets. */
  name?: readonly string[] | Uint8Array;
  type?: number;
  class?: number;
  /** Octets behind the question. */
  rest?: readonly Uint8Array[];
}

export const kubia = ["kubia", "default", "svc", "cluster", "local"];

export function raw({ id = 0xbeef, flags = 0x0100, counts, name = kubia, type = 1, rest = [], ...other }: RawMessage) {
  const written = counts ?? [1, 0, 0, rest.length];
  const header = u16s(id, flags, ...written);
  const question = written[0] === 0 ? [] : [toOctets(name), u16s(type, other.class ?? 1)];
  return Uint8Array.from(Buffer.concat([header, ...question, ...rest]));
}

function toOctets(name: readonly string[] | Uint8Array): Uint8Array {
  return name instanceof Uint8Array ? name : nameOctets(name);
}

export function nameOctets(labels: readonly string[]): Uint8Array {
  return Buffer.concat([
    ...labels.map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`, "latin1")),
    Buffer.of(0),
  ]);
}

export function u16s(...values: number[]): Buffer {
  return Buffer.from(values.flatMap((value) => [value >> 8, value & 0xff]));
}

interface RawOpt {
  version?: number;
  flags?: number;
  udpPayloadSize?: number;
  options?: readonly (readonly [code: number, octets: Uint8Array])[];
}

export function opt({ version = 0, flags = 0, udpPayloadSize = 1232, options = [] }: RawOpt = {}): Uint8Array {
  const written = Buffer.concat(options.flatMap(([code, octets]) => [u16s(code, octets.length), octets]));
  return Buffer.concat([
    Buffer.of(0),
    u16s(41, udpPayloadSize),
    Buffer.of(0, version),
    u16s(flags, written.length),
    written,
  ]);
}

/** A reply taken apart by hand. */
export interface RawReply {
  octets: Buffer;
  id: number;
  rcode: number;
  opcode: number;
  aa: boolean;
  tc: boolean;
  rd: boolean;
  ra: boolean;
  z: boolean;
  ad: boolean;
  cd: boolean;
  counts: number[];
}

export async function sendRaw(message: Uint8Array, to: DnsServer = server): Promise<RawReply> {
  const reply = await to.answer(message);
  if (reply.kind !== "reply") throw new Error("no reply");
  const octets = Buffer.from(reply.octets);
  const flags = octets.readUInt16BE(2);
  const has = (bit: number) => (flags & bit) !== 0;
  if (!has(0x8000)) throw new Error("QR must be set");
  return {
    octets,
    id: octets.readUInt16BE(0),
    rcode: flags & 0x0f,
    opcode: (flags >> 11) & 0x0f,
    aa: has(0x0400),
    tc: has(0x0200),
    rd: has(0x0100),
    ra: has(0x0080),
    z: has(0x0040),
    ad: has(0x0020),
    cd: has(0x0010),
    counts: [4, 6, 8, 10].map((offset) => octets.readUInt16BE(offset)),
  };
}

/** The OPT record of a reply whose last record it is, without options but perhaps padding. */
export function optOfReply({
  octets,
  counts,
}: RawReply): { version: number; rcode: number; flags: number; padding?: number } | undefined {
  if (counts[3] === 0) return undefined;
  const start = octets.lastIndexOf(Buffer.concat([Buffer.of(0), u16s(41)]));
  const length = octets.readUInt16BE(start + 9);
  const rcode = octets.readUInt8(start + 5);
  const version = octets.readUInt8(start + 6);
  const flags = octets.readUInt16BE(start + 7);
  if (length === 0) return { version, rcode, flags };
  if (octets.readUInt16BE(start + 11) !== 12) throw new Error("an option that is not padding");
  return { version, rcode, flags, padding: octets.readUInt16BE(start + 13) };
}
