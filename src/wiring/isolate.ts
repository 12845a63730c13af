/**
 * What one isolate keeps between requests: the DNS server with its catalogue and its answers, the accounts and the
 * tokens that it knows. A write drops what this isolate holds of it at once; other isolates learn of it within one TTL,
 * or seconds.
 */
import { waitUntil } from "cloudflare:workers";
import { KnownAccess } from "../access/known-access.ts";
import { KnownTokens } from "../access/known-tokens.ts";
import type { Config } from "../config/config.ts";
import type { DnsConfig } from "../dns/deps.ts";
import { DnsServer } from "../dns/dns-server.ts";
import type { KeptConditions } from "../domain/kept.ts";
import { accessResources } from "../domain/rbac.ts";
import type { GroupResource } from "../domain/object.ts";
import type { ServiceKey } from "../domain/service.ts";
import { serviceObject } from "./objects.ts";
import { readAccountUid, readPolicy, readPolicyRevision } from "../registry/policy.ts";
import { hasPodWithAddress, readCatalogue, readCatalogueRevision, servicesOfAddress } from "../registry/catalogue.ts";

/** For what all of an isolate's requests may share. What is kept for seconds must not take longer to be read. */
export const keptConditions: KeptConditions = {
  askTimeoutMs: 5_000,
  waitTimeoutMs: 1_000,
  nowMs: Date.now,
  waitUntil,
  reportFailure: (what, error) => console.error(`${what}: ${String(error)}`),
};

let server: DnsServer | undefined;

/** The bindings and the configuration of an isolate never change, so the first request's serve all. */
export function dnsServer(env: Env, { dns }: Config): DnsServer {
  server ??= newDnsServer(env, dns, Date.now);
  return server;
}

/** What another isolate would have. */
export function newDnsServer(env: Env, config: DnsConfig, nowMs: () => number): DnsServer {
  return new DnsServer(config, {
    readCatalogueRevision: () => readCatalogueRevision(env.DB),
    readCatalogue: () => readCatalogue(env.DB),
    readyList: (service, uid) => serviceObject(env, service).resolve(uid),
    servicesOfAddress: (ip) => servicesOfAddress(env.DB, ip),
    hasPodWithIp: (namespace, ip) => hasPodWithAddress(env.DB, namespace, ip),
    fetch: (url, init) => fetch(url, init),
    nowMs,
    random: Math.random,
    waitUntil,
    reportFailure: (what, error) => console.error(`dns: ${what}: ${String(error)}`),
  });
}

/** Drops what is known of these services and of which names exist. */
export function forgetAnswers(services: readonly ServiceKey[]): void {
  server?.forget(services);
}

let access: KnownAccess | undefined;

export function knownAccess(env: Env): KnownAccess {
  access ??= new KnownAccess(
    {
      readRevision: () => readPolicyRevision(env.DB),
      readPolicy: () => readPolicy(env.DB),
      readUid: (namespace, name) => readAccountUid(env.DB, namespace, name),
    },
    keptConditions,
  );
  return access;
}

let tokens: KnownTokens | undefined;

export function knownTokens(keys: readonly Uint8Array[]): KnownTokens {
  if (tokens?.keys !== keys) tokens = new KnownTokens(keys);
  return tokens;
}

/** An object has been written here. */
export function noteWrite(resource: GroupResource): void {
  if (accessResources.has(resource)) access?.forget();
}
