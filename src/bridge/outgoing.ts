/**
 * Questions of our own, to Rollcall and to resolvers, and whether what comes back belongs to them. Nothing of a client
 * goes out but its question and what bears on the answer: no cookie, no padding, no client subnet.
 */
import { headerOctets } from "../dns/wire/codes.ts";
import { encodeMessage } from "../dns/wire/encode.ts";
import { queryOf } from "../dns/wire/message.ts";
import { foldLabel, type Name } from "../dns/wire/name.ts";
import { decodeQuery } from "../dns/wire/query.ts";
import type { ClientQuestion } from "./receive.ts";
import { mostUdpOctets } from "./reply.ts";

export interface Outgoing {
  /** With the ID 0, as RFC 8484 §4.1 would have it. */
  octets: Uint8Array<ArrayBuffer>;
  /** Equal for questions that have one answer. */
  key: string;
}

/**
 * The client's question about `name`. `hasEdns` sends an OPT record even if the client sent none, to who is known to
 * understand it.
 */
export function outgoing(asked: ClientQuestion, name: Name, hasEdns: boolean): Outgoing {
  const { question, recursionDesired, checkingDisabled, authenticData } = asked;
  const dnssecOk = asked.edns?.dnssecOk ?? false;
  const edns = { udpPayloadSize: mostUdpOctets, version: 0, dnssecOk, options: [] };
  const flags = { recursionDesired, authenticData, checkingDisabled };
  const sentEdns = hasEdns || asked.edns !== undefined ? edns : undefined;
  const { octets } = encodeMessage(queryOf({ ...question, name: name.map(foldLabel) }, flags, sentEdns));
  return { octets, key: String.fromCharCode(...octets) };
}

/** Whether `reply` is a response to `query`, which we have made: the same ID and the same question. */
export function answersTo(query: Uint8Array, reply: Uint8Array): boolean {
  const [asked, echoed] = [decodeQuery(query), decodeQuery(reply)];
  if (asked.kind !== "query" || echoed.kind !== "query" || !echoed.isResponse) return false;
  return (
    query[0] === reply[0] &&
    query[1] === reply[1] &&
    asked.wireName === echoed.wireName &&
    asked.type === echoed.type &&
    asked.class === echoed.class
  );
}

/** A copy with another ID. */
export function withId(octets: Uint8Array, id: number): Uint8Array<ArrayBuffer> {
  const copy = Uint8Array.from(octets);
  copy[0] = id >> 8;
  copy[1] = id;
  return copy;
}

export function isTruncated(octets: Uint8Array): boolean {
  return octets.length >= headerOctets && ((octets[2] ?? 0) & 0x02) !== 0;
}
