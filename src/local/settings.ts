/**
 * Turns the environment into the settings of the local runtime, or into what is wrong with it. Decides who may be let
 * in without a token: only callers on this machine, and over TLS nobody.
 */
import { resolve } from "node:path";
import { isDnsSubdomain } from "../api/validation/names.ts";
import { parseConfig } from "../config/config.ts";
import type { Name } from "../dns/wire/name.ts";
import { isLoopback, parseIp } from "../domain/ip.ts";

export interface Settings {
  /** An IP address. */
  host: string;
  /** 0 for any free port. */
  port: number;
  /** Of plain DNS on loopback; undefined when there is to be none. */
  dnsPort: number | undefined;
  /** Those that DNS answers for, lower case. */
  zones: readonly Name[];
  /** Absolute. */
  dataFolder: string;
  /** The module that is served, absolute; undefined for wrangler.toml's. */
  entry: string | undefined;
  /** Whether the sweep runs every minute by itself. */
  cron: boolean;
  /** Serve TLS, with a certificate that is also for these names and addresses. */
  https: { names: string[] } | undefined;
  /** Everybody is let in. */
  open: boolean;
  /** What the Worker finds in its environment. */
  variables: Record<string, string>;
}

export type ParsedSettings = { ok: true; settings: Settings } | { ok: false; errors: string[] };

/** Whether clients must send a token. */
function hasToken({ ROLLCALL_ADMIN_TOKEN: token = "" }: Texts): boolean {
  return token !== "";
}

type Texts = Readonly<Record<string, string | undefined>>;

/** Variables of wrangler.toml that the environment overrides. */
const overridable = [
  "ROLLCALL_ADMIN_TOKEN",
  "TOKEN_KEYS",
  "DNS_ZONES",
  "DNS_TTL",
  "DNS_STALE_SECONDS",
  "DNS_PODS",
  "DNS_NS_ADDRESSES",
  "DNS_CHOICES",
  "DNS_ACCESS",
  "DNS_UPSTREAM",
  "SERVICE_CIDRS",
  "NAMESPACE_QUOTA",
  "CONCURRENT_LISTS",
  "CONCURRENT_WRITES",
  "WATCHES_PER_IDENTITY",
  "DNS_CORS",
  "PROBE_ALLOW",
  "PROBE_DENY",
  "PROBE_DENY_PORTS",
];

/** Where pods of one machine and its networks live; in production these are denied unless allowed. */
const localProbeRanges = ["127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];

/** `configured` are the variables of wrangler.toml and .dev.vars; `environment` is the process's. */
export function parseSettings(configured: Texts, environment: Texts): ParsedSettings {
  const errors: string[] = [];
  const host = parseHost(environment["HOST"], errors);
  const port = parsePort("PORT", environment["PORT"], 8787, errors);
  const cron = parseCron(environment["ROLLCALL_CRON"], errors);
  const https = parseHttps(environment, errors);
  const variables = workerVariables(configured, environment, host);
  const dnsPort = parseDnsPort(environment["DNS_PORT"], variables, errors);
  const open = https === undefined && !hasToken(variables);
  if (open && !isLoopback(host)) {
    errors.push(
      `HOST ${host} can be reached from other machines: set HTTPS=1 or ROLLCALL_ADMIN_TOKEN before listening there`,
    );
  }
  if (open) variables["ROLLCALL_OPEN"] = "true";
  if (port !== 0) variables["ROLLCALL_PORTS"] = String(port);
  const config = parseConfig(variables);
  if (!config.ok) errors.push(...config.errors);
  if (!config.ok || errors.length > 0) return { ok: false, errors };
  const dataFolder = resolve(environment["ROLLCALL_DATA"] || ".rollcall");
  const zones = config.config.dns.zones.all.map(({ name }) => name);
  const entry = environment["ROLLCALL_WORKER"] ? resolve(environment["ROLLCALL_WORKER"]) : undefined;
  return { ok: true, settings: { host, port, dnsPort, zones, dataFolder, entry, cron, https, open, variables } };
}

function parseHost(text: string | undefined, errors: string[]): string {
  if (text === undefined || text === "" || text === "localhost") return "127.0.0.1";
  const ip = parseIp(text);
  if (ip === undefined) errors.push(`HOST must be an IP address or localhost, not ${JSON.stringify(text)}`);
  return ip?.text ?? "127.0.0.1";
}

function parsePort(name: string, text: string | undefined, usual: number, errors: string[]): number {
  const port = Number(text || usual);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  errors.push(`${name} must be a number from 0 to 65535, not ${JSON.stringify(text)}`);
  return 0;
}

/** Plain DNS has no room for a token. */
function parseDnsPort(text: string | undefined, { DNS_ACCESS }: Texts, errors: string[]): number | undefined {
  const isPublic = DNS_ACCESS === "public";
  const port = parsePort("DNS_PORT", text, isPublic ? 5354 : 0, errors) || undefined;
  const isAlone = port !== undefined && !isPublic;
  if (isAlone) errors.push("DNS_PORT: plain DNS carries no token, so it needs DNS_ACCESS=public");
  return port;
}

function parseCron(text: string | undefined, errors: string[]): boolean {
  if (text === undefined || text === "" || text === "on") return true;
  if (text !== "off") errors.push(`ROLLCALL_CRON must be on or off, not ${JSON.stringify(text)}`);
  return false;
}

function parseHttps(environment: Texts, errors: string[]): { names: string[] } | undefined {
  const [text, names] = [environment["HTTPS"] ?? "", environment["HTTPS_NAMES"] ?? ""];
  if (!["", "0", "1"].includes(text)) errors.push(`HTTPS must be 1 or 0, not ${JSON.stringify(text)}`);
  if (text !== "1") return undefined;
  return { names: names.split(",").flatMap((name) => parseName(name.trim(), errors)) };
}

function parseName(text: string, errors: string[]): string[] {
  if (text === "") return [];
  const name = parseIp(text)?.text ?? text.toLowerCase();
  if (parseIp(name) === undefined && isDnsSubdomain(name) !== undefined) {
    errors.push(`HTTPS_NAMES: ${JSON.stringify(text)} is no host name and no IP address`);
  }
  return [name];
}

/** What a deployment says of who may ask DNS, and of its upstream, is not for the programs of this machine. */
function workerVariables(configured: Texts, environment: Texts, host: string): Record<string, string> {
  const overrides = Object.fromEntries(overridable.map((name) => [name, environment[name]]));
  const merged = [...Object.entries(configured), ...Object.entries(overrides)];
  const variables = Object.fromEntries(merged.filter((entry): entry is [string, string] => entry[1] !== undefined));
  if (isLoopback(host)) variables["DNS_ACCESS"] = environment["DNS_ACCESS"] || "public";
  variables["DNS_UPSTREAM"] = environment["DNS_UPSTREAM"] ?? "";
  variables["AUDIT"] = environment["AUDIT"] || "off"; // a file of its own that grows, only for who asks for it
  delete variables["ROLLCALL_OPEN"]; // for this runtime alone to give
  variables["PROBE_ALLOW"] = [...localProbeRanges, variables["PROBE_ALLOW"] ?? ""].join(",");
  return variables;
}
