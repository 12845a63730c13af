/** Asks a server as a client would: queries are written and replies are read by dns-packet, which knows nothing of us. */
import packet from "dns-packet";
import { anyone, type Asker } from "../../src/dns/deps.ts";
import type { DnsServer } from "../../src/dns/dns-server.ts";

export interface Asked {
  rcode: string;
  /** `name TTL type data`, in the order in which they came; the OPT record left out. */
  answers: string[];
  authority: string[];
  additional: string[];
  authoritative: boolean;
  maxAgeSeconds: number | undefined;
  isPersonal: boolean;
}

/** Type mnemonics that dns-packet cannot write are given by number. */
export async function ask(
  server: DnsServer,
  name: string,
  type: string | number = "A",
  asker: Asker = anyone,
): Promise<Asked> {
  const reply = await server.answer(query(name, type), asker);
  if (reply.kind !== "reply") throw new Error("no reply");
  const message = packet.decode(Buffer.from(reply.octets));
  return {
    rcode: rcodeOf(reply.octets),
    answers: (message.answers ?? []).map(toText),
    authority: (message.authorities ?? []).map(toText),
    additional: (message.additionals ?? []).filter((record) => record.type !== "OPT").map(toText),
    authoritative: message.flag_aa,
    maxAgeSeconds: reply.maxAgeSeconds,
    isPersonal: reply.isPersonal,
  };
}

export function query(name: string, type: string | number): Uint8Array<ArrayBuffer> {
  const written = typeof type === "string" ? type : "A";
  const octets = packet.encode({
    type: "query",
    id: 0,
    flags: packet.RECURSION_DESIRED,
    questions: [{ type: written as packet.RecordType, name, class: "IN" }],
  });
  if (typeof type === "number") octets.writeUInt16BE(type, octets.length - 4);
  return Uint8Array.from(octets);
}

/**
 * The outcome in a word: a response code, NODATA, or the records of the answer as `type data`, one after the other.
 * Aliases that lead to a denial come before it.
 */
export function verdict({ rcode, answers, authority }: Asked): string {
  const records = answers.map((line) => line.split(" ").slice(2).join(" "));
  if (rcode !== "NOERROR") return [...records, rcode].join(", ");
  const isDenied = answers.length === 0 || authority.length > 0;
  return [...records, ...(isDenied ? ["NODATA"] : [])].join(", ");
}

const rcodes = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"];

export function rcodeOf(reply: Uint8Array): string {
  return rcodes[(reply[3] ?? 0) & 0x0f] ?? "?";
}

function toText(record: packet.Answer): string {
  const ttl = "ttl" in record ? record.ttl : 0;
  return `${record.name} ${ttl} ${record.type} ${dataToText(record)}`;
}

function dataToText(record: packet.Answer): string {
  if (record.type === "SRV") {
    const { priority, weight, port, target } = record.data;
    return `${priority} ${weight} ${port} ${target}`;
  }
  if (record.type === "SOA") {
    const { mname, rname, serial, refresh, retry, expire, minimum } = record.data;
    return `${mname} ${rname} ${serial} ${refresh} ${retry} ${expire} ${minimum}`;
  }
  if (record.type === "TXT") return `"${[record.data].flat().join("")}"`;
  return "data" in record && typeof record.data === "string" ? record.data : "?";
}
