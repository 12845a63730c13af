/** A watch stream's source and the feed together, over sockets that only pass text: what many watchers see of a burst. */
import { describe, expect, it } from "vitest";
import type { LogEntry, LogPart } from "../../src/registry/log.ts";
import { ChangeSource, type FeedSocket, type NextChanges } from "../../src/watch/change-source.ts";
import { fanOut, type Listener, type Subscription } from "../../src/watch/fan-out.ts";
import { pod } from "../objects.ts";
import { partOf } from "./log-part.ts";

/** A log that grows, the feed that tells of it, and sockets between the feed and its listeners. */
class Cluster {
  readonly log: LogEntry[] = [];
  compactedRevision = 0;
  reads = 0;
  readonly #listeners = new Set<Listener>();

  write(count: number, padding = ""): void {
    for (let index = 0; index < count; index++) {
      const object = pod(`pod-${this.log.length}`, { annotations: { padding } });
      this.log.push({ revision: this.log.length + 1, resource: "pods", change: "ADDED", object, before: undefined });
    }
  }

  poke(): Promise<void> {
    return fanOut({ listeners: () => [...this.#listeners], readChanges: (since) => this.#read(since) });
  }

  source(toldRevision: number): ChangeSource {
    const deps = {
      readChanges: async (since: number) => ({ ...(await this.#read(since)), accessChanged: false }),
      connect: (from: Subscription) => this.#connect(from),
    };
    return new ChangeSource(deps, { resource: "pods", toldRevision });
  }

  async #read(since: number): Promise<LogPart> {
    this.reads += 1;
    return partOf(this.log, since, this.compactedRevision);
  }

  async #connect(from: Subscription): Promise<FeedSocket> {
    let subscription = from;
    const handlers = new Map<string, (event: { data: string }) => void>();
    const listener: Listener = {
      subscription: () => subscription,
      tell: (message, toldRevision) => {
        subscription = { ...subscription, toldRevision };
        handlers.get("message")?.({ data: JSON.stringify(message) });
      },
      close: () => void this.#listeners.delete(listener),
    };
    this.#listeners.add(listener);
    return {
      addEventListener: (type: string, handler: (event: { data: string }) => void) => void handlers.set(type, handler),
      accept: () => {},
      close: () => void this.#listeners.delete(listener),
    };
  }
}

/** Reads until `last` has come or the source ends; what it has seen, and how it ended. */
async function follow(source: ChangeSource, last: number): Promise<{ seen: number[]; end: NextChanges["type"] }> {
  const seen: number[] = [];
  for await (const next of source.changes()) {
    if (next.type !== "changes") return { seen, end: next.type };
    seen.push(...next.entries.map(({ revision }) => revision));
    if (seen.at(-1) === last) break;
  }
  return { seen, end: "changes" };
}

describe("a watch stream", () => {
  it("is told of a burst in order, without a gap and without a duplicate, as a hundred others are", async () => {
    const cluster = new Cluster();
    cluster.write(10);
    const watchers = Array.from({ length: 100 }, (_, index) => follow(cluster.source(index % 10), 1010));
    for (let burst = 0; burst < 10; burst++) {
      await Promise.resolve();
      cluster.write(100);
      await cluster.poke();
    }
    for (const [index, { seen }] of (await Promise.all(watchers)).entries()) {
      const first = (index % 10) + 1;
      expect(seen).toEqual(Array.from({ length: 1010 - first + 1 }, (_, offset) => first + offset));
    }
  });

  it("costs a read when it begins; after that, reads follow the changes and not the watchers", async () => {
    const cluster = new Cluster();
    const watchers = Array.from({ length: 100 }, () => follow(cluster.source(0), 100));
    // Every source has caught up and listens once it has had its turns.
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    expect(cluster.reads).toBe(100);
    for (let change = 0; change < 100; change++) {
      cluster.write(1);
      await cluster.poke();
    }
    await Promise.all(watchers);
    expect(cluster.reads).toBe(200);
  });

  it("is cut off when it does not take what is sent, and holds no more of it", async () => {
    const cluster = new Cluster();
    const source = cluster.source(0).changes();
    const first = source.next();
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    cluster.write(1);
    await cluster.poke();
    expect((await first).value).toMatchObject({ type: "changes", upToRevision: 1 });
    for (let change = 0; change < 20; change++) {
      cluster.write(1, "x".repeat(100_000));
      await cluster.poke();
    }
    expect((await source.next()).value).toEqual({ type: "overrun" });
    expect((await source.next()).done).toBe(true);
  });

  it("takes a single change that is larger than what may wait", async () => {
    const cluster = new Cluster();
    const following = follow(cluster.source(0), 1);
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    cluster.write(1, "x".repeat(1_500_000));
    await cluster.poke();
    expect(await following).toEqual({ seen: [1], end: "changes" });
  });

  it("from before what the log still holds is too old", async () => {
    const cluster = new Cluster();
    cluster.write(10);
    cluster.compactedRevision = 5;
    expect(await follow(cluster.source(3), 10)).toEqual({ seen: [], end: "too-old" });
    expect(await follow(cluster.source(5), 10)).toEqual({ seen: [6, 7, 8, 9, 10], end: "changes" });
  });

  it("ends when it is closed, and can be woken without a change", async () => {
    const cluster = new Cluster();
    const source = cluster.source(0);
    const changes = source.changes();
    source.nudge();
    expect((await changes.next()).value).toEqual({ type: "nudge" });
    source.close();
    expect((await changes.next()).value).toEqual({ type: "closed" });
    expect((await changes.next()).done).toBe(true);
  });
});
