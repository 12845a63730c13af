/**
 * The JSON form of DNS over HTTPS: `?name=web.default.svc.cluster.local&type=A`, as Google and Cloudflare publish it
 * (dns.md section 12). The question goes through the same server as a binary one, and its reply is put into words.
 */
import { parseIp } from "../domain/ip.ts";
import type { Asker } from "./deps.ts";
import type { DnsServer } from "./dns-server.ts";
import { cacheControl, dnsMessageType, toResponse } from "./doh-response.ts";
import { Class, Type } from "./wire/codes.ts";
import { decodeMessage } from "./wire/decode.ts";
import { encodeMessage } from "./wire/encode.ts";
import { queryOf, typeOf, type Message, type ResourceRecord } from "./wire/message.ts";
import { nameToText, parseNameText } from "./wire/name-text.ts";
import type { Name } from "./wire/name.ts";
import { rdataToText } from "./wire/rdata-text.ts";

interface JsonQuestion {
  name: Name;
  type: number;
  dnssecOk: boolean;
  checkingDisabled: boolean;
  /** The client's network, echoed under scope 0: the answer is the same for all of them (RFC 7871 §7.2.1). */
  clientSubnet: string | undefined;
  wantsBinary: boolean;
}

export async function answerJson(
  variables: URLSearchParams,
  server: DnsServer,
  asker: Asker | undefined,
): Promise<Response> {
  const question = parseJsonQuestion(variables);
  if ("error" in question) return Response.json(question, { status: 400, headers: { "cache-control": "no-store" } });
  const reply = await server.answer(encodeMessage(toMessage(question)).octets, asker);
  if (question.wantsBinary || reply.kind === "no-message") return toResponse(reply);
  const message = decodeMessage(reply.octets);
  if (message === undefined) throw new Error("our own reply does not decode");
  return new Response(JSON.stringify(toJson(message, question)), {
    headers: { "content-type": "application/dns-json", "cache-control": cacheControl(reply) },
  });
}

/** Of a variable that comes several times, the first counts. */
function parseJsonQuestion(variables: URLSearchParams): JsonQuestion | { error: string } {
  const name = parseNameText(variables.get("name") ?? "");
  if (name === undefined) return { error: "name: 1 to 253 characters in labels of 1 to 63" };
  const type = parseType(variables.get("type") ?? "A");
  if (type === undefined) return { error: "type: a number from 1 to 65535, or a mnemonic" };
  const dnssecOk = parseFlag(variables.get("do") ?? "");
  if (dnssecOk === undefined) return { error: "do: empty, 0, false, 1 or true" };
  const checkingDisabled = parseFlag(variables.get("cd") ?? "");
  if (checkingDisabled === undefined) return { error: "cd: empty, 0, false, 1 or true" };
  const subnet = variables.get("edns_client_subnet");
  const clientSubnet = subnet === null ? undefined : parseSubnet(subnet);
  if (subnet !== null && clientSubnet === undefined) return { error: "edns_client_subnet: an address or range" };
  const wantsBinary = variables.get("ct") === dnsMessageType;
  return { name, type, dnssecOk, checkingDisabled, clientSubnet, wantsBinary };
}

const typesByMnemonic = new Map<string, number>(Object.entries(Type));

function parseType(text: string): number | undefined {
  const known = typesByMnemonic.get(text.toUpperCase());
  if (known !== undefined) return known;
  // `TYPE65` is how RFC 3597 §5 writes a type without a name.
  const digits = /^(?:TYPE)?(\d{1,5})$/i.exec(text)?.[1];
  const number = Number(digits ?? 0);
  return number >= 1 && number <= 65_535 ? number : undefined;
}

function parseFlag(text: string): boolean | undefined {
  if (text === "" || text === "0" || text === "false") return false;
  return text === "1" || text === "true" ? true : undefined;
}

function parseSubnet(text: string): string | undefined {
  const [address = "", prefix, ...rest] = text.split("/");
  const ip = parseIp(address);
  if (ip === undefined || rest.length > 0) return undefined;
  if (prefix !== undefined && !(/^\d{1,3}$/.test(prefix) && Number(prefix) <= ip.octets.length * 8)) return undefined;
  return ip.text;
}

function toMessage({ name, type, dnssecOk, checkingDisabled }: JsonQuestion): Message {
  const flags = { recursionDesired: true, authenticData: false, checkingDisabled };
  const edns = dnssecOk ? { udpPayloadSize: 1232, version: 0, dnssecOk, options: [] } : undefined;
  return queryOf({ name, type, class: Class.IN }, flags, edns);
}

function toJson(message: Message, { clientSubnet }: JsonQuestion) {
  return {
    Status: message.rcode,
    TC: message.truncated,
    RD: message.recursionDesired,
    RA: message.recursionAvailable,
    AD: message.authenticData,
    CD: message.checkingDisabled,
    Question: message.questions.map(({ name, type }) => ({ name: nameToText(name), type })),
    ...(message.answers.length > 0 && { Answer: message.answers.map(recordToJson) }),
    ...(message.authority.length > 0 && { Authority: message.authority.map(recordToJson) }),
    ...(message.additional.length > 0 && { Additional: message.additional.map(recordToJson) }),
    ...(clientSubnet !== undefined && { edns_client_subnet: `${clientSubnet}/0` }),
  };
}

function recordToJson({ name, ttlSeconds, data }: ResourceRecord) {
  return { name: nameToText(name), type: typeOf(data), TTL: ttlSeconds, data: rdataToText(data) };
}
