/** What DNS answers, and to whom. */
import type { DnsConfig } from "../dns/deps.ts";
import { parseUpstreamUrl } from "../dns/upstream-url.ts";
import { parseZones, type Zones } from "../dns/zones.ts";
import type { VariableReader } from "./variable-reader.ts";

/** Who may ask: whoever has a token for it, or everybody. */
export type DnsAccess = "token" | "public";

export function readDnsAccess(reader: VariableReader): DnsAccess {
  return reader.oneOf("DNS_ACCESS", ["token", "public"], "token");
}

export function readDns(reader: VariableReader, access: DnsAccess): DnsConfig {
  return {
    zones: readZones(reader),
    ttlSeconds: readTtlSeconds(reader),
    staleSeconds: reader.wholeNumber("DNS_STALE_SECONDS", 86_400),
    podRecords: reader.oneOf("DNS_PODS", ["disabled", "insecure", "verified"], "verified"),
    nameServerAddresses: reader.addresses("DNS_NS_ADDRESSES"),
    choices: reader.oneOf("DNS_CHOICES", ["on", "off"], "on") === "on",
    upstreamUrl: readUpstreamUrl(reader, access),
  };
}

export function readDnsOrigins(reader: VariableReader): string[] {
  return reader.entries("DNS_CORS", parseOrigin, "is neither * nor an origin such as https://app.example.com");
}

function parseOrigin(text: string): string | undefined {
  return text === "*" || URL.parse(text)?.origin === text ? text : undefined;
}

function readZones(reader: VariableReader): Zones {
  const parsed = parseZones(reader.text("DNS_ZONES") ?? "cluster.local");
  if (!("error" in parsed)) return parsed;
  reader.errors.push(`DNS_ZONES: ${parsed.error}`);
  return { primary: { kind: "cluster", name: [], nameServer: [], mailbox: [] }, all: [] };
}

function readTtlSeconds(reader: VariableReader): number {
  const text = reader.text("DNS_TTL") ?? "5";
  const seconds = Number(text);
  const isTtl = Number.isInteger(seconds) && seconds >= 0 && seconds <= 3600 && text !== "";
  if (!isTtl) reader.refuse("DNS_TTL", "a whole number of seconds from 0 to 3600");
  return seconds;
}

/** A resolver that resolves everything for everybody is soon found by those who attack others with it. */
function readUpstreamUrl(reader: VariableReader, access: DnsAccess): string | undefined {
  const text = reader.text("DNS_UPSTREAM") ?? "";
  if (text === "") return undefined;
  const parsed = parseUpstreamUrl(text);
  if ("error" in parsed) reader.errors.push(`DNS_UPSTREAM ${parsed.error}`);
  if (access === "public") reader.errors.push("DNS_UPSTREAM is for callers with a token: it needs DNS_ACCESS=token");
  return "url" in parsed ? parsed.url : undefined;
}
