/**
 * From a prepared answer to the reply to one query: a copy with the query's ID, flags and letters, its TTLs up to date,
 * its last RRset turned, and an OPT record if the query has one.
 */
import { optRecordOctets, writeOptRecord } from "./opt-record.ts";
import { ageTo, type PreparedAnswer } from "./prepared-answer.ts";
import { headerOctets } from "./wire/codes.ts";
import type { Query } from "./wire/query.ts";
import { newOctets } from "./wire/slab.ts";

/** `random` is at least 0 and below 1; by it the last RRset turns, so that clients who take the first address spread. */
export function writeReply(
  prepared: PreparedAnswer,
  query: Query,
  nowMs: number,
  random: number,
): Uint8Array<ArrayBuffer> {
  ageTo(prepared, nowMs);
  const { octets, rcode } = prepared;
  const { edns } = query;
  const reply = newOctets(octets.length + (edns === undefined ? 0 : optRecordOctets(edns, octets.length)));
  reply.set(octets);
  turnLastSet(reply, prepared, random);
  copyHeader(reply, query.octets);
  copyQuestion(reply, query);
  if (edns !== undefined) writeOptRecord(reply, octets.length, edns, rcode);
  return reply;
}

/** A reply to a message whose question cannot be read: its header alone (dns.md M32). */
export function writeHeaderReply(query: Uint8Array, rcode: number): Uint8Array<ArrayBuffer> {
  const reply = new Uint8Array(headerOctets);
  reply[2] = 0x80;
  reply[3] = rcode;
  copyHeader(reply, query);
  return reply;
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

/** Octet for octet (dns.md M3). A view of the query would cost more than so short a copy: a small array has no buffer yet. */
function copyQuestion(reply: Uint8Array, { octets, questionEnd }: Query): void {
  for (let offset = headerOctets; offset < questionEnd; offset++) reply[offset] = octets[offset] ?? 0;
}

/** ID, opcode, RD and CD; every other flag of a query is ignored (dns.md M1, M2). */
function copyHeader(reply: Uint8Array, query: Uint8Array): void {
  reply[0] = query[0] ?? 0;
  reply[1] = query[1] ?? 0;
  reply[2] = (reply[2] ?? 0) | ((query[2] ?? 0) & 0x79);
  reply[3] = (reply[3] ?? 0) | ((query[3] ?? 0) & 0x10);
}
