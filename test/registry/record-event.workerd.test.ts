import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Event, Happening } from "../../src/domain/event.ts";
import type { KubeObject } from "../../src/domain/object.ts";
import { D1Registry } from "../../src/registry/d1-registry.ts";
import { recordEvent } from "../../src/registry/record-event.ts";
import { removeExpiredEvents } from "../../src/registry/upkeep.ts";
import { pod } from "../objects.ts";

const registry = new D1Registry({ db: env.DB, nowMs: () => 0, newUid: () => crypto.randomUUID() });
const happening: Happening = {
  type: "Warning",
  reason: "Unhealthy",
  message: "Readiness probe failed: HTTP probe failed with statuscode: 503",
  source: { component: "prober", host: "edge-0" },
  fieldPath: "spec.containers{web}",
};
const atMs = Date.parse("2026-11-01T00:00:00Z");

function record(about: KubeObject, times: number, atMs: number, message = happening.message): Promise<boolean> {
  const identity = { suffix: "1", uid: crypto.randomUUID(), times, atMs };
  return recordEvent(registry, about, { ...happening, message }, identity);
}

async function eventOf(about: KubeObject): Promise<Event | undefined> {
  return (await registry.get("events", "default", `${about.metadata.name}.1`)) as Event | undefined;
}

describe("recording an event", () => {
  it("makes one about the pod, then counts it on", async () => {
    const about = pod("counted");
    expect(await record(about, 1, atMs)).toBe(true);
    expect(await record(about, 3, atMs + 30_000)).toBe(true);
    expect(await eventOf(about)).toMatchObject({
      kind: "Event",
      metadata: { namespace: "default" },
      involvedObject: { kind: "Pod", name: "counted", uid: about.metadata.uid, fieldPath: "spec.containers{web}" },
      type: "Warning",
      reason: "Unhealthy",
      message: happening.message,
      source: { component: "prober", host: "edge-0" },
      firstTimestamp: "2026-11-01T00:00:00Z",
      lastTimestamp: "2026-11-01T00:00:30Z",
      count: 4,
    });
  });

  it("counts what two record at the same time", async () => {
    const about = pod("raced");
    await Promise.all([record(about, 1, atMs), record(about, 1, atMs)]);
    expect((await eventOf(about))?.count).toBe(2);
  });

  it("tells the latest message of those that are combined", async () => {
    const about = pod("combined");
    await record(about, 1, atMs);
    await record(about, 1, atMs, "another");
    expect((await eventOf(about))?.message).toBe("another");
  });

  it("lets it go where there is no namespace any more", async () => {
    const about = pod("orphan", { namespace: "nowhere" });
    expect(await record(about, 1, atMs)).toBe(false);
  });
});

describe("an event is forgotten", () => {
  const forget = (beforeSeconds: number): Promise<boolean> => removeExpiredEvents(env.DB, beforeSeconds);
  const nowSeconds = Math.floor(Date.now() / 1000);

  it("when it was not written any more, and not while it may be written again since it goes on", async () => {
    const [short, long] = [pod("short"), pod("long")];
    await record(short, 1, atMs);
    await record(long, 1, atMs);
    await record(long, 1, atMs + 3_600_000);
    await forget(nowSeconds - 3600);
    expect(await eventOf(short)).toBeDefined();
    await forget(nowSeconds + 7000);
    expect([await eventOf(short), (await eventOf(long))?.count]).toEqual([undefined, 2]);
    await forget(nowSeconds + 7300);
    expect(await eventOf(long)).toBeUndefined();
  });
});
