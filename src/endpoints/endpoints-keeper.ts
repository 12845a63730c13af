/**
 * Keeps one service's ready list in accord with the registry: reads, derives, drops what is older than what it holds,
 * and has the result published, coalesced. Knows no platform; a Durable Object fills in its Deps.
 */
import type { ReadyList } from "../domain/endpoints.ts";
import { serviceKindOf } from "../domain/service.ts";
import type { Following, ProgrammingLatency, Publication, ServiceSnapshot } from "../registry/registry.ts";
import { Convergence } from "../domain/convergence.ts";
import { followLog, withPublished } from "./follow-log.ts";
import { isOrphan, publishedGroups } from "./plan-publication.ts";
import { sameItems } from "./once-per.ts";
import { readyList } from "./ready-list.ts";

/** What the object remembers across evictions. */
export interface Held {
  epoch: string;
  list: ReadyList;
}

export interface EndpointsKeeperDeps {
  read(): Promise<ServiceSnapshot>;
  /** What has happened since a snapshot was read or, where that is too much, all as it is now. */
  readSince(seen: ServiceSnapshot): Promise<ServiceSnapshot | Following>;
  /**
   * Brings Endpoints and EndpointSlices in accord with the snapshot. If nothing is left to do, the service has looked at
   * everything up to its revision; how long changes took to get to the list is recorded with that.
   */
  publish(snapshot: ServiceSnapshot, latencies: readonly ProgrammingLatency[]): Promise<Publication>;
  /** The ready list is another one now. */
  changed(): void;
  load(): Held | undefined;
  store(held: Held): void;
  forget(): Promise<void>;
  nowMs(): number;
  sleep(durationMs: number): Promise<void>;
  waitUntil(promise: Promise<unknown>): void;
}

/** Between two publications of a service; the ready list does not wait for them. */
const publishIntervalMs = 1000;

export class EndpointsKeeper {
  readonly #deps: EndpointsKeeperDeps;
  readonly #converging = new Convergence(() => this.#pass());
  readonly #publishing = new Convergence(() => this.#publish());
  /** The last snapshot, to be followed from; an object that was evicted has none, and reads all once. */
  #seen: ServiceSnapshot | undefined;
  #held: Held | undefined;
  #loaded = false;
  /** When that happened which the next pass is about, and how long earlier ones took to reach the list. */
  readonly #causesMs: number[] = [];
  readonly #latencies: ProgrammingLatency[] = [];
  #publishedMs = Number.NEGATIVE_INFINITY;

  constructor(deps: EndpointsKeeperDeps) {
    this.#deps = deps;
  }

  /** `causedMs`: when that happened which this poke is about, if the caller knows. */
  async poke(causedMs?: number): Promise<void> {
    if (causedMs !== undefined) this.#causesMs.push(causedMs);
    await this.#converging.poke();
    // What fails stays pending in the registry, and the sweep comes back to it.
    this.#deps.waitUntil(this.#publishing.poke().catch(() => {}));
  }

  async resolve(serviceUid: string): Promise<ReadyList | undefined> {
    if (this.#current()?.list.serviceUid !== serviceUid) await this.#converging.poke();
    return this.#current()?.list;
  }

  #current(): Held | undefined {
    if (!this.#loaded) {
      this.#held = this.#deps.load();
      this.#loaded = true;
    }
    return this.#held;
  }

  async #pass(): Promise<void> {
    const causesMs = this.#causesMs.splice(0);
    try {
      if (await this.#take(await this.#look())) this.#measure(causesMs);
    } catch (error) {
      this.#causesMs.unshift(...causesMs);
      throw error;
    }
  }

  /** Makes the ready list that of the snapshot, unless that is older; whether it is another one now. */
  async #take(snapshot: ServiceSnapshot): Promise<boolean> {
    const before = this.#current();
    const isOlder = before?.epoch === snapshot.epoch && snapshot.revision < before.list.revision;
    if (isOlder) return false;
    const after = heldOf(snapshot);
    const isNews = !sameList(before, after);
    // What could not be stored is not held either, so that the next pass tries again.
    if (isNews && after === undefined) await this.#deps.forget();
    if (isNews && after !== undefined) this.#deps.store(after);
    this.#held = after;
    if (!isNews) return false;
    this.#deps.changed();
    return true;
  }

  /** How long it took to reach the list; a pass that found nothing new to show was about something else. */
  #measure(causesMs: readonly number[]): void {
    const service = this.#seen?.service;
    if (service === undefined) return;
    const [serviceKind, shownMs] = [serviceKindOf(service), this.#deps.nowMs()];
    this.#latencies.push(...causesMs.map((causeMs) => ({ serviceKind, durationMs: Math.max(0, shownMs - causeMs) })));
  }

  /** The service and its pods as they are now: what was seen last, moved on, or all of it. */
  async #look(): Promise<ServiceSnapshot> {
    const snapshot = (await this.#follow()) ?? (await this.#deps.read());
    this.#seen = snapshot;
    return snapshot;
  }

  /** Undefined where nothing was seen that could be followed. */
  async #follow(): Promise<ServiceSnapshot | undefined> {
    if (this.#seen?.service === undefined) return undefined;
    const news = await this.#deps.readSince(this.#seen);
    if (!("changes" in news)) return news;
    // What was seen may have grown by what was published while the registry was asked.
    const followed = followLog(this.#seen, news.changes);
    return followed && { ...followed, revision: news.revision };
  }

  /** The list is never behind what is published: both come from the pass before. */
  async #publish(): Promise<void> {
    // A clock that was set back must not make the interval longer.
    const waitMs = Math.min(publishIntervalMs, this.#publishedMs + publishIntervalMs - this.#deps.nowMs());
    if (waitMs > 0) await this.#deps.sleep(waitMs);
    this.#publishedMs = this.#deps.nowMs();
    if (this.#seen === undefined) return;
    const counted = this.#latencies.length;
    const { written, complete } = await this.#deps.publish(this.#seen, this.#latencies);
    this.#latencies.splice(0, counted);
    this.#seen = withPublished(this.#seen, written);
    if (!complete) this.#deps.waitUntil(this.poke().catch(() => {}));
  }
}

function heldOf(snapshot: ServiceSnapshot): Held | undefined {
  const { service, epoch, revision, slices } = snapshot;
  if (service === undefined) return undefined;
  const living = slices.filter((slice) => !isOrphan(slice, service));
  const endpoints = readyList(publishedGroups(snapshot), living);
  return { epoch, list: { serviceUid: service.metadata.uid, revision, endpoints } };
}

/** The same endpoints of the same service; the revision alone is no change, and costs no write. */
function sameList(a: Held | undefined, b: Held | undefined): boolean {
  const isSameService = a?.epoch === b?.epoch && a?.list.serviceUid === b?.list.serviceUid;
  return isSameService && sameItems(a?.list.endpoints ?? [], b?.list.endpoints ?? [], (each) => JSON.stringify(each));
}
