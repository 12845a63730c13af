import { describe, expect, it } from "vitest";
import type { GroupResource } from "../../src/domain/object.ts";
import type { LogEntry } from "../../src/registry/log.ts";
import { fanOut, type FeedMessage, type Subscription } from "../../src/watch/fan-out.ts";
import { pod, service } from "../objects.ts";
import { partOf } from "./log-part.ts";

function entry(revision: number, resource: GroupResource = "pods", namespace = "default"): LogEntry {
  const make = resource === "pods" ? pod("p", { namespace }) : service("s", {}, { namespace });
  return { revision, resource, change: "MODIFIED", object: make, before: make };
}

/** A log and listeners to it; what each is sent is kept. */
function harness(log: LogEntry[], subscriptions: Subscription[], compactedRevision = 0) {
  const reads: number[] = [];
  const listeners = subscriptions.map((subscription) => {
    const state = { subscription, messages: [] as FeedMessage[], closed: false };
    return {
      state,
      subscription: () => state.subscription,
      tell: (message: FeedMessage, toldRevision: number) => {
        state.messages.push(message);
        state.subscription = { ...state.subscription, toldRevision };
      },
      close: () => void (state.closed = true),
    };
  });
  const run = (): Promise<void> =>
    fanOut({
      listeners: () => listeners.filter(({ state }) => !state.closed),
      readChanges: async (since) => {
        reads.push(since);
        return partOf(log, since, compactedRevision);
      },
    });
  const told = (index: number): (number[] | string)[] =>
    (listeners[index]?.state.messages ?? []).map((message) =>
      message.type === "changes" ? message.entries.map(({ revision }) => revision) : message.type,
    );
  return { run, told, reads, listeners };
}

describe("the change feed", () => {
  it("tells each listener what it has not been told, reading once for all", async () => {
    const log = [1, 2, 3, 4].map((revision) => entry(revision));
    const { run, told, reads } = harness(log, [
      { resource: "pods", toldRevision: 1 },
      { resource: "pods", toldRevision: 3 },
      { resource: "pods", toldRevision: 4 },
    ]);
    await run();
    expect([told(0), told(1), told(2)]).toEqual([[[2, 3, 4]], [[4]], []]);
    expect(reads).toEqual([1]);
  });

  it("tells only of the kind and the namespace that is listened to, and how far it has read all the same", async () => {
    const log = [entry(1), entry(2, "services"), entry(3, "pods", "other"), entry(4, "services")];
    const { run, told, listeners } = harness(log, [
      { resource: "pods", namespace: "default", toldRevision: 0 },
      { resource: "pods", toldRevision: 0 },
      { resource: "nodes", toldRevision: 0 },
    ]);
    await run();
    expect([told(0), told(1), told(2)]).toEqual([[[1]], [[1, 3]], [[]]]);
    expect(listeners.map(({ state }) => state.subscription.toldRevision)).toEqual([4, 4, 4]);
  });

  it("reads nothing with nobody listening", async () => {
    const { run, reads } = harness([entry(1)], []);
    await run();
    expect(reads).toEqual([]);
  });

  it("tells of a long log in order, in bounded parts", async () => {
    const log = Array.from({ length: 1000 }, (_, index) => entry(index + 1));
    const { run, told } = harness(log, [{ resource: "pods", toldRevision: 0 }]);
    await run();
    const parts = told(0) as number[][];
    expect(parts.flat()).toEqual(log.map(({ revision }) => revision));
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(250);
  });

  it("sends a listener away that is older than the log", async () => {
    const { run, told, listeners } = harness(
      [entry(9)],
      [
        { resource: "pods", toldRevision: 3 },
        { resource: "pods", toldRevision: 8 },
      ],
      7,
    );
    await run();
    expect([told(0), told(1)]).toEqual([["too-old"], [[9]]]);
    expect(listeners.map(({ state }) => state.closed)).toEqual([true, false]);
  });
});
