/**
 * Writes the parts of a message one after the other, compressing names where that is allowed. Says nothing about the
 * order of the parts, nor about what to do when they become too many.
 */
import { headerOctets, Type } from "./codes.ts";
import { typeOf, type Edns, type Question, type Rdata, type ResourceRecord } from "./message.ts";
import { commonLabels, type Name } from "./name.ts";

/**
 * Writing is synchronous, so that one buffer serves every message, which is copied out of it when it is complete. A
 * record may begin within the 65,535 octets of a message and end behind them; then it is taken back.
 */
const buffer = new Uint8Array(2 * 65_536 + 1024);

/** A pointer holds 14 bits. */
const maxPointer = 0x3fff;

/** A name that later ones may point into. Its first labels are spelled at `start`, the rest is behind a pointer. */
interface Anchor {
  name: Name;
  start: number;
  spelledLabels: number;
}

export class Writer {
  offset = headerOctets;
  /** Where the TTLs stand, record by record. */
  readonly ttlOffsets: number[] = [];
  readonly #anchors: Anchor[] = [];

  /** `counts` are those of the four sections. */
  finish(id: number, flags: number, counts: readonly number[]): Uint8Array<ArrayBuffer> {
    const end = this.offset;
    this.offset = 0;
    for (const value of [id, flags, ...counts]) this.#u16(value);
    return buffer.slice(0, end);
  }

  /** Takes back everything from `offset` on, which is the beginning of one of the last records. */
  rewind(offset: number): void {
    this.offset = offset;
    while ((this.ttlOffsets.at(-1) ?? 0) >= offset) this.ttlOffsets.pop();
    while ((this.#anchors.at(-1)?.start ?? 0) >= offset) this.#anchors.pop();
  }

  question(question: Question): void {
    this.#anchor(question.name);
    this.#u16(question.type);
    this.#u16(question.class);
  }

  record(record: ResourceRecord): void {
    this.#name(record.name);
    this.#u16(typeOf(record.data));
    this.#u16(record.class);
    this.ttlOffsets.push(this.offset);
    this.#u32(record.ttlSeconds);
    const start = this.offset + 2;
    this.offset = start;
    this.#rdata(record.data);
    const end = this.offset;
    this.offset = start - 2;
    this.#u16(end - start);
    this.offset = end;
  }

  opt(edns: Edns, rcode: number): void {
    this.#u8(0);
    this.#u16(Type.OPT);
    this.#u16(edns.udpPayloadSize);
    this.#u8(rcode >> 4);
    this.#u8(edns.version);
    this.#u16(edns.dnssecOk ? 0x8000 : 0);
    this.#u16(optOctets(edns) - emptyOptOctets);
    for (const option of edns.options) {
      this.#u16(option.code);
      this.#u16(option.octets.length);
      this.#raw(option.octets);
    }
  }

  #rdata(data: Rdata): void {
    switch (data.kind) {
      case "A":
      case "AAAA":
        return this.#raw(data.address);
      case "NS":
      case "PTR":
        this.#name(data.target);
        return;
      case "CNAME":
        // It stands alone at its name, so nobody moves it about when somebody points to its target.
        return this.#anchor(data.target);
      case "SOA":
        this.#name(data.nameServer);
        this.#name(data.mailbox);
        this.#u32(data.serial);
        this.#u32(data.refreshSeconds);
        this.#u32(data.retrySeconds);
        this.#u32(data.expireSeconds);
        return this.#u32(data.minimumSeconds);
      case "SRV":
        this.#u16(data.priority);
        this.#u16(data.weight);
        this.#u16(data.port);
        this.#labels(data.target, data.target.length);
        return this.#u8(0);
      case "TXT":
      case "HINFO":
        for (const string of data.strings) this.#characters(string);
        return;
      case "other":
        return this.#raw(data.octets);
    }
  }

  /** Writes a name that later ones may point into. */
  #anchor(name: Name): void {
    const start = this.offset;
    this.#anchors.push({ name, start, spelledLabels: this.#name(name) });
  }

  /** Points to the anchor that shares the most labels from the right; returns how many labels it had to spell. */
  #name(name: Name): number {
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
    this.#labels(name, spelled);
    if (shared === 0) this.#u8(0);
    else this.#u16(0xc000 | pointer);
    return spelled;
  }

  #labels(name: Name, count: number): void {
    for (let index = 0; index < count; index++) this.#characters(name[index] ?? "");
  }

  /** A length octet and the characters of `text`, one octet each. */
  #characters(text: string): void {
    buffer[this.offset++] = text.length;
    for (let index = 0; index < text.length; index++) buffer[this.offset++] = text.charCodeAt(index);
  }

  #raw(octets: Uint8Array): void {
    buffer.set(octets, this.offset);
    this.offset += octets.length;
  }

  #u8(value: number): void {
    buffer[this.offset++] = value;
  }

  #u16(value: number): void {
    buffer[this.offset++] = value >>> 8;
    buffer[this.offset++] = value;
  }

  #u32(value: number): void {
    this.#u16(Math.floor(value / 0x1_0000));
    this.#u16(value & 0xffff);
  }
}

/** Undefined for a label behind the pointer: it belongs to the anchor that the pointer leads to. */
function labelOffset(anchor: Anchor, index: number): number | undefined {
  if (index >= anchor.spelledLabels) return undefined;
  let offset = anchor.start;
  for (let before = 0; before < index; before++) offset += 1 + (anchor.name[before]?.length ?? 0);
  return offset;
}

/** An OPT record without options. */
const emptyOptOctets = 11;

/** What the OPT record takes in a message. */
export function optOctets(edns: Edns): number {
  return edns.options.reduce((sum, option) => sum + 4 + option.octets.length, emptyOptOctets);
}
