/** Turns the environment's text into the configuration, once and completely: defaults, and every error with its name. */
import { isHostName, type PortRange, type ProbePolicy } from "./access/address-policy.ts";
import type { CloudflareAccess } from "./access/cloudflare-access.ts";
import { parseTokenKeys } from "./access/token-keys.ts";
import type { DnsConfig, PodRecords } from "./dns/deps.ts";
import { parseUpstreamUrl } from "./dns/upstream-url.ts";
import { parseZones, type Zones } from "./dns/zones.ts";
import { regions, type Region } from "./domain/node.ts";
import { parseIp, parseIpRange, type Ip, type IpRange } from "./domain/ip.ts";

export interface Config {
  access: AccessConfig;
  dns: DnsConfig;
  dnsAccess: DnsAccess;
  /** Where cluster IPs come from, at most one range per family. */
  serviceRanges: IpRange[];
  /** Where the Durable Objects are asked to live that have no region of their own. */
  homeRegion: Region | undefined;
  /** How many objects of a resource a namespace may hold; `*` for those that are not named. */
  quotas: Readonly<Record<string, number>>;
  /** How many requests an isolate carries out at once; 0 for any number. */
  concurrency: { lists: number; writes: number };
  /** How many watch streams one user may have; 0 for any number. */
  watchesPerIdentity: number;
  /** Whether each write is told in the log. */
  audit: boolean;
  /** Pages of these origins may ask DNS; `*` for all. */
  dnsOrigins: readonly string[];
  /** Where probes may go. */
  probePolicy: ProbePolicy;
}

/** Who is let in. Without any of it, nobody. */
export interface AccessConfig {
  /** Whoever calls from this machine is the administrator: the local runtime on loopback. */
  open: boolean;
  /** Whoever shows it is the administrator. */
  adminToken: string | undefined;
  /** What signs the tokens of service accounts: the first signs, all verify. */
  tokenKeys: readonly Uint8Array[];
  /** Whoever Cloudflare Access lets through is who it says they are. */
  cloudflareAccess: CloudflareAccess | undefined;
}

/** Who may ask DNS: whoever has a token for it, or everybody. */
export type DnsAccess = "token" | "public";

/** The variables that are read; the names are the ones of wrangler.toml and of the secrets. */
export interface Variables {
  ROLLCALL_ADMIN_TOKEN?: string;
  /** "true" lets everybody in; set by the local runtime when it listens on loopback without a token. */
  ROLLCALL_OPEN?: string;
  TOKEN_KEYS?: string;
  ACCESS_TEAM_DOMAIN?: string;
  ACCESS_AUDIENCE?: string;
  ACCESS_USER_PREFIX?: string;
  ACCESS_GROUPS?: string;
  DNS_ZONES?: string;
  DNS_TTL?: string;
  DNS_STALE_SECONDS?: string;
  DNS_PODS?: string;
  DNS_NS_ADDRESSES?: string;
  DNS_CHOICES?: string;
  DNS_ACCESS?: string;
  DNS_UPSTREAM?: string;
  SERVICE_CIDRS?: string;
  HOME_REGION?: string;
  NAMESPACE_QUOTA?: string;
  CONCURRENT_LISTS?: string;
  CONCURRENT_WRITES?: string;
  WATCHES_PER_IDENTITY?: string;
  AUDIT?: string;
  DNS_CORS?: string;
  PROBE_ALLOW?: string;
  PROBE_DENY?: string;
  PROBE_DENY_PORTS?: string;
  /** Where the local runtime listens, for probes to keep away from. */
  ROLLCALL_PORTS?: string;
}

export type ParsedConfig = { ok: true; config: Config } | { ok: false; errors: string[] };

