/**
 * Octets to a message, whole and strict: what does not decode without a doubt does not decode. Work and memory are
 * bounded by the octets given, whatever the counts in the header promise.
 */
import { Class, Type } from "./codes.ts";
import { joinOctets } from "./join-octets.ts";
import type { Edns, Message, Question, Rdata, ResourceRecord } from "./message.ts";
import { wireNameOf } from "./name.ts";
import { Reader } from "./reader.ts";

export function decodeMessage(octets: Uint8Array): Message | undefined {
  const reader = new Reader(octets);
  const id = reader.u16();
  const flags = reader.u16();
  const counts = [reader.u16(), reader.u16(), reader.u16(), reader.u16()] as const;
  const questions = times(reader, counts[0], readQuestion);
  const answers = times(reader, counts[1], readRecord);
  const authority = times(reader, counts[2], readRecord);
  const additional = times(reader, counts[3], readRecord);
  if (reader.failed || reader.offset !== octets.length) return undefined;
  if ([...answers, ...authority].some(isOpt)) return undefined;
  const opts = additional.filter(isOpt);
  const [opt] = opts;
  const edns = opt === undefined ? undefined : ednsOf(opt);
  if (opts.length > 1 || (opt !== undefined && edns === undefined)) return undefined;
  return {
    id,
    ...readFlags(flags),
    rcode: (flags & 0x0f) | (opt === undefined ? 0 : Math.floor(opt.ttlSeconds / 0x100_0000) << 4),
    questions,
    answers,
    authority,
    additional: additional.filter((record) => !isOpt(record)),
    ...(edns && { edns }),
  };
}

function readFlags(flags: number) {
  return {
    opcode: (flags >> 11) & 0x0f,
    isResponse: (flags & 0x8000) !== 0,
    authoritative: (flags & 0x0400) !== 0,
    truncated: (flags & 0x0200) !== 0,
    recursionDesired: (flags & 0x0100) !== 0,
    recursionAvailable: (flags & 0x0080) !== 0,
    authenticData: (flags & 0x0020) !== 0,
    checkingDisabled: (flags & 0x0010) !== 0,
  };
}

/** Stops at the first item that is not there, so that a count of 65,535 costs nothing. */
function times<Item>(reader: Reader, count: number, read: (reader: Reader) => Item): Item[] {
  const items: Item[] = [];
  for (let index = 0; index < count && !reader.failed; index++) items.push(read(reader));
  return items;
}

function readQuestion(reader: Reader): Question {
  return { name: reader.name(), type: reader.u16(), class: reader.u16() };
}

function readRecord(reader: Reader): ResourceRecord {
  const name = reader.name();
  const type = reader.u16();
  const recordClass = reader.u16();
  const ttlSeconds = reader.u32();
  const length = reader.u16();
  const end = reader.offset + length;
  if (end > reader.octets.length) reader.failed = true;
  const understood = recordClass === Class.IN ? readRdata(reader, type, end) : undefined;
  const data = understood ?? { kind: "other", type, octets: reader.take(length) };
  if (reader.offset !== end) reader.failed = true;
  return { name, class: recordClass, ttlSeconds, data };
}

/** Undefined for types whose data are not understood. */
function readRdata(reader: Reader, type: number, end: number): Rdata | undefined {
  switch (type) {
    case Type.A:
      return { kind: "A", address: reader.take(4) };
    case Type.AAAA:
      return { kind: "AAAA", address: reader.take(16) };
    case Type.NS:
      return { kind: "NS", target: reader.name() };
    case Type.CNAME:
      return { kind: "CNAME", target: reader.name() };
    case Type.PTR:
      return { kind: "PTR", target: reader.name() };
    case Type.TXT:
      return { kind: "TXT", strings: readStrings(reader, end) };
    case Type.HINFO:
      return { kind: "HINFO", strings: readStrings(reader, end) };
    case Type.SOA:
      return readSoa(reader);
    case Type.SRV:
      return {
        kind: "SRV",
        priority: reader.u16(),
        weight: reader.u16(),
        port: reader.u16(),
        target: reader.name(),
      };
    default: {
      const layout = layoutsWithNames.get(type);
      return layout && { kind: "other", type, octets: readWithNames(reader, layout) };
    }
  }
}

interface Layout {
  /** How many octets, then character strings, stand before the names. */
  octets?: number;
  strings?: number;
  names: number;
}

/**
 * Other types whose names may be compressed, and so mean something only within their message (RFC 3597 §4). Those
 * without a mnemonic here are obsolete: MD, MF, MB, MG, MR, MINFO, RT, PX.
 */
const layoutsWithNames: ReadonlyMap<number, Layout> = new Map([
  ...[3, 4, 7, 8, 9, Type.DNAME].map((type): [number, Layout] => [type, { names: 1 }]),
  ...[14, Type.RP].map((type): [number, Layout] => [type, { names: 2 }]),
  ...[Type.MX, Type.AFSDB, 21, Type.KX].map((type): [number, Layout] => [type, { octets: 2, names: 1 }]),
  [26, { octets: 2, names: 2 }],
  [Type.NAPTR, { octets: 4, strings: 3, names: 1 }],
]);

/** The data with their names spelled out, so that they can stand anywhere. */
function readWithNames(reader: Reader, { octets = 0, strings = 0, names }: Layout): Uint8Array {
  const parts: Uint8Array[] = [reader.take(octets)];
  for (let index = 0; index < strings; index++) {
    const length = reader.u8();
    parts.push(Uint8Array.of(length), reader.take(length));
  }
  for (let index = 0; index < names; index++) {
    parts.push(Uint8Array.from(wireNameOf(reader.name()), (character) => character.charCodeAt(0)));
  }
  return joinOctets(parts);
}

function readSoa(reader: Reader): Rdata {
  return {
    kind: "SOA",
    nameServer: reader.name(),
    mailbox: reader.name(),
    serial: reader.u32(),
    refreshSeconds: reader.u32(),
    retrySeconds: reader.u32(),
    expireSeconds: reader.u32(),
    minimumSeconds: reader.u32(),
  };
}

function readStrings(reader: Reader, end: number): string[] {
  const strings: string[] = [];
  while (reader.offset < end && !reader.failed) strings.push(String.fromCharCode(...reader.take(reader.u8())));
  return strings;
}

function isOpt(record: ResourceRecord): boolean {
  return record.data.kind === "other" && record.data.type === Type.OPT;
}

/** What the OPT record says; undefined when it is malformed (RFC 6891 §6.1.2). */
function ednsOf(opt: ResourceRecord): Edns | undefined {
  if (opt.data.kind !== "other" || opt.name.length > 0) return undefined;
  const options = readOptions(opt.data.octets);
  if (options === undefined) return undefined;
  return {
    udpPayloadSize: opt.class,
    version: Math.floor(opt.ttlSeconds / 0x1_0000) & 0xff,
    dnssecOk: (opt.ttlSeconds & 0x8000) !== 0,
    options,
  };
}

function readOptions(octets: Uint8Array): Edns["options"] | undefined {
  const reader = new Reader(octets);
  const options: Edns["options"] = [];
  while (reader.offset < octets.length && !reader.failed) {
    options.push({ code: reader.u16(), octets: reader.take(reader.u16()) });
  }
  return reader.failed ? undefined : options;
}
