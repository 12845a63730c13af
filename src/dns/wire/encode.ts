/**
 * A message to octets, with names compressed against the question and against the targets of aliases, never inside an
 * SRV record (RFC 2782). Records that do not fit into 65,535 octets are left out, and the message says so (TC).
 */
import { typeOf, type Edns, type Message, type Rdata, type ResourceRecord } from "./message.ts";
import { Class, Type } from "./codes.ts";
import { commonLabels, type Name } from "./name.ts";

export const maxMessageOctets = 65_535;

export interface EncodedMessage {
  octets: Uint8Array<ArrayBuffer>;
  /** Where the TTLs stand, record by record, the OPT record left out. */
  ttlOffsets: number[];
  /** Where each record of the last RRset of the answer section begins, and where the last one ends. */
  lastSet: number[];
}

/**
 * `reserve` octets are kept free for what the caller appends. The OPT record of `message.edns`, if any, is the last one.
 * No name outside the last RRset of the answer section is compressed to a place within it, so that its records may
 * change their order.
 */
export function encodeMessage(message: Message, reserve = 0): EncodedMessage {
  const ednsOctets = message.edns === undefined ? 0 : optOctets(message.edns);
  const writer = new Writer(maxMessageOctets - reserve - ednsOctets);
  writer.u16(message.id);
  writer.u16(flagsOf(message));
  writer.offset = 12;
  for (const question of message.questions) writer.question(question.name, question.type, question.class);
  const answers = writer.section(message.answers);
  const lastSet = startsOfLastSet(message.answers, writer, answers);
  const authority = writer.section(message.authority);
  const additional = writer.setsThatFit(message.additional);
  const truncated = answers < message.answers.length || authority < message.authority.length;
  if (message.edns !== undefined) writer.opt(message.edns, message.rcode);
  const octets = writer.finish([message.questions.length, answers, authority, additional + (message.edns ? 1 : 0)]);
  if (truncated) octets[2] = (octets[2] ?? 0) | 0x02;
  return { octets, ttlOffsets: writer.ttlOffsets, lastSet };
}

function flagsOf(message: Message): number {
  return (
    (message.isResponse ? 0x8000 : 0) |
    (message.opcode << 11) |
    (message.authoritative ? 0x0400 : 0) |
    (message.truncated ? 0x0200 : 0) |
    (message.recursionDesired ? 0x0100 : 0) |
    (message.recursionAvailable ? 0x0080 : 0) |
    (message.authenticData ? 0x0020 : 0) |
    (message.checkingDisabled ? 0x0010 : 0) |
    (message.rcode & 0x0f)
  );
}

/** The beginnings of those of the first `written` records that form the last RRset, and the offset behind them. */
function startsOfLastSet(answers: readonly ResourceRecord[], writer: Writer, written: number): number[] {
  let first = written - 1;
  while (first > 0 && isSameSet(answers[first - 1], answers[first])) first--;
  return written === 0 ? [] : [...writer.starts.slice(first), writer.offset];
}

function isSameSet(one: ResourceRecord | undefined, other: ResourceRecord | undefined): boolean {
  return one !== undefined && other !== undefined && one.name === other.name && one.data.kind === other.data.kind;
}

function optOctets(edns: Edns): number {
  return edns.options.reduce((sum, option) => sum + 4 + option.octets.length, 11);
}

/** A name that later ones may point into. Its first labels are spelled at `start`, the rest is behind a pointer. */
interface Anchor {
  name: Name;
  start: number;
  spelledLabels: number;
}

/** Undefined for a label behind the pointer: it belongs to the anchor that the pointer leads to. */
function labelOffset(anchor: Anchor, index: number): number | undefined {
  if (index >= anchor.spelledLabels) return undefined;
  let offset = anchor.start;
  for (let before = 0; before < index; before++) offset += 1 + (anchor.name[before]?.length ?? 0);
  return offset;
}

/** A pointer holds 14 bits. */
const maxPointer = 0x3fff;

/**
 * Writes are synchronous, so one buffer serves them all; `finish` copies the message out of it. The margin takes one
 * record beyond the limit, which is where it is noticed that a record does not fit.
 */
const buffer = new Uint8Array(2 * 65_536 + 1024);

class Writer {
  offset = 0;
  readonly ttlOffsets: number[] = [];
  /** Where the records of the current section begin. */
  starts: number[] = [];
  readonly #limit: number;
  readonly #anchors: Anchor[] = [];

  constructor(limit: number) {
    this.#limit = limit;
    buffer.fill(0, 0, 12);
  }

  u8(value: number): void {
    buffer[this.offset++] = value;
  }

  u16(value: number): void {
    buffer[this.offset++] = value >>> 8;
    buffer[this.offset++] = value;
  }

  u32(value: number): void {
    this.u16(Math.floor(value / 0x1_0000));
    this.u16(value & 0xffff);
  }

