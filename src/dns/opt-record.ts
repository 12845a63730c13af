/** The OPT record of a reply: made for each one, since it hangs on the query alone. Source: RFC 6891, RFC 7830, RFC 8467. */
import { Option, Type } from "./wire/codes.ts";
import { maxMessageOctets } from "./wire/encode.ts";
import type { QueryEdns } from "./wire/query.ts";

const emptyOptOctets = 11;
const optionHeaderOctets = 4;
/** Padded replies are a multiple of this (RFC 8467 §4.1). */
const paddingBlockOctets = 468;
/** What we could take over UDP, if there were any (RFC 6891 §6.2.3). */
const udpPayloadSize = 1232;

/** Room that an answer must leave for it, however long the answer; padding takes what is left. */
export const mostOptOctets = emptyOptOctets + optionHeaderOctets;

/** How many octets the record takes behind a message of `messageOctets`. */
export function optRecordOctets(edns: QueryEdns, messageOctets: number): number {
  // Only who pads is padded to, and only in the version that we speak.
  if (!edns.padded || edns.version > 0) return emptyOptOctets;
  const blocks = Math.ceil((messageOctets + mostOptOctets) / paddingBlockOctets);
  return Math.min(blocks * paddingBlockOctets, maxMessageOctets) - messageOctets;
}

/** Fills the zeros from `offset` on with the record. Of the query's EDNS only the DO bit comes back (RFC 6891 §6.1.4). */
export function writeOptRecord(reply: Uint8Array<ArrayBuffer>, offset: number, edns: QueryEdns, rcode: number): void {
  const view = new DataView(reply.buffer, reply.byteOffset);
  const dataOctets = reply.length - offset - emptyOptOctets;
  view.setUint16(offset + 1, Type.OPT);
  view.setUint16(offset + 3, udpPayloadSize);
  view.setUint8(offset + 5, rcode >> 4);
  view.setUint16(offset + 7, edns.dnssecOk ? 0x8000 : 0);
  view.setUint16(offset + 9, dataOctets);
  if (dataOctets > 0) {
    view.setUint16(offset + emptyOptOctets, Option.padding);
    view.setUint16(offset + mostOptOctets - 2, dataOctets - optionHeaderOctets);
  }
  const additionalRecords = 10;
  view.setUint16(additionalRecords, view.getUint16(additionalRecords) + 1);
}
