/**
 * What came from a client, as octets, and what to make of it: a question to be answered, something that is turned away
 * on the spot, or nothing to answer to. Looks at no name; see `route.ts`.
 */
import { Class, headerOctets, Rcode, Type } from "../dns/wire/codes.ts";
import { decodeMessage } from "../dns/wire/decode.ts";
import type { Edns, Message, Question } from "../dns/wire/message.ts";

/** What of a query its reply depends on. */
export interface ClientQuery {
  id: number;
  opcode: number;
  recursionDesired: boolean;
  checkingDisabled: boolean;
  /** The client would like to know whether the data were validated (RFC 6840 §5.7). */
  authenticData: boolean;
  edns: Pick<Edns, "udpPayloadSize" | "dnssecOk"> | undefined;
}

/** A query with exactly one question, of the Internet class. */
export interface ClientQuestion extends ClientQuery {
  /** With its letters as they came (RFC 4343; "0x20"). */
  question: Question;
}

export type Received =
  /** Too short for a header, or a response: who answers those answers forged packets, and servers that answer back. */
  | { kind: "ignored" }
  | { kind: "turned-away"; query: ClientQuery; question: Question | undefined; rcode: number }
  | { kind: "question"; question: ClientQuestion };

export function receive(octets: Uint8Array): Received {
  const [high = 0, low = 0, flags = 0, lowFlags = 0] = octets;
  if (octets.length < headerOctets || (flags & 0x80) !== 0) return { kind: "ignored" };
  const message = decodeMessage(octets);
  const [question, ...others] = message?.questions ?? [];
  if (message === undefined || question === undefined || others.length > 0) {
    const query = headerAlone((high << 8) | low, flags, lowFlags);
    return turnedAway(query, undefined, query.opcode === 0 ? Rcode.formErr : Rcode.notImp);
  }
  const rcode = refusalOf(message, question);
  if (rcode !== undefined) return turnedAway(clientQuery(message), question, rcode);
  return { kind: "question", question: { ...clientQuery(message), question } };
}

function clientQuery(message: Message): ClientQuery {
  const { id, opcode, recursionDesired, checkingDisabled, authenticData, edns } = message;
  return { id, opcode, recursionDesired, checkingDisabled, authenticData, edns };
}

/** The same order as the Worker's, since names outside its zones never get there (dns.md M8, M9, M14, M15, M23). */
function refusalOf(message: Message, question: Question): number | undefined {
  if (message.opcode !== 0) return Rcode.notImp;
  if (message.edns !== undefined && message.edns.version > 0) return Rcode.badVers;
  if (question.type === 0 || question.type === Type.OPT || question.class === Class.NONE) return Rcode.formErr;
  if (question.class !== Class.IN) return Rcode.refused;
  // A transfer is for those who keep a copy of a zone; neither we nor the Worker hand one out.
  if (question.type === Type.AXFR || question.type === Type.IXFR) return Rcode.refused;
  return undefined;
}

function turnedAway(query: ClientQuery, question: Question | undefined, rcode: number): Received {
  return { kind: "turned-away", query, question, rcode };
}

/** What can be told of a message that cannot be read (RFC 1035 §4.1.1). */
function headerAlone(id: number, flags: number, lowFlags: number): ClientQuery {
  return {
    id,
    opcode: (flags >> 3) & 0x0f,
    recursionDesired: (flags & 0x01) !== 0,
    checkingDisabled: (lowFlags & 0x10) !== 0,
    authenticData: false,
    edns: undefined,
  };
}