  raw(octets: Uint8Array): void {
    buffer.set(octets, this.offset);
    this.offset += octets.length;
  }

  question(name: Name, type: number, questionClass: number): void {
    this.anchor(name);
    this.u16(type);
    this.u16(questionClass);
  }

  /** Writes records up to the first that does not fit, and returns how many were written. */
  section(records: readonly ResourceRecord[]): number {
    this.starts = [];
    for (const record of records) {
      const start = this.offset;
      this.record(record);
      if (this.offset > this.#limit) {
        this.#rewind(start, 1);
        return this.starts.length;
      }
      this.starts.push(start);
    }
    return records.length;
  }

  /** As `section`, but an RRset that does not fit is left out as a whole, and so are those behind it. */
  setsThatFit(records: readonly ResourceRecord[]): number {
    const written = this.section(records);
    let whole = written;
    while (written < records.length && whole > 0 && isSameSet(records[whole - 1], records[whole])) whole--;
    if (whole < written) this.#rewind(this.starts[whole] ?? this.offset, written - whole);
    return whole;
  }

  #rewind(offset: number, records: number): void {
    this.offset = offset;
    this.ttlOffsets.length -= records;
    while ((this.#anchors.at(-1)?.start ?? 0) >= offset) this.#anchors.pop();
  }

  record(record: ResourceRecord): void {
    this.compressedName(record.name);
    this.u16(typeOf(record.data));
    this.u16(record.class);
    this.ttlOffsets.push(this.offset);
    this.u32(record.ttlSeconds);
    const lengthOffset = this.offset;
    this.offset += 2;
    this.rdata(record.data);
    const length = this.offset - lengthOffset - 2;
    buffer[lengthOffset] = length >>> 8;
    buffer[lengthOffset + 1] = length;
  }

  rdata(data: Rdata): void {
    switch (data.kind) {
      case "A":
      case "AAAA":
        return this.raw(data.address);
      case "NS":
      case "PTR":
        this.compressedName(data.target);
        return;
      case "CNAME":
        // An alias stands alone at its name, so it is never among records that change their order but as the only one.
        return this.anchor(data.target);
      case "SOA":
        this.compressedName(data.nameServer);
        this.compressedName(data.mailbox);
        this.u32(data.serial);
        this.u32(data.refreshSeconds);
        this.u32(data.retrySeconds);
        this.u32(data.expireSeconds);
        return this.u32(data.minimumSeconds);
      case "SRV":
        this.u16(data.priority);
        this.u16(data.weight);
        this.u16(data.port);
        this.labels(data.target, data.target.length);
        return this.u8(0);
      case "TXT":
      case "HINFO":
        for (const string of data.strings) this.characters(string);
        return;
      case "other":
        return this.raw(data.octets);
    }
  }

  opt(edns: Edns, rcode: number): void {
    this.u8(0);
    this.u16(Type.OPT);
    this.u16(edns.udpPayloadSize);
    this.u8(rcode >> 4);
    this.u8(edns.version);
    this.u16(edns.dnssecOk ? 0x8000 : 0);
    this.u16(optOctets(edns) - 11);
    for (const option of edns.options) {
      this.u16(option.code);
      this.u16(option.octets.length);
      this.raw(option.octets);
    }
  }

  /** Writes a name that later ones may point into. */
  anchor(name: Name): void {
    const start = this.offset;
    this.#anchors.push({ name, start, spelledLabels: this.compressedName(name) });
  }

  /** Points to the anchor that shares the most labels from the right; returns how many labels it had to spell. */
  compressedName(name: Name): number {
    let shared = 0;
    let pointer = 0;
    for (const anchor of this.#anchors) {
      const labels = commonLabels(name, anchor.name);
      if (labels <= shared) continue;
      const offset = labelOffset(anchor, anchor.name.length - labels);
      if (offset === undefined || offset > maxPointer) continue;
      shared = labels;
      pointer = offset;
    }
    const spelled = name.length - shared;
    this.labels(name, spelled);
    if (shared === 0) this.u8(0);
    else this.u16(0xc000 | pointer);
    return spelled;
  }

  labels(name: Name, count: number): void {
    for (let index = 0; index < count; index++) this.characters(name[index] ?? "");
  }

  /** A length octet and the characters of `text`, one octet each. */
  characters(text: string): void {
    buffer[this.offset++] = text.length;
    for (let index = 0; index < text.length; index++) buffer[this.offset++] = text.charCodeAt(index);
  }

  finish(counts: readonly [number, number, number, number]): Uint8Array<ArrayBuffer> {
    counts.forEach((count, index) => {
      buffer[4 + 2 * index] = count >>> 8;
      buffer[5 + 2 * index] = count;
    });
    return buffer.slice(0, this.offset);
  }
}

/** A record of the Internet class. */
export function internetRecord(name: Name, ttlSeconds: number, data: Rdata): ResourceRecord {
  return { name, class: Class.IN, ttlSeconds, data };
}
