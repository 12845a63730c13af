/** Record data as master files write it. Source: RFC 1035 §5.1, RFC 2782, RFC 3597 §5. */
import { ipFromOctets } from "../../domain/ip.ts";
import type { Rdata } from "./message.ts";
import { escapeOctet, nameToText } from "./name-text.ts";

export function rdataToText(data: Rdata): string {
  switch (data.kind) {
    case "A":
    case "AAAA":
      return ipFromOctets(data.address).text;
    case "NS":
    case "CNAME":
    case "PTR":
      return nameToText(data.target);
    case "SOA": {
      const { serial, refreshSeconds, retrySeconds, expireSeconds, minimumSeconds } = data;
      const names = `${nameToText(data.nameServer)} ${nameToText(data.mailbox)}`;
      return `${names} ${serial} ${refreshSeconds} ${retrySeconds} ${expireSeconds} ${minimumSeconds}`;
    }
    case "SRV":
      return `${data.priority} ${data.weight} ${data.port} ${nameToText(data.target)}`;
    case "TXT":
    case "HINFO":
      return data.strings.map(quoted).join(" ");
    case "other":
      return `\\# ${data.octets.length} ${[...data.octets].map(hexadecimal).join("")}`.trimEnd();
  }
}

function quoted(text: string): string {
  const escaped = text.replaceAll(/[^ -~]|["\\]/g, (character) =>
    character === '"' || character === "\\" ? `\\${character}` : escapeOctet(character.charCodeAt(0)),
  );
  return `"${escaped}"`;
}

function hexadecimal(octet: number): string {
  return octet.toString(16).padStart(2, "0");
}
