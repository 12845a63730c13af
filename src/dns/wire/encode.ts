/**
 * A message to octets. Records that do not fit into 65,535 octets are left out, and the message says so (TC); of the
 * additional section whole RRsets are left out, and nothing is said (RFC 2181 §9).
 */
import type { Message, ResourceRecord } from "./message.ts";
import { optOctets, Writer } from "./writer.ts";

export const maxMessageOctets = 65_535;

export interface EncodedMessage {
  octets: Uint8Array<ArrayBuffer>;
  /** Where the TTLs stand, record by record, the OPT record left out. */
  ttlOffsets: readonly number[];
  /**
   * Where each record of the answer section's last RRset begins, and where the last one ends. No name anywhere is
   * compressed to a place within it unless it is an alias, so that these records may change their order.
   */
  lastSet: readonly number[];
}

/** `reserve` octets are kept free for what the caller appends. */
export function encodeMessage(message: Message, reserve = 0): EncodedMessage {
  const { edns, questions, answers, authority, additional } = message;
  const limit = maxMessageOctets - reserve - (edns === undefined ? 0 : optOctets(edns));
  const writer = new Writer();
  for (const question of questions) writer.question(question);
  const answerStarts = writeRecords(writer, answers, limit);
  const lastSet = boundsOfLastSet(answers, answerStarts, writer.offset);
  const authorityStarts = writeRecords(writer, authority, limit);
  const additionalCount = writeWholeSets(writer, additional, limit);
  if (edns !== undefined) writer.opt(edns, message.rcode);
  const isCut = answerStarts.length < answers.length || authorityStarts.length < authority.length;
  const octets = writer.finish(message.id, flagsOf(message) | (isCut ? 0x0200 : 0), [
    questions.length,
    answerStarts.length,
    authorityStarts.length,
    additionalCount + (edns === undefined ? 0 : 1),
  ]);
  return { octets, ttlOffsets: writer.ttlOffsets, lastSet };
}

/** Writes records up to the first that does not fit; returns where they begin. */
function writeRecords(writer: Writer, records: readonly ResourceRecord[], limit: number): number[] {
  const starts: number[] = [];
  for (const record of records) {
    const start = writer.offset;
    writer.record(record);
    if (writer.offset > limit) {
      writer.rewind(start);
      break;
    }
    starts.push(start);
  }
  return starts;
}

/** As `writeRecords`, up to the first RRset that does not fit as a whole; returns how many records were written. */
function writeWholeSets(writer: Writer, records: readonly ResourceRecord[], limit: number): number {
  const starts = writeRecords(writer, records, limit);
  const whole = startOfSet(records, starts.length);
  const start = starts[whole];
  if (start !== undefined) writer.rewind(start);
  return whole;
}

function boundsOfLastSet(answers: readonly ResourceRecord[], starts: readonly number[], end: number): number[] {
  if (starts.length === 0) return [];
  return [...starts.slice(startOfSet(answers, starts.length - 1)), end];
}

/** Index of the first record of the RRset that the record at `index` belongs to; `index` itself behind the last one. */
function startOfSet(records: readonly ResourceRecord[], index: number): number {
  let first = index;
  while (first > 0 && isSameSet(records[first - 1], records[index])) first--;
  return first;
}

/** Records of one RRset share the owner's very array; comparing labels would make long answers slow. */
function isSameSet(one: ResourceRecord | undefined, other: ResourceRecord | undefined): boolean {
  return one !== undefined && one.name === other?.name && one.data.kind === other.data.kind;
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
