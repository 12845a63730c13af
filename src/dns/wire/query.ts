/**
 * Octets to a question, reading only what an answer depends on. This runs for every request, so it makes no objects
 * for what it merely walks past. It accepts what `decodeMessage` does, if that has one question, and does not look into
 * the data of records that a query has no use for.
 */
import { headerOctets, Option, Type } from "./codes.ts";
import { foldedWireName } from "./name.ts";
import { Reader } from "./reader.ts";

export type DecodedQuery =
  /** Too short for a header: there is no ID to answer to. */
  | { kind: "no-header" }
  /** A header, and something behind it that is no message with one question. */
  | { kind: "unreadable"; opcode: number; octets: Uint8Array }
  | Query;

export interface Query {
  kind: "query";
  opcode: number;
  isResponse: boolean;
  recursionDesired: boolean;
  /** The client wants to know whether the answer was validated, and the answer though it was not (RFC 6840 §5.7, §5.9). */
  authenticData: boolean;
  checkingDisabled: boolean;
  /** The name asked for, in the form of `foldedWireName`. */
  wireName: string;
  type: number;
  class: number;
  edns: QueryEdns | undefined;
  /** The message itself, for what a reply copies from it: ID, flags, and the question, which ends at `questionEnd`. */
  octets: Uint8Array;
  questionEnd: number;
}

export interface QueryEdns {
  version: number;
  dnssecOk: boolean;
  /** Whether the client padded, and so must be sent a padded reply (RFC 7830 §4). */
  padded: boolean;
}

export function decodeQuery(octets: Uint8Array): DecodedQuery {
  if (octets.length < headerOctets) return { kind: "no-header" };
  const reader = new Reader(octets);
  reader.skip(2);
  const flags = reader.u16();
  const opcode = (flags >> 11) & 0x0f;
  const questions = reader.u16();
  const ordinaryRecords = reader.u16() + reader.u16();
  const additionalRecords = reader.u16();
  // RFC 9619 §4: a query holds exactly one question.
  if (questions !== 1) return { kind: "unreadable", opcode, octets };
  reader.skipName();
  const nameEnd = reader.offset;
  const type = reader.u16();
  const questionClass = reader.u16();
  const questionEnd = reader.offset;
  const edns = readRecords(reader, ordinaryRecords, additionalRecords);
  if (reader.failed || reader.offset !== octets.length) return { kind: "unreadable", opcode, octets };
  return {
    kind: "query",
    opcode,
    isResponse: (flags & 0x8000) !== 0,
    recursionDesired: (flags & 0x0100) !== 0,
    authenticData: (flags & 0x0020) !== 0,
    checkingDisabled: (flags & 0x0010) !== 0,
    wireName: foldedWireName(octets, headerOctets, nameEnd),
    type,
    class: questionClass,
    edns,
    octets,
    questionEnd,
  };
}

/** Walks over all records. One OPT at most, and only in the additional section (RFC 6891 §6.1.1). */
function readRecords(reader: Reader, ordinary: number, additional: number): QueryEdns | undefined {
  let edns: QueryEdns | undefined;
  for (let index = 0; index < ordinary + additional && !reader.failed; index++) {
    const start = reader.offset;
    reader.skipName();
    const isOpt = reader.u16() === Type.OPT;
    if (!isOpt) {
      reader.skip(6);
      reader.skip(reader.u16());
      continue;
    }
    const isRoot = reader.octets[start] === 0;
    if (!isRoot || index < ordinary || edns !== undefined) reader.failed = true;
    edns = readOpt(reader);
  }
  return edns;
}

/** The OPT record from its class field on, which is the UDP payload size and means nothing over HTTP (RFC 8484 §6). */
function readOpt(reader: Reader): QueryEdns {
  reader.skip(2);
  reader.skip(1);
  const version = reader.u8();
  const dnssecOk = (reader.u16() & 0x8000) !== 0;
  const length = reader.u16();
  const end = reader.offset + length;
  let padded = false;
  while (reader.offset < end && !reader.failed) {
    if (reader.u16() === Option.padding) padded = true;
    reader.skip(reader.u16());
  }
  if (reader.offset !== end) reader.failed = true;
  return { version, dnssecOk, padded };
}
