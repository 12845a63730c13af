/**
 * An answer encoded once, to be sent many times: each reply is a copy with its own ID, flags, letters of the question,
 * remaining TTLs, order of addresses, and OPT record.
 */
import { rcodeOf, sectionsOf, type Answer } from "./answer.ts";
import { headerOctets, Option, Type } from "./wire/codes.ts";
import { encodeMessage, maxMessageOctets } from "./wire/encode.ts";
import { nameOfWireName } from "./wire/name.ts";
import type { Query, QueryEdns } from "./wire/query.ts";

export interface PreparedAnswer {
  rcode: number;
  /** Says that something is not there. */
  isDenial: boolean;
  /** As long as it may be kept, at the moment that it was true; undefined for what says nothing of a name. */
  lifetimeSeconds: number | undefined;
  /** When that was. */
  asOfMs: number;
  /** Without an OPT record. Its TTLs are as of `ageSeconds`; whoever sends it brings them up to date. */
  octets: Uint8Array<ArrayBuffer>;
  ageSeconds: number;
  ttlOffsets: readonly number[];
  ttlsSeconds: readonly number[];
  /** Where the records that change their order begin, and where the last one ends. */
  lastSet: readonly number[];
}

/** An OPT record, and in it the header of a padding option. */
const optOctets = 11;
const paddingHeaderOctets = 4;
/** Padded replies are a multiple of this (RFC 8467 §4.1). */
const paddingBlockOctets = 468;
/** What we could take over UDP, if there were any (RFC 6891 §6.2.3). */
const udpPayloadSize = 1232;

export function prepareAnswer(query: Query, answer: Answer, asOfMs: number): PreparedAnswer {
  const rcode = rcodeOf(answer);
  const sections = sectionsOf(answer);
  const { octets, ttlOffsets, lastSet } = encodeMessage(
    {
      id: 0,
      opcode: 0,
      rcode,
      isResponse: true,
      truncated: false,
      recursionDesired: false,
      recursionAvailable: false,
      authenticData: false,
      checkingDisabled: false,
      questions: [{ name: nameOfWireName(query.wireName), type: query.type, class: query.class }],
      ...sections,
    },
    optOctets + paddingHeaderOctets,
  );
  const ttls = [...sections.answers, ...sections.authority].map((record) => record.ttlSeconds);
  return {
    rcode,
    isDenial: sections.authority.length > 0,
    lifetimeSeconds: ttls.length === 0 ? undefined : Math.min(...ttls),
    asOfMs,
    octets,
    ageSeconds: 0,
    ttlOffsets,
    ttlsSeconds: ttlOffsets.map((offset) => readU32(octets, offset)),
    lastSet,
  };
}

/** Seconds that a cache may keep the answer from now on. */
export function remainingSeconds(prepared: PreparedAnswer, nowMs: number): number | undefined {
  const { lifetimeSeconds } = prepared;
  return lifetimeSeconds === undefined ? undefined : Math.max(0, lifetimeSeconds - ageSecondsAt(prepared, nowMs));
}

/** `random` is at least 0 and below 1; it turns the last RRset, so that clients who take the first address spread. */
export function writeReply(
  prepared: PreparedAnswer,
  query: Query,
  nowMs: number,
  random: number,
): Uint8Array<ArrayBuffer> {
  ageTo(prepared, ageSecondsAt(prepared, nowMs));
  const { octets } = prepared;
  const paddingOctets = query.edns === undefined ? 0 : paddingFor(octets.length, query.edns);
  const reply = new Uint8Array(octets.length + (query.edns === undefined ? 0 : optOctets + paddingOctets));
  reply.set(octets);
  turnLastSet(reply, prepared, random);
  copyFromQuery(reply, query);
  if (query.edns !== undefined) writeOpt(reply, octets.length, query.edns, prepared.rcode, paddingOctets);
  return reply;
}

/** A reply to a message whose question cannot be read: its header alone (dns.md M32). */
export function writeHeaderReply(query: Uint8Array, rcode: number): Uint8Array<ArrayBuffer> {
  const reply = new Uint8Array(headerOctets);
  reply[2] = 0x80;
  reply[3] = rcode;
  copyFromHeader(reply, query);
  return reply;
}

