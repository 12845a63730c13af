/** What became of a question; every kind of "nothing" has a name. One switch turns them into response codes. */
import type { Relayed } from "./relayed.ts";
import { Rcode } from "./wire/codes.ts";
import type { Message, ResourceRecord } from "./wire/message.ts";

export type Answer =
  | { kind: "found"; answers: ResourceRecord[]; additional: ResourceRecord[] }
  /** The name exists, without records of that type (NODATA). `answers` are the aliases that led to it. */
  | { kind: "no-data"; answers: ResourceRecord[]; soa: ResourceRecord }
  /** NXDOMAIN. `answers` are the aliases that led there; the response code speaks of their end (RFC 6604 §3). */
  | { kind: "no-such-name"; answers: ResourceRecord[]; soa: ResourceRecord }
  /** What the upstream says of a name outside our zones, be it that it is not there; `answers` begin with our aliases. */
  | (Relayed & { kind: "relayed"; authoritative: boolean })
  /** What would decide it cannot be read right now. */
  | { kind: "unavailable" }
  /** In none of our zones, of a class we do not serve, or a zone transfer. */
  | { kind: "refused" }
  /** A message that decodes, and that makes no sense as a query. */
  | { kind: "malformed" }
  | { kind: "not-implemented" }
  /** An EDNS version that we do not speak. */
  | { kind: "bad-version" };

export function rcodeOf(answer: Answer): number {
  switch (answer.kind) {
    case "found":
    case "no-data":
      return Rcode.noError;
    case "no-such-name":
      return Rcode.nxDomain;
    case "relayed":
      return answer.rcode;
    case "unavailable":
      return Rcode.servFail;
    case "refused":
      return Rcode.refused;
    case "malformed":
      return Rcode.formErr;
    case "not-implemented":
      return Rcode.notImp;
    case "bad-version":
      return Rcode.badVers;
  }
}

type Sections = Pick<Message, "authoritative" | "authenticData" | "answers" | "authority" | "additional">;

/** Authoritative is what was said about a name in one of our zones, be it that it is not there (dns.md M4). */
export function sectionsOf(answer: Answer): Sections {
  switch (answer.kind) {
    case "found":
      return { ...ours, answers: answer.answers, authority: [], additional: answer.additional };
    case "no-data":
    case "no-such-name":
      return { ...ours, answers: answer.answers, authority: [answer.soa], additional: [] };
    case "relayed": {
      const { authoritative, authenticData, answers, authority } = answer;
      return { authoritative, authenticData, answers, authority, additional: [] };
    }
    case "unavailable":
    case "refused":
    case "malformed":
    case "not-implemented":
    case "bad-version":
      return { authoritative: false, authenticData: false, answers: [], authority: [], additional: [] };
  }
}

/** Nothing of ours is signed. */
const ours = { authoritative: true, authenticData: false };
