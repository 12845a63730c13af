/** The configuration: the environment's text, read once and completely, with defaults, and every error with its name. */
import type { ProbePolicy } from "../access/address-policy.ts";
import type { DnsConfig } from "../dns/deps.ts";
import { readAccess, type AccessConfig } from "./access.ts";
import { readClusterPlaces, type ClusterPlaces } from "./cluster-places.ts";
import { readDns, readDnsAccess, readDnsOrigins, type DnsAccess } from "./dns.ts";
import { readLimits, type Limits } from "./limits.ts";
import { readProbePolicy } from "./probe-policy.ts";
import { VariableReader } from "./variable-reader.ts";
import type { Variables } from "./variables.ts";

export interface Config extends ClusterPlaces {
  access: AccessConfig;
  dns: DnsConfig;
  dnsAccess: DnsAccess;
  /** Pages of these origins may ask DNS; `*` for all. */
  dnsOrigins: readonly string[];
  limits: Limits;
  /** Whether each write is told in the log. */
  audit: boolean;
  /** Where probes may go. */
  probePolicy: ProbePolicy;
}

export type ParsedConfig = { ok: true; config: Config } | { ok: false; errors: string[] };

export function parseConfig(variables: Variables): ParsedConfig {
  const reader = new VariableReader(variables);
  const dnsAccess = readDnsAccess(reader);
  const dns = readDns(reader, dnsAccess);
  const config: Config = {
    access: readAccess(reader),
    dns,
    dnsAccess,
    dnsOrigins: readDnsOrigins(reader),
    ...readClusterPlaces(reader),
    limits: readLimits(reader),
    audit: reader.isSet("AUDIT") && reader.oneOf("AUDIT", ["on", "off"], "off") === "on",
    probePolicy: readProbePolicy(reader, dns.nameServerAddresses),
  };
  return reader.errors.length === 0 ? { ok: true, config } : { ok: false, errors: reader.errors };
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
