/**
 * Reads a message from the front, bounded by its end. A read past the end, or of a malformed name, sets `failed` and
 * yields zeros: whoever reads asks once, at the end, whether all of it was there.
 */
import { readName, skipName, type Name } from "./name.ts";

export class Reader {
  readonly octets: Uint8Array;
  offset = 0;
  failed = false;

  constructor(octets: Uint8Array) {
    this.octets = octets;
  }

  u8(): number {
    const octet = this.octets[this.offset++];
    if (octet !== undefined) return octet;
    this.failed = true;
    return 0;
  }

  u16(): number {
    return (this.u8() << 8) | this.u8();
  }

  u32(): number {
    return this.u16() * 0x1_0000 + this.u16();
  }

  /** A copy of the next `length` octets. */
  take(length: number): Uint8Array {
    const start = this.offset;
    this.skip(length);
    return this.failed ? new Uint8Array() : this.octets.slice(start, this.offset);
  }

  skip(length: number): void {
    this.offset += length;
    if (this.offset > this.octets.length) this.failed = true;
  }

  name(): Name {
    const start = this.offset;
    this.skipName();
    return this.failed ? [] : readName(this.octets, start);
  }

  skipName(): void {
    const end = skipName(this.octets, this.offset);
    if (end === -1) this.failed = true;
    else this.offset = end;
  }
}
