/**
 * Passes on what somebody else has answered as it stands, since names may be compressed in data that we do not
 * understand: only the ID and the question's letters become the client's (RFC 5625 §4, §6).
 */
import { headerOctets } from "../dns/wire/codes.ts";
import { nameOctets } from "../dns/wire/name.ts";
import { withId } from "./outgoing.ts";
import type { ClientQuestion } from "./receive.ts";
import { encodeReply, nothingBut, octetsFor, type Transport } from "./reply.ts";

/** `reply` answers the question that the client asked, but for the letters of its name. */
export function relay(asked: ClientQuestion, reply: Uint8Array, transport: Transport): Uint8Array {
  const isTooLong = reply.length > octetsFor(asked, transport);
  // Where records can be cut is for those to say who understand them: the client comes back over TCP for all of it.
  const nothing = nothingBut((reply[3] ?? 0) & 0x0f, ((reply[3] ?? 0) & 0x80) !== 0);
  const header = encodeReply(asked, asked.question, { ...nothing, truncated: isTooLong }, transport);
  if (isTooLong) return header;
  const relayed = withId(reply, asked.id);
  const questionEnd = headerOctets + nameOctets(asked.question.name) + 4;
  relayed.set(header.subarray(headerOctets, questionEnd), headerOctets);
  return relayed;
}