/**
 * Addresses age by full seconds, as in every cache. Denials age by seconds begun, so that nobody keeps one for longer
 * than a TTL after somebody else has created the name.
 */
function ageSecondsAt({ asOfMs, isDenial }: PreparedAnswer, nowMs: number): number {
  const ageSeconds = Math.max(0, (nowMs - asOfMs) / 1000);
  return isDenial ? Math.ceil(ageSeconds) : Math.floor(ageSeconds);
}

function ageTo(prepared: PreparedAnswer, ageSeconds: number): void {
  if (prepared.ageSeconds === ageSeconds) return;
  prepared.ageSeconds = ageSeconds;
  for (const [index, offset] of prepared.ttlOffsets.entries()) {
    writeU32(prepared.octets, offset, Math.max(0, (prepared.ttlsSeconds[index] ?? 0) - ageSeconds));
  }
}

function turnLastSet(reply: Uint8Array, { octets, lastSet }: PreparedAnswer, random: number): void {
  const records = lastSet.length - 1;
  const start = lastSet[0] ?? 0;
  const end = lastSet[records] ?? 0;
  const first = lastSet[Math.floor(random * records)] ?? start;
  if (records < 2 || first === start) return;
  reply.set(octets.subarray(first, end), start);
  reply.set(octets.subarray(start, first), start + end - first);
}

function copyFromQuery(reply: Uint8Array, query: Query): void {
  copyFromHeader(reply, query.octets);
  reply.set(query.octets.subarray(headerOctets, query.questionEnd), headerOctets);
}

/** ID, opcode, RD and CD; every other flag of a query is ignored (dns.md M1, M2). */
function copyFromHeader(reply: Uint8Array, query: Uint8Array): void {
  reply[0] = query[0] ?? 0;
  reply[1] = query[1] ?? 0;
  reply[2] = (reply[2] ?? 0) | ((query[2] ?? 0) & 0x79);
  reply[3] = (reply[3] ?? 0) | ((query[3] ?? 0) & 0x10);
}

/** Octets of the padding option, header included: only who pads is padded to, and only in the version we speak. */
function paddingFor(messageOctets: number, edns: QueryEdns): number {
  if (!edns.padded || edns.version > 0) return 0;
  const least = messageOctets + optOctets + paddingHeaderOctets;
  const size = Math.min(Math.ceil(least / paddingBlockOctets) * paddingBlockOctets, maxMessageOctets);
  return size - messageOctets - optOctets;
}

/** The OPT record behind the last one; of the query's EDNS only the DO bit comes back (RFC 6891 §6.1.4). */
function writeOpt(reply: Uint8Array, offset: number, edns: QueryEdns, rcode: number, paddingOctets: number): void {
  const { dnssecOk } = edns;
  writeU16(reply, 10, ((reply[10] ?? 0) << 8) + (reply[11] ?? 0) + 1);
  writeU16(reply, offset + 1, Type.OPT);
  writeU16(reply, offset + 3, udpPayloadSize);
  reply[offset + 5] = rcode >> 4;
  reply[offset + 7] = dnssecOk ? 0x80 : 0;
  writeU16(reply, offset + 9, paddingOctets);
  if (paddingOctets === 0) return;
  writeU16(reply, offset + optOctets, Option.padding);
  writeU16(reply, offset + optOctets + 2, paddingOctets - paddingHeaderOctets);
}

function readU32(octets: Uint8Array, offset: number): number {
  return [0, 1, 2, 3].reduce((value, index) => value * 256 + (octets[offset + index] ?? 0), 0);
}

function writeU32(octets: Uint8Array, offset: number, value: number): void {
  writeU16(octets, offset, value >>> 16);
  writeU16(octets, offset + 2, value);
}

function writeU16(octets: Uint8Array, offset: number, value: number): void {
  octets[offset] = value >>> 8;
  octets[offset + 1] = value;
}
