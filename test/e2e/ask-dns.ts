/** Asks over DNS over HTTPS (RFC 8484) with a DNS implementation that is not ours. */
import { decode, encode, type DecodedPacket } from "dns-packet";

export interface DnsAnswer {
  rcode: string;
  /** The addresses in the answer, sorted. */
  addresses: string[];
}

export async function askDns(url: string, name: string, type: "A" | "AAAA" = "A"): Promise<DnsAnswer> {
  const response = await fetch(new URL("/dns-query", url), {
    method: "POST",
    headers: { "Content-Type": "application/dns-message", Accept: "application/dns-message" },
    body: new Uint8Array(encode({ type: "query", id: 0, flags: 0x100, questions: [{ name, type }] })),
  });
  if (!response.ok) throw new Error(`DNS over HTTPS answers ${response.status}: ${await response.text()}`);
  const packet = decode(Buffer.from(await response.arrayBuffer())) as DecodedPacket & { rcode: string };
  const addresses = (packet.answers ?? []).flatMap((answer) => (answer.type === type ? [answer.data] : []));
  return { rcode: packet.rcode, addresses: addresses.sort() };
}
