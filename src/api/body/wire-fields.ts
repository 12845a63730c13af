/**
 * Protobuf's wire format: the fields of a message, one after the other, without knowing what they mean. A message that
 * is not well formed, or not of the types it is read as, sets `fault`; from then on all fields have ended and what is
 * read is zero, so whoever reads asks once, at the end. The wordings are those of Go's decoder.
 * Source: "Protocol Buffers: Encoding".
 */
import { maxValues } from "./scan-json.ts";

export interface Fault {
  /** Undefined as long as all is well; the first thing that is not. */
  message: string | undefined;
  /** How many fields have been read, those of inner messages included: an empty one takes two octets. */
  fields: number;
}

const maxVarintOctets = 10;
const maxFieldNumber = 2 ** 29 - 1;
const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
const nothing = new Uint8Array();

export class WireField {
  readonly number: number;
  readonly #wireType: number;
  readonly #varint: bigint;
  /** A view of the message, not a copy. */
  readonly #octets: Uint8Array;
  readonly #fault: Fault;

  constructor(tag: number, varint: bigint, octets: Uint8Array, fault: Fault) {
    this.number = Math.floor(tag / 8);
    this.#wireType = tag % 8;
    this.#varint = varint;
    this.#octets = octets;
    this.#fault = fault;
  }

  /** `name` is what an error calls the field, here and below. */
  varint(name: string): bigint {
    this.#expect(0, name);
    return this.#varint;
  }

  int32(name: string): number {
    return Number(BigInt.asIntN(32, this.varint(name)));
  }

  int64(name: string): number {
    return Number(BigInt.asIntN(64, this.varint(name)));
  }

  octets(name: string): Uint8Array {
    this.#expect(2, name);
    return this.#octets;
  }

  text(name: string): string {
    return decoder.decode(this.octets(name));
  }

  /** The fields of the message that the field holds. */
  fields(name: string): Iterable<WireField> {
    return wireFields(this.octets(name), this.#fault);
  }

  /** The field itself, or, where a list of numbers was packed into one field, a field for each of them. */
  *unpacked(): Iterable<WireField> {
    if (this.#wireType !== 2) return yield this;
    const cursor = new Cursor(this.#octets, this.#fault);
    while (!cursor.isAtEnd) {
      yield new WireField(this.number * 8, cursor.varint(), nothing, this.#fault);
      countField(this.#fault);
    }
  }

  fail(message: string): void {
    this.#fault.message ??= message;
  }

  #expect(wireType: number, name: string): void {
    if (this.#wireType === wireType) return;
    this.fail(`proto: wrong wireType = ${this.#wireType} for field ${name.charAt(0).toUpperCase()}${name.slice(1)}`);
  }
}

export function* wireFields(octets: Uint8Array, fault: Fault): Iterable<WireField> {
  const cursor = new Cursor(octets, fault);
  while (!cursor.isAtEnd) {
    const field = cursor.field();
    countField(fault);
    if (fault.message === undefined) yield field;
  }
}

function countField(fault: Fault): void {
  fault.fields++;
  if (fault.fields > maxValues) fault.message ??= `exceeded max number of values of ${maxValues}`;
}

class Cursor {
  readonly #octets: Uint8Array;
  readonly #fault: Fault;
  #at = 0;

  constructor(octets: Uint8Array, fault: Fault) {
    this.#octets = octets;
    this.#fault = fault;
  }

  get isAtEnd(): boolean {
    return this.#fault.message !== undefined || this.#at >= this.#octets.length;
  }

  field(): WireField {
    const tag = Number(this.varint());
    if (tag < 8 || tag > maxFieldNumber * 8 + 7) this.#fail(`proto: illegal tag ${Math.floor(tag / 8)}`);
    switch (tag % 8) {
      case 0:
        return new WireField(tag, this.varint(), nothing, this.#fault);
      case 1:
        return new WireField(tag, 0n, this.#take(8), this.#fault);
      case 2:
        return new WireField(tag, 0n, this.#take(Number(this.varint())), this.#fault);
      case 5:
        return new WireField(tag, 0n, this.#take(4), this.#fault);
      default:
        // Groups (3 and 4) are of a time before Kubernetes.
        this.#fail(`proto: illegal wireType ${tag % 8}`);
        return new WireField(tag, 0n, nothing, this.#fault);
    }
  }

  varint(): bigint {
    const first = this.#octet();
    // Most are this short, and arithmetic with bigints is slow.
    if (first < 0x80) return BigInt(first);
    let value = BigInt(first & 0x7f);
    for (let count = 1; count < maxVarintOctets; count++) {
      const octet = this.#octet();
      value |= BigInt(octet & 0x7f) << BigInt(7 * count);
      if (octet < 0x80) return value;
    }
    this.#fail("proto: integer overflow");
    return 0n;
  }

  #octet(): number {
    const octet = this.#octets[this.#at++];
    if (octet === undefined) this.#fail("unexpected EOF");
    return octet ?? 0;
  }

  #take(length: number): Uint8Array {
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#octets.length) this.#fail("unexpected EOF");
    return this.#octets.subarray(start, this.#at);
  }

  #fail(message: string): void {
    this.#fault.message ??= message;
  }
}
