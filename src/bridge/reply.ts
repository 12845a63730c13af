/**
 * The reply to one client: under the name that it asked for, letter by letter, with an OPT record if it sent one, and
 * cut to what it can take. Decides nothing about what is answered.
 */
import { Class, Rcode } from "../dns/wire/codes.ts";
import { encodeMessage, maxMessageOctets } from "../dns/wire/encode.ts";
import type { Message, Question, ResourceRecord } from "../dns/wire/message.ts";
import { foldLabel, type Name } from "../dns/wire/name.ts";
import type { ClientQuery } from "./receive.ts";

export type Transport = "udp" | "tcp";

/** What is answered, without what the client decides. */
export type Content = Pick<
  Message,
  | "rcode"
  | "authoritative"
  | "truncated"
  | "authenticData"
  | "recursionAvailable"
  | "answers"
  | "authority"
  | "additional"
>;

/** Extended DNS errors (RFC 8914 §4). */
export const ExtendedError = {
  staleAnswer: 3,
  staleDenial: 19,
  notAuthoritative: 20,
  noReachableAuthority: 22,
} as const;
const extendedErrorOption = 15;

const plainUdpOctets = 512;
/** The most that travels everywhere without being cut into fragments (RFC 9715 §3.1). */
export const mostUdpOctets = 1232;

export function encodeReply(
  query: ClientQuery,
  question: Question | undefined,
  content: Content,
  transport: Transport,
  extendedError?: number,
): Uint8Array {
  const options = extendedError === undefined ? [] : [{ code: extendedErrorOption, octets: u16(extendedError) }];
  const { id, opcode, recursionDesired, checkingDisabled, edns } = query;
  const message: Message = {
    ...content,
    ...(edns && { edns: { udpPayloadSize: mostUdpOctets, version: 0, dnssecOk: edns.dnssecOk, options } }),
    id,
    opcode,
    isResponse: true,
    recursionDesired,
    checkingDisabled,
    questions: question === undefined ? [] : [question],
  };
  return encodeMessage(message, maxMessageOctets - octetsFor(query, transport)).octets;
}

/** How long a message the client can take (RFC 6891 §6.2.3). */
export function octetsFor({ edns }: ClientQuery, transport: Transport): number {
  if (transport === "tcp") return maxMessageOctets;
  return Math.min(Math.max(edns?.udpPayloadSize ?? 0, plainUdpOctets), mostUdpOctets);
}

/** Nothing but a response code. */
export function nothingBut(rcode: number, recursionAvailable: boolean): Content {
  const empty = { answers: [], authority: [], additional: [] };
  return { rcode, authoritative: false, truncated: false, authenticData: false, recursionAvailable, ...empty };
}

/**
 * Puts `asked` where `known` stands as an owner: its letters, or the short name that the search list made it of. No
 * alias leads from one to the other. Records with one owner then share one array, by which the encoder knows its sets.
 */
export function underName(content: Content, known: Name, asked: Name): Content {
  const owners = new Map<string, Name>([[keyOf(known), asked]]);
  const rename = (record: ResourceRecord): ResourceRecord => {
    const key = keyOf(record.name);
    const owner = owners.get(key) ?? record.name;
    owners.set(key, owner);
    return { ...record, name: owner };
  };
  const { answers, authority, additional } = content;
  return {
    ...content,
    answers: answers.map(rename),
    authority: authority.map(rename),
    additional: additional.map(rename),
  };
}

/**
 * Turns the addresses at the end of the answer, as Rollcall does itself, so that clients that take the first one
 * spread although they are answered from one copy. `random` is at least 0 and below 1.
 */
export function turned(content: Content, random: number): Content {
  const { answers } = content;
  const start = answers.findLastIndex((record) => !isAddress(record)) + 1;
  const first = start + Math.floor(random * (answers.length - start));
  return { ...content, answers: [...answers.slice(0, start), ...answers.slice(first), ...answers.slice(start, first)] };
}

function isAddress({ data }: ResourceRecord): boolean {
  return data.kind === "A" || data.kind === "AAAA";
}

/** Where the aliases in the answer lead to, if they lead out of it: nothing in it is at that name. */
export function danglingAlias({ rcode, answers }: Content): Name | undefined {
  const last = answers.at(-1);
  if (rcode !== Rcode.noError || last === undefined || last.class !== Class.IN) return undefined;
  return last.data.kind === "CNAME" ? last.data.target : undefined;
}

/** Equal for equal names, whatever their letters, and for no others. */
function keyOf(name: Name): string {
  return name.map((label) => String.fromCharCode(label.length) + foldLabel(label)).join("");
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value);
}
