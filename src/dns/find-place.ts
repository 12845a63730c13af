/** From a typed question to what stands at its name: the table of dns.md section 1, one case per row. */
import type { Ip } from "../domain/ip.ts";
import type { Lookup } from "./lookup.ts";
import { emptyName, nothing, type Place } from "./place.ts";
import { dashedAddress, parseDashedAddress, type Question, type QuestionInZone } from "./question.ts";
import { placeOfService, serviceName } from "./service-place.ts";
import { soaOf } from "./soa.ts";
import { internetRecord, type Rdata, type ResourceRecord } from "./wire/message.ts";
import type { Name } from "./wire/name.ts";

/** The Specification that is followed, and the TTL of its own example (dns.md K1). */
const schemaVersion = "1.1.0";
const schemaTtlSeconds = 28_800;

export async function findPlace(question: QuestionInZone, lookup: Lookup): Promise<Place> {
  const { ttlSeconds, podRecords, nameServerAddresses } = lookup.config;
  switch (question.kind) {
    case "apex": {
      const { zone } = question;
      const records = {
        SOA: () => [soaOf(zone, lookup.serial, ttlSeconds)],
        NS: (): Rdata[] => [{ kind: "NS", target: zone.nameServer }],
      };
      return { kind: "name", ttlSeconds, records, glue: () => nameServerGlue(zone.nameServer, lookup) };
    }
    case "dns-version":
      return {
        kind: "name",
        ttlSeconds: schemaTtlSeconds,
        denialTtlSeconds: ttlSeconds,
        records: { TXT: () => [{ kind: "TXT", strings: [schemaVersion] }] },
      };
    case "name-server":
      return { kind: "name", ttlSeconds, records: addressesByFamily(nameServerAddresses) };
    case "non-terminal":
      return emptyName(ttlSeconds);
    case "namespace":
      return lookup.hasNamespace(question.namespace) ? emptyName(ttlSeconds) : nothing(ttlSeconds);
    case "service":
      return placeOfService(question, lookup);
    case "pod-namespace":
      return podRecords !== "disabled" && lookup.hasNamespace(question.namespace)
        ? emptyName(ttlSeconds)
        : nothing(ttlSeconds);
    case "pod":
      return placeOfPod(question, lookup);
    case "address":
      return placeOfAddress(question.ip, lookup);
    case "no-such-name":
      return nothing(ttlSeconds);
  }
}

/** Whether the answer can be given without knowing which namespaces and services there are (dns.md K52). */
export function needsCatalogue(question: QuestionInZone): boolean {
  switch (question.kind) {
    case "apex":
    case "dns-version":
    case "name-server":
    case "non-terminal":
    case "no-such-name":
      return false;
    case "namespace":
    case "service":
    case "pod-namespace":
    case "pod":
    case "address":
      return true;
  }
}

function nameServerGlue(nameServer: Name, { config }: Lookup): ResourceRecord[] {
  const { A, AAAA } = addressesByFamily(config.nameServerAddresses);
  return [...A(), ...AAAA()].map((data) => internetRecord(nameServer, config.ttlSeconds, data));
}

function addressesByFamily(ips: readonly Ip[]) {
  const records = (family: 4 | 6): Rdata[] => ips.filter((ip) => ip.family === family).map(addressRecord);
  return { A: () => records(4), AAAA: () => records(6) };
}

function addressRecord(ip: Ip): Rdata {
  return { kind: ip.family === 4 ? "A" : "AAAA", address: ip.octets };
}

async function placeOfPod({ namespace, label }: Question & { kind: "pod" }, lookup: Lookup): Promise<Place> {
  const { podRecords, ttlSeconds } = lookup.config;
  const ip = parseDashedAddress(label);
  if (podRecords === "disabled" || ip === undefined || !lookup.hasNamespace(namespace)) return nothing(ttlSeconds);
  if (podRecords === "verified") {
    if (!isCanonical(label, ip)) return nothing(ttlSeconds);
    const found = await lookup.hasPodWithIp(namespace, ip.text);
    if (found === undefined) return { kind: "unavailable" };
    if (!found) return nothing(ttlSeconds);
  }
  return { kind: "name", ttlSeconds, records: addressesByFamily([ip]) };
}

/** A pod has one name; other spellings of its address are none (dns.md section 6, "verified"). */
function isCanonical(label: string, ip: Ip): boolean {
  return label === dashedAddress(ip) || label === ip.text.replaceAll(":", "-");
}

/** A cluster IP names its service, and that ends the search (dns.md K35); else all ready endpoints with the address. */
async function placeOfAddress(ip: Ip, lookup: Lookup): Promise<Place> {
  const { zones, ttlSeconds } = lookup.config;
  const owner = lookup.serviceOfClusterIp(ip.text);
  if (owner !== undefined) return pointersTo([serviceName(owner, zones.primary)], owner.ttlSeconds);
  const entries = await lookup.servicesOfAddress(ip.text);
  if (entries === undefined) return { kind: "unavailable" };
  const backed = entries.filter((entry) => entry.kind !== "external");
  const outcomes = await Promise.all(backed.map((entry) => lookup.readyEndpoints(entry)));
  const names: Name[] = [];
  const ttls: number[] = [];
  for (const [index, entry] of backed.entries()) {
    const outcome = outcomes[index] ?? { kind: "unavailable" };
    if (outcome.kind !== "ready") return outcome;
    const labels = outcome.endpoints.labelsOf(ip.text);
    names.push(...labels.map((label) => [label, ...serviceName(entry, zones.primary)]));
    if (labels.length > 0) ttls.push(entry.ttlSeconds);
  }
  return names.length === 0 ? nothing(ttlSeconds) : pointersTo(names, Math.min(...ttls));
}

function pointersTo(names: readonly Name[], ttlSeconds: number): Place {
  return { kind: "name", ttlSeconds, records: { PTR: () => names.map((target) => ({ kind: "PTR", target })) } };
}