export function parseConfig(variables: Variables): ParsedConfig {
  const errors: string[] = [];
  const access = dnsAccess(variables.DNS_ACCESS, errors);
  const nameServerAddresses = addresses("DNS_NS_ADDRESSES", variables.DNS_NS_ADDRESSES, errors);
  const config: Config = {
    access: accessOf(variables, errors),
    dns: {
      zones: zones(variables.DNS_ZONES, errors),
      ttlSeconds: ttlSeconds(variables.DNS_TTL, errors),
      staleSeconds: wholeNumber("DNS_STALE_SECONDS", variables.DNS_STALE_SECONDS, { orElse: 0, most: 86_400 }, errors),
      podRecords: podRecords(variables.DNS_PODS, errors),
      nameServerAddresses,
      choices: choices(variables.DNS_CHOICES, errors),
      upstreamUrl: upstreamUrl(variables.DNS_UPSTREAM, access, errors),
    },
    dnsAccess: access,
    serviceRanges: serviceRanges(variables.SERVICE_CIDRS, errors),
    homeRegion: homeRegion(variables.HOME_REGION, errors),
    quotas: quotas(variables.NAMESPACE_QUOTA, errors),
    concurrency: {
      lists: wholeNumber("CONCURRENT_LISTS", variables.CONCURRENT_LISTS, { orElse: 0, most: 10_000 }, errors),
      writes: wholeNumber("CONCURRENT_WRITES", variables.CONCURRENT_WRITES, { orElse: 0, most: 10_000 }, errors),
    },
    watchesPerIdentity: wholeNumber(
      "WATCHES_PER_IDENTITY",
      variables.WATCHES_PER_IDENTITY,
      { orElse: 0, most: 30_000 },
      errors,
    ),
    audit: onOrOff("AUDIT", variables.AUDIT, errors),
    dnsOrigins: origins(variables.DNS_CORS, errors),
    probePolicy: probePolicy(variables, nameServerAddresses, errors),
  };
  return errors.length === 0 ? { ok: true, config } : { ok: false, errors };
}

/** An isolate has one environment, and its text never changes. */
const parsed = new WeakMap<Variables, ParsedConfig>();

/** The same as `parseConfig`, parsed once. */
export function parsedConfigOf(env: Variables): ParsedConfig {
  const known = parsed.get(env) ?? parseConfig(env);
  parsed.set(env, known);
  return known;
}

/** For whatever is reached only through a front that has refused a wrong configuration. */
export function configOf(env: Variables): Config {
  const result = parsedConfigOf(env);
  if (!result.ok) throw new Error(`the configuration is wrong: ${result.errors.join("; ")}`);
  return result.config;
}

function accessOf(variables: Variables, errors: string[]): AccessConfig {
  const adminToken = variables.ROLLCALL_ADMIN_TOKEN || undefined;
  const open = adminToken === undefined && variables.ROLLCALL_OPEN === "true";
  return {
    open,
    adminToken,
    tokenKeys: tokenKeys(variables.TOKEN_KEYS, errors),
    cloudflareAccess: cloudflareAccess(variables, errors),
  };
}

/** Names that begin so are Kubernetes' to give. */
const reservedPrefix = "system:";

function cloudflareAccess(variables: Variables, errors: string[]): CloudflareAccess | undefined {
  const { ACCESS_TEAM_DOMAIN: team = "", ACCESS_AUDIENCE: audience = "" } = variables;
  const userPrefix = variables.ACCESS_USER_PREFIX ?? "access:";
  const groups = list(variables.ACCESS_GROUPS ?? "");
  if (team === "" && audience === "") return undefined;
  if (team === "" || audience === "") errors.push("ACCESS_TEAM_DOMAIN and ACCESS_AUDIENCE must be set together");
  else if (!isHostName(team)) {
    errors.push(
      `ACCESS_TEAM_DOMAIN must be a host name such as example.cloudflareaccess.com, not ${JSON.stringify(team)}`,
    );
  }
  for (const name of [userPrefix, ...groups].filter((each) => each.startsWith(reservedPrefix))) {
    errors.push(
      `ACCESS_USER_PREFIX and ACCESS_GROUPS may not begin with ${reservedPrefix}, as ${JSON.stringify(name)} does`,
    );
  }
  return { issuer: `https://${team}`, audience, userPrefix, groups };
}

