/**
 * Writes objects and wakes those concerned. Addresses are given out here, since only the registry knows, in the write
 * itself, whether one is free.
 */
import type { KubeObject } from "../../domain/object.ts";
import { clusterIPs, type Service, type ServiceKey } from "../../domain/service.ts";
import type { Concerned, CreateResult, LostRace, Written } from "../../registry/registry.ts";
import { subjectOf, type Call } from "../call.ts";
import type { Context } from "../context.ts";
import { Refusal } from "../refusal.ts";

/** How long a write that takes an address out of service waits for the services concerned. */
const outOfServiceWaitMs = 2000;

/** How often another address is tried; losing it again and again means that others are being given out very fast. */
const maxAllocations = 8;

/** What a database row has room for, less what else it holds; defaults may have made the manifest longer than the body. */
const maxManifestBytes = 1_500_000;

export async function storeNew(call: Call, object: KubeObject): Promise<Written | Refusal> {
  const { registry } = call.deps;
  const quota = quotaOf(call);
  const result = await withAddresses(call, object, (candidate) => {
    return registry.create(call.kind.resource, candidate, quota);
  });
  if (result instanceof Refusal || result.outcome === "written") return result;
  return notCreated(call, object, result);
}

/** What would be stored; whatever keeps it from being stored keeps it from being pretended. */
export async function pretendNew(call: Call, object: KubeObject): Promise<KubeObject | Refusal> {
  const reason = await whyNotCreated(call, object);
  return reason === undefined ? withLikelyAddresses(call, object) : notCreated(call, object, reason);
}

type NotCreated = Exclude<CreateResult, { outcome: "written" | "address-taken" }>;

/** In the registry's own order. */
async function whyNotCreated(call: Call, object: KubeObject): Promise<NotCreated | undefined> {
  const { kind, namespace } = call;
  const { registry } = call.deps;
  const home = kind.namespaced ? await registry.get("namespaces", "", namespace) : undefined;
  if (kind.namespaced && home === undefined) return { outcome: "namespace-missing" };
  const existing = await registry.get(kind.resource, namespace, object.metadata.name);
  if (existing !== undefined) return { outcome: "exists" };
  if (home?.metadata.deletionTimestamp !== undefined) return { outcome: "namespace-terminating" };
  const quota = quotaOf(call);
  const used = quota === undefined ? undefined : await registry.usedUp(kind.resource, namespace, quota);
  return used === undefined ? undefined : { outcome: "quota-exceeded", used };
}

function notCreated(call: Call, object: KubeObject, reason: NotCreated): Refusal {
  const subject = { ...subjectOf(call), name: object.metadata.name };
  switch (reason.outcome) {
    case "exists":
      return new Refusal({ type: "already-exists", subject });
    case "namespace-missing":
      return namespaceMissing(call.namespace);
    case "namespace-terminating":
      return new Refusal({ type: "namespace-terminating", subject, namespace: call.namespace });
    case "quota-exceeded":
      return new Refusal({ type: "forbidden", subject, why: quotaExceeded(call, reason.used, quotaOf(call) ?? 0) });
  }
}

function quotaOf({ kind, deps }: Call): number | undefined {
  return kind.namespaced ? deps.quotaOf(kind.resource) : undefined;
}

/** In the words of a ResourceQuota, which names resources of other groups than the core's by `count/`. */
function quotaExceeded({ kind }: Call, used: number, limit: number): string {
  const name = kind.group === "" ? kind.plural : `count/${kind.resource}`;
  return `exceeded quota: namespace-quota, requested: ${name}=1, used: ${name}=${used}, limited: ${name}=${limit}`;
}

export async function storeUpdate(
  call: Call,
  before: KubeObject,
  after: KubeObject,
): Promise<Written | LostRace | Refusal> {
  const { registry } = call.deps;
  return withAddresses(call, after, (candidate) => registry.update(call.kind.resource, before, candidate));
}

/** Wakes those concerned and, where `wait` says so, waits for them; whoever is late is told, and named in a Warning. */
export async function announce(
  { deps, warnings }: Context,
  concerned: Concerned,
  wait: boolean,
): Promise<ServiceKey[]> {
  const late = await deps.announce(concerned, wait ? outOfServiceWaitMs : 0);
  for (const service of late) {
    warnings.add(`service ${service} has not taken the change in yet and may answer as before for a while`);
  }
  return late;
}

function namespaceMissing(namespace: string): Refusal {
  return new Refusal({ type: "not-found", subject: { group: "", plural: "namespaces", name: namespace } });
}

/** The object with addresses that it could be written with now; nothing is claimed. */
export async function withLikelyAddresses(call: Call, object: KubeObject): Promise<KubeObject | Refusal> {
  const tooLarge = whyTooLarge(object);
  if (tooLarge !== undefined) return tooLarge;
  return call.kind.allocate === undefined ? object : withNewAddresses(call, object, await addressesInUse(call, object));
}

function withNewAddresses(call: Call, object: KubeObject, taken: ReadonlySet<string>): KubeObject | Refusal {
  const allocation = { ranges: call.deps.serviceRanges, taken, random: () => call.deps.random() };
  return call.kind.allocate?.(object, allocation) ?? object;
}

async function withAddresses<Result extends { outcome: string }>(
  call: Call,
  object: KubeObject,
  write: (candidate: KubeObject) => Promise<Result | { outcome: "address-taken"; address: string }>,
): Promise<Exclude<Result, { outcome: "address-taken" }> | Refusal> {
  const tooLarge = whyTooLarge(object);
  if (tooLarge !== undefined) return tooLarge;
  let taken: ReadonlySet<string> = new Set();
  for (let attempt = 0; attempt < maxAllocations; attempt++) {
    const candidate = withNewAddresses(call, object, taken);
    if (candidate instanceof Refusal) return candidate;
    const result = await write(candidate);
    if (!isTaken(result)) return result as Exclude<Result, { outcome: "address-taken" }>;
    taken = await addressesInUse(call, object).then((inUse) => inUse.add(result.address));
  }
  return new Refusal({ type: "conflict", subject: subjectOf(call), why: "no cluster IP could be claimed, try again" });
}

function whyTooLarge(object: KubeObject): Refusal | undefined {
  if (new TextEncoder().encode(JSON.stringify(object)).length <= maxManifestBytes) return undefined;
  return new Refusal({ type: "too-large", limit: `limit of the whole object is ${maxManifestBytes}` });
}

function isTaken(result: { outcome: string }): result is { outcome: "address-taken"; address: string } {
  return result.outcome === "address-taken";
}

/** The cluster IPs of all other services. Read only after one that was picked at random turned out to be taken. */
async function addressesInUse(call: Call, object: KubeObject): Promise<Set<string>> {
  const { items } = await call.deps.registry.list("services", {});
  const others = items.filter((service) => service.metadata.uid !== object.metadata.uid);
  return new Set(others.flatMap((service) => clusterIPs(service as Service)));
}
