/** A DNS message as values. Source: RFC 1035 §4, RFC 2782 (SRV), RFC 3596 (AAAA), RFC 6891 (EDNS). */
import { Class, Type } from "./codes.ts";
import type { Name } from "./name.ts";

export interface Message {
  id: number;
  opcode: number;
  /** The whole response code; what is above 15 needs `edns`. */
  rcode: number;
  isResponse: boolean;
  authoritative: boolean;
  truncated: boolean;
  recursionDesired: boolean;
  recursionAvailable: boolean;
  authenticData: boolean;
  checkingDisabled: boolean;
  questions: Question[];
  answers: ResourceRecord[];
  authority: ResourceRecord[];
  /** Without the OPT record, which is `edns`. */
  additional: ResourceRecord[];
  edns?: Edns;
}

/** What of a query is up to whoever asks. */
export type QueryFlags = Pick<Message, "recursionDesired" | "authenticData" | "checkingDisabled">;

/** A query of ours, under the ID 0, so that equal questions make equal URLs (RFC 8484 §4.1). */
export function queryOf(question: Question, flags: QueryFlags, edns: Edns | undefined): Message {
  return {
    id: 0,
    opcode: 0,
    rcode: 0,
    isResponse: false,
    authoritative: false,
    truncated: false,
    recursionAvailable: false,
    ...flags,
    questions: [question],
    answers: [],
    authority: [],
    additional: [],
    ...(edns && { edns }),
  };
}

export interface Question {
  name: Name;
  type: number;
  class: number;
}

export interface ResourceRecord {
  name: Name;
  class: number;
  ttlSeconds: number;
  data: Rdata;
}

export type Rdata =
  | { kind: "A" | "AAAA"; address: Uint8Array }
  | { kind: "NS" | "CNAME" | "PTR"; target: Name }
  | Soa
  | Srv
  /** Character strings, one character per octet, 255 at most. */
  | { kind: "TXT" | "HINFO"; strings: string[] }
  | { kind: "other"; type: number; octets: Uint8Array };

export interface Soa {
  kind: "SOA";
  nameServer: Name;
  mailbox: Name;
  serial: number;
  refreshSeconds: number;
  retrySeconds: number;
  expireSeconds: number;
  /** How long a negative answer may be kept (RFC 2308 §4). */
  minimumSeconds: number;
}

interface Srv {
  kind: "SRV";
  priority: number;
  weight: number;
  port: number;
  target: Name;
}

export interface Edns {
  udpPayloadSize: number;
  version: number;
  dnssecOk: boolean;
  options: { code: number; octets: Uint8Array }[];
}

export function typeOf(data: Rdata): number {
  return data.kind === "other" ? data.type : Type[data.kind];
}

/** A record of the Internet class. */
export function internetRecord(name: Name, ttlSeconds: number, data: Rdata): ResourceRecord {
  return { name, class: Class.IN, ttlSeconds, data };
}
