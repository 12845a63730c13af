/**
 * What is sent upstream, and what is believed of what comes back. Pure. Nothing that a client put into its own EDNS goes
 * on: no client subnet, no cookie, no padding. Source: RFC 1035, RFC 2308 §3 and §5, RFC 2181 §8, RFC 6840 §5.7.
 */
import { Class, Rcode, Type } from "./wire/codes.ts";
import { decodeMessage } from "./wire/decode.ts";
import { encodeMessage } from "./wire/encode.ts";
import { queryOf, type Message, type ResourceRecord } from "./wire/message.ts";
import { foldLabel, isSameName, isWithin, type Name } from "./wire/name.ts";
import { soundTtl } from "./wire/ttl.ts";

/** What is asked of the upstream. */
export interface Asked {
  /** Lower case. */
  name: Name;
  type: number;
  dnssecOk: boolean;
  checkingDisabled: boolean;
  /** The client wants to know whether the answer was validated. */
  authenticData: boolean;
}

/** An answer that can be passed on, its TTLs as of when it was given. */
export interface Relayed {
  rcode: typeof Rcode.noError | typeof Rcode.nxDomain;
  authenticData: boolean;
  answers: ResourceRecord[];
  authority: ResourceRecord[];
}

export function toUpstreamQuery({ name, type, dnssecOk, checkingDisabled, authenticData }: Asked): Uint8Array {
  const flags = { recursionDesired: true, authenticData, checkingDisabled };
  const edns = { udpPayloadSize: 1232, version: 0, dnssecOk, options: [] };
  return encodeMessage(queryOf({ name, type, class: Class.IN }, flags, edns)).octets;
}

/**
 * Undefined for what cannot be passed on: octets that are no whole reply, a reply to another question, and one that says
 * that there is no answer. `ageSeconds` is how long an HTTP cache has held it.
 */
export function parseUpstreamReply(octets: Uint8Array, asked: Asked, ageSeconds: number): Relayed | undefined {
  const message = decodeMessage(octets);
  if (message === undefined || !isReplyTo(asked, message)) return undefined;
  const { rcode, authenticData } = message;
  if (rcode !== Rcode.noError && rcode !== Rcode.nxDomain) return undefined;
  const records = [message.answers, message.authority].map((section) =>
    section.map((record) => ({ ...record, ttlSeconds: ttlOf(record, ageSeconds) })),
  );
  const [answers = [], authority = []] = records;
  return { rcode, authenticData, answers, authority };
}

/** How long it may be kept; zero for a denial that does not say (RFC 2308 §5). */
export function lifetimeSeconds({ rcode, answers, authority }: Relayed): number {
  const isDenial = rcode === Rcode.nxDomain || answers.length === 0;
  if (isDenial && !authority.some(({ data }) => data.kind === "SOA")) return 0;
  return Math.min(...[...answers, ...authority].map((record) => record.ttlSeconds));
}

/** Over HTTPS nothing needs to be cut, so a reply that was is no answer. */
function isReplyTo({ name, type }: Asked, message: Message): boolean {
  const [question, ...others] = message.questions;
  if (question === undefined || others.length > 0) return false;
  const { isResponse, opcode, id, truncated } = message;
  if (!isResponse || opcode !== 0 || id !== 0 || truncated) return false;
  return isSameName(question.name.map(foldLabel), name) && question.type === type && question.class === Class.IN;
}

/** The SOA of a denial says in two places how long it may be kept, and the shorter counts (RFC 2308 §3). */
function ttlOf({ ttlSeconds, data }: ResourceRecord, ageSeconds: number): number {
  const given = soundTtl(ttlSeconds);
  const counted = data.kind === "SOA" ? Math.min(given, data.minimumSeconds) : given;
  return Math.max(0, counted - ageSeconds);
}

/** Names that mean something here or nowhere, so that nobody else is told that they were asked for. */
const staysHere: readonly Name[] = [
  // RFC 6761, 6762, 7686, 8375, 9476, and what ICANN has set apart for private use.
  ...["localhost", "local", "invalid", "test", "onion", "alt", "internal"].map((label) => [label]),
  ["home", "arpa"],
  // What a client finds here would be the upstream's own resolver, and it would go there (RFC 9462 §6.4).
  ["resolver", "arpa"],
  // Private and link-local addresses (RFC 6303 §4).
  ...["10", "127", "254.169", "168.192"].map((network) => [...network.split("."), "in-addr", "arpa"]),
  ...Array.from({ length: 16 }, (_, index) => [String(16 + index), "172", "in-addr", "arpa"]),
  ...["c.f", "d.f", "8.e.f", "9.e.f", "a.e.f", "b.e.f"].map((network) => [...network.split("."), "ip6", "arpa"]),
];

/** Whether a question may be asked upstream at all. `name` is in lower case. */
export function isForOthers(name: Name, type: number): boolean {
  // Of the types that are about messages and transfers, ANY alone can be relayed (RFC 6895 §3.1).
  const isMeta = type >= 128 && type < Type.ANY;
  return !isMeta && !staysHere.some((root) => isWithin(name, root));
}