function tokenKeys(text: string | undefined, errors: string[]): readonly Uint8Array[] {
  const parsed = parseTokenKeys(text ?? "");
  if (parsed.ok) return parsed.keys;
  errors.push(`TOKEN_KEYS: ${parsed.error}`);
  return [];
}

function zones(text: string | undefined, errors: string[]): Zones {
  const parsed = parseZones(text ?? "cluster.local");
  if (!("error" in parsed)) return parsed;
  errors.push(`DNS_ZONES: ${parsed.error}`);
  return { primary: { kind: "cluster", name: [], nameServer: [], mailbox: [] }, all: [] };
}

function ttlSeconds(text: string | undefined, errors: string[]): number {
  const seconds = Number(text ?? "5");
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > 3600 || text === "") {
    errors.push(`DNS_TTL must be a whole number of seconds from 0 to 3600, not ${JSON.stringify(text)}`);
  }
  return seconds;
}

function wholeNumber(
  name: string,
  text: string | undefined,
  { orElse, most }: { orElse: number; most: number },
  errors: string[],
): number {
  if (text === undefined || text === "") return orElse;
  if (/^\d{1,9}$/.test(text) && Number(text) <= most) return Number(text);
  errors.push(`${name} must be a whole number from 0 to ${most}, not ${JSON.stringify(text)}`);
  return orElse;
}

function onOrOff(name: string, text: string | undefined, errors: string[]): boolean {
  if (text !== undefined && !["", "on", "off"].includes(text)) {
    errors.push(`${name} must be on or off, not ${JSON.stringify(text)}`);
  }
  return text === "on";
}

function origins(text: string | undefined, errors: string[]): string[] {
  const found = list(text ?? "");
  const strange = found.filter((origin) => origin !== "*" && URL.parse(origin)?.origin !== origin);
  for (const origin of strange) {
    errors.push(`DNS_CORS: ${JSON.stringify(origin)} is neither * nor an origin such as https://app.example.com`);
  }
  return found;
}

function podRecords(text: string | undefined, errors: string[]): PodRecords {
  const mode = (["disabled", "insecure", "verified"] as const).find((known) => known === (text ?? "verified"));
  if (mode === undefined) errors.push(`DNS_PODS must be disabled, insecure or verified, not ${JSON.stringify(text)}`);
  return mode ?? "verified";
}

function choices(text: string | undefined, errors: string[]): boolean {
  if (text === "off") return false;
  if (text !== undefined && text !== "on") errors.push(`DNS_CHOICES must be on or off, not ${JSON.stringify(text)}`);
  return true;
}

function dnsAccess(text: string | undefined, errors: string[]): DnsAccess {
  const access = (["token", "public"] as const).find((known) => known === (text ?? "token"));
  if (access === undefined) errors.push(`DNS_ACCESS must be token or public, not ${JSON.stringify(text)}`);
  return access ?? "token";
}

/** A resolver that resolves everything for everybody is soon found by those who attack others with it. */
function upstreamUrl(text: string | undefined, access: DnsAccess, errors: string[]): string | undefined {
  if (text === undefined || text === "") return undefined;
  const parsed = parseUpstreamUrl(text);
  if ("error" in parsed) errors.push(`DNS_UPSTREAM ${parsed.error}`);
  if (access === "public") errors.push("DNS_UPSTREAM is for callers with a token: it needs DNS_ACCESS=token");
  return "url" in parsed ? parsed.url : undefined;
}

function serviceRanges(text: string | undefined, errors: string[]): IpRange[] {
  const parsed = ranges("SERVICE_CIDRS", text ?? "10.96.0.0/12", errors);
  const families = new Set(parsed.map((range) => range.network.family));
  if (families.size !== parsed.length) errors.push("SERVICE_CIDRS must hold at most one range per address family");
  if (parsed.length === 0 && errors.length === 0) errors.push("SERVICE_CIDRS must hold at least one range");
  return parsed;
}

