/**
 * Lists everything again and again, and compares it with what was acknowledged: pods and services exactly, what is
 * derived from them as DNS is, and what the watches hold with what was listed some time ago.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { KubernetesObject } from "../lab/api-client.ts";
import { attempt } from "./attempt.ts";
import { ModelledObject, type Known } from "./modelled-object.ts";
import { findWrong, type ModelledPod, type NamespaceModel, type Window } from "./namespace-model.ts";
import { readPod } from "./pod-life.ts";
import { complain, windowFor, type Run, type ViolationKind } from "./run.ts";
import { readService } from "./service-life.ts";
import { watchedPaths, type Watcher, type WatchedResource } from "./watcher.ts";

const pauseMs = 3000;

interface Listing {
  resource: WatchedResource;
  items: readonly KubernetesObject[];
  revision: number;
  askedMs: number;
  answeredMs: number;
}

export class Auditor {
  readonly #run: Run;
  readonly #watchers: readonly Watcher[];
  /** What each watcher is yet to be compared with. */
  readonly #waiting = new Map<Watcher, Listing>();

  constructor(run: Run, watchers: readonly Watcher[]) {
    this.#run = run;
    this.#watchers = watchers;
  }

  async audit(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.auditOnce();
      await sleep(pauseMs, undefined, { signal }).catch(() => {});
    }
  }

  /** Whether everything could be read. */
  async auditOnce(): Promise<boolean> {
    const resources = Object.keys(watchedPaths) as WatchedResource[];
    const listings = new Map<WatchedResource, Listing>();
    for (const resource of resources) {
      const listing = await this.#list(resource);
      if (listing !== undefined) listings.set(resource, listing);
    }
    this.#compareWithModel(listings);
    for (const watcher of this.#watchers) this.#compareWithWatch(watcher, listings.get(watcher.resource));
    this.#run.counts.audits += 1;
    return listings.size === resources.length;
  }

  /** Whether what is derived is what it should be at this moment, and the watches hold what is listed. */
  async isConverged(): Promise<boolean> {
    for (const resource of Object.keys(watchedPaths) as WatchedResource[]) {
      const listing = await this.#list(resource);
      if (listing === undefined) return false;
      const watcher = this.#watchers.find((each) => each.resource === resource);
      if (watcher === undefined || !watcher.holdsExactly(listing.items)) return false;
      const atMs = Date.now();
      const now = { fromMs: atMs, healthFromMs: atMs, toMs: atMs };
      if (resource.startsWith("endpoint") && this.#wrongDerived(listing, () => now).length > 0) return false;
    }
    return true;
  }

  async #list(resource: WatchedResource): Promise<Listing | undefined> {
    const askedMs = Date.now();
    const listed = await attempt(this.#run.api("GET", watchedPaths[resource]));
    if (listed.outcome === "refused") complain(this.#run, "wrong reply", `listing ${resource}: ${listed.why}`);
    if (listed.outcome !== "answered") return undefined;
    const { items = [], metadata } = listed.answer.body;
    return { resource, items, revision: Number(metadata.resourceVersion), askedMs, answeredMs: Date.now() };
  }

  #compareWithModel(listings: ReadonlyMap<WatchedResource, Listing>): void {
    const [pods, services] = [listings.get("pods"), listings.get("services")];
    for (const model of this.#run.namespaces) {
      for (const { name, state } of pods === undefined ? [] : model.pods) {
        this.#compare(pods, model, { name, state, read: readPod, kind: "pod" });
      }
      for (const { name, state } of services === undefined ? [] : model.services) {
        this.#compare(services, model, { name, state, read: readService, kind: "service" });
      }
    }
    for (const resource of ["endpoints", "endpointslices"] as const) {
      const listing = listings.get(resource);
      if (listing === undefined) continue;
      const kind: ViolationKind = resource === "endpoints" ? "wrong Endpoints" : "wrong EndpointSlice";
      const wrong = this.#wrongDerived(listing, (pod) =>
        windowFor(this.#run, pod, listing.askedMs, listing.answeredMs),
      );
      for (const { what, history } of wrong) complain(this.#run, kind, what, history);
    }
  }

  #compare<State extends Known>(
    listing: Listing | undefined,
    { namespace }: NamespaceModel,
    object: {
      name: string;
      kind: string;
      state: ConstructorParameters<typeof ModelledObject<State>>[0]["state"];
      read: (object: KubernetesObject) => State;
    },
  ): void {
    if (listing === undefined) return;
    const { name, kind, state, read } = object;
    const found = listing.items.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
    const label = `${kind} ${namespace}/${name}`;
    const signal = AbortSignal.abort();
    new ModelledObject({ run: this.#run, label, path: "", state, read, signal }).check(
      "a list",
      found && read(found),
      listing.askedMs,
      listing.answeredMs,
    );
  }

  /** Of what is published, all that cannot be right. */
  #wrongDerived(
    { resource, items }: Listing,
    windowOf: (pod: ModelledPod) => Window,
  ): { what: string; history: string[] }[] {
    return this.#run.namespaces.flatMap((model) =>
      model.services.flatMap((service) => {
        const addresses = items
          .filter((item) => item.metadata.namespace === model.namespace && serviceOf(item, resource) === service.name)
          .flatMap(readyAddresses);
        return findWrong(model, service, addresses, windowOf).map(({ pod, why }) => ({
          what: `${model.namespace}/${service.name}: ${why}`,
          history: [
            ...service.state.history(this.#run.startMs, JSON.stringify).map((line) => `service ${line}`),
            ...(pod?.state.history(this.#run.startMs, JSON.stringify) ?? []).map((line) => `pod ${line}`),
            ...(pod?.healthy.history(this.#run.startMs, String) ?? []).map((line) => `server ${line}`),
          ],
        }));
      }),
    );
  }

  /** A list that is old enough is compared with what the watch holds by now; then the next list waits its turn. */
  #compareWithWatch(watcher: Watcher, listing: Listing | undefined): void {
    const waiting = this.#waiting.get(watcher);
    if (waiting === undefined) {
      if (listing !== undefined) this.#waiting.set(watcher, listing);
      return;
    }
    if (this.#run.faults.calmSince(this.#run.patienceMs, Date.now()) < waiting.answeredMs) return;
    this.#waiting.delete(watcher);
    for (const what of watcher.missing(waiting.items, waiting.revision)) {
      complain(this.#run, "wrong watch", `the watch of ${watcher.resource}: ${what}`);
    }
  }
}

function serviceOf({ metadata }: KubernetesObject, resource: WatchedResource): string | undefined {
  return resource === "endpoints" ? metadata.name : metadata.labels?.["kubernetes.io/service-name"];
}

function readyAddresses({ subsets = [], endpoints = [] }: KubernetesObject): string[] {
  const ready = endpoints.filter(({ conditions }) => conditions.ready !== false);
  return [
    ...subsets.flatMap(({ addresses = [] }) => addresses.map(({ ip }) => ip)),
    ...ready.flatMap(({ addresses }) => addresses),
  ];
}
