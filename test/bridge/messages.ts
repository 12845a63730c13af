/** Queries and replies as octets, made and read by a DNS implementation that is not ours. */
import packet, { type Answer, type DecodedPacket, type OptAnswer, type Packet } from "dns-packet";

type RecordType = "A" | "AAAA" | "CNAME" | "HTTPS" | "NS" | "SOA" | "SRV" | "TXT";

export interface QueryShape {
  id?: number;
  /** RD, CD, AD and the like (dns-packet's constants); RD by default. */
  flags?: number;
  /** An OPT record with this payload size, which is not 0: dns-packet takes that for its own. */
  udpPayloadSize?: number;
  dnssecOk?: boolean;
}

export function query(
  name: string,
  type: RecordType = "A",
  { id = 7, flags = packet.RECURSION_DESIRED, udpPayloadSize, dnssecOk = false }: QueryShape = {},
): Buffer {
  const additionals: Packet["additionals"] = udpPayloadSize === undefined ? [] : [opt(udpPayloadSize, dnssecOk)];
  return packet.encode({ type: "query", id, flags, questions: [{ name, type: type as "A" }], additionals });
}

function opt(udpPayloadSize: number, dnssecOk: boolean): OptAnswer {
  const flags = dnssecOk ? packet.DNSSEC_OK : 0;
  return {
    type: "OPT",
    name: ".",
    udpPayloadSize,
    extendedRcode: 0,
    ednsVersion: 0,
    flags,
    flag_do: dnssecOk,
    options: [],
  };
}

export type Decoded = DecodedPacket & { rcode: string };

export function read(octets: Uint8Array | undefined): Decoded {
  if (octets === undefined) throw new Error("there is no reply");
  return packet.decode(Buffer.from(octets)) as Decoded;
}

/** The reply that a server makes of the query; `rcode` is a number. */
export function response(
  to: Uint8Array,
  { answers = [], authorities = [], rcode = 0 }: { answers?: Answer[]; authorities?: Answer[]; rcode?: number },
): Buffer {
  const { id, questions, additionals } = packet.decode(Buffer.from(to));
  const isEdns = additionals?.some(({ type }) => type === "OPT") ?? false;
  return packet.encode({
    type: "response",
    id: id ?? 0,
    flags: packet.AUTHORITATIVE_ANSWER | rcode,
    ...(questions && { questions }),
    answers,
    authorities,
    additionals: isEdns ? [opt(1232, false)] : [],
  });
}

export function address(name: string, data: string, ttl = 5): Answer {
  return { type: "A", name, ttl, data };
}

export function soa(minimum = 5): Answer {
  const data = { mname: "ns.dns.cluster.local", rname: "h.cluster.local", serial: 1, refresh: 2, retry: 3, expire: 4 };
  return { type: "SOA", name: "cluster.local", ttl: 5, data: { ...data, minimum } };
}

/** `name TTL type data`, for what tests look at. */
export function lines(records: readonly Answer[] | undefined): string[] {
  return (records ?? []).flatMap((record) =>
    record.type === "A" || record.type === "CNAME"
      ? [`${record.name} ${record.ttl} ${record.type} ${record.data}`]
      : [],
  );
}