function homeRegion(text: string | undefined, errors: string[]): Region | undefined {
  const region = regions.find((known) => known === text);
  const isUnknown = region === undefined && text !== undefined && text !== "";
  if (isUnknown) errors.push(`HOME_REGION must be one of ${regions.join(", ")}, not ${JSON.stringify(text)}`);
  return region;
}

/** Rollcall's own addresses are those that it is known by; its own names can be added to PROBE_DENY. */
function probePolicy(variables: Variables, own: readonly Ip[], errors: string[]): ProbePolicy {
  const denied = list(variables.PROBE_DENY ?? "");
  const [networks, names] = [
    denied.filter((entry) => parseIpRange(entry)),
    denied.filter((entry) => isHostName(entry)),
  ];
  const strange = denied.filter((entry) => !networks.includes(entry) && !names.includes(entry));
  for (const entry of strange) {
    errors.push(`PROBE_DENY: ${JSON.stringify(entry)} is neither an address range such as 10.0.0.0/8 nor a host name`);
  }
  return {
    allow: ranges("PROBE_ALLOW", variables.PROBE_ALLOW, errors),
    deny: [
      ...own.map((ip) => ({ range: { network: ip, prefixLength: ip.octets.length * 8 }, kind: "Rollcall's own" })),
      ...networks
        .flatMap((entry) => parseIpRange(entry) ?? [])
        .map((range) => ({ range, kind: "denied by PROBE_DENY" })),
    ],
    denyNames: names.map((name) => name.toLowerCase().replace(/\.$/, "")),
    denyPorts: ports("PROBE_DENY_PORTS", variables.PROBE_DENY_PORTS ?? "25", errors),
    ownPorts: ports("ROLLCALL_PORTS", variables.ROLLCALL_PORTS, errors).map(({ first }) => first),
  };
}

function ports(name: string, text: string | undefined, errors: string[]): PortRange[] {
  return list(text ?? "").flatMap((entry) => {
    const [first, last = first] = (/^(\d{1,5})(?:-(\d{1,5}))?$/.exec(entry) ?? []).slice(1).filter(Boolean).map(Number);
    if (first !== undefined && last !== undefined && first <= last && last <= 65_535) return { first, last };
    errors.push(`${name}: ${JSON.stringify(entry)} is neither a port such as 25 nor a range such as 6000-6063`);
    return [];
  });
}

/** `pods=5000`, `count/leases.coordination.k8s.io=100` as ResourceQuota writes it, `*=1000` for all others. */
function quotas(text: string | undefined, errors: string[]): Record<string, number> {
  const entries = list(text ?? "").flatMap((entry): [string, number][] => {
    const [, resource, count] = /^(?:count\/)?([a-z0-9.-]+|\*)=(\d{1,9})$/.exec(entry) ?? [];
    if (resource !== undefined) return [[resource, Number(count)]];
    errors.push(`NAMESPACE_QUOTA: ${JSON.stringify(entry)} is no quota such as pods=5000 or *=20000`);
    return [];
  });
  return Object.fromEntries(entries);
}

function ranges(name: string, text: string | undefined, errors: string[]): IpRange[] {
  return list(text ?? "").flatMap((entry) => {
    const range = parseIpRange(entry);
    if (range === undefined) errors.push(`${name}: ${JSON.stringify(entry)} is no address range such as 10.0.0.0/8`);
    return range ?? [];
  });
}

function addresses(name: string, text: string | undefined, errors: string[]): Ip[] {
  return list(text ?? "").flatMap((entry) => {
    const ip = parseIp(entry);
    if (ip === undefined) errors.push(`${name}: ${JSON.stringify(entry)} is no IP address`);
    return ip ?? [];
  });
}

function list(text: string): string[] {
  return text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}
