/** Pods that have promised to be heard of, on a virtual clock. */
import { describe, expect, it } from "vitest";
import type { Pod } from "../../src/domain/pod.ts";
import { probedPod, ProberWorld } from "./prober-world.ts";
import { answering } from "./strict-platform.ts";

const ip = "20.0.0.1";
const minuteMs = 60_000;

interface Promised {
  lease?: number;
  expireAfter?: number;
}

function promising({ metadata, ...pod }: Pod, { lease, expireAfter }: Promised): Pod {
  const annotations = {
    ...(lease !== undefined && { "rollcall.dev/lease-seconds": String(lease) }),
    ...(expireAfter !== undefined && { "rollcall.dev/expire-after-seconds": String(expireAfter) }),
  };
  return { ...pod, metadata: { ...metadata, annotations } };
}

/** A healthy pod with these promises, ready. */
async function worldWith(promised: Promised): Promise<ProberWorld> {
  const world = new ProberWorld();
  world.network.peers.set(`${ip}:8080`, answering(200));
  const probe = { httpGet: { port: 8080 }, periodSeconds: 10 };
  await world.register(promising(probedPod("a", ip, probe, world.clock.nowMs()), promised));
  await world.clock.pass(0);
  return world;
}

/** What the registry knows of the pod by the second. */
function reason(world: ProberWorld): string | undefined {
  return world.registry.get("a").status.conditions?.find(({ type }) => type === "Ready")?.reason;
}

describe("a pod with a lease", () => {
  it("stays ready while it is heard of in time, at the price of a read for each lease, and no write", async () => {
    const world = await worldWith({ lease: 30 });
    const reads = world.registry.reads;
    const verdicts = world.registry.verdicts.length;
    for (let tick = 0; tick < 60; tick += 1) {
      world.registry.renew("a");
      await world.sweepFor(10_000);
    }
    expect(world.registry.isReady("a")).toBe(true);
    expect(world.registry.verdicts.length).toBe(verdicts);
    expect(world.registry.reads - reads).toBeLessThanOrEqual(600 / 20 + 1);
  });

  it("is not ready from the moment at which the lease has expired, and says so", async () => {
    const world = await worldWith({ lease: 25 });
    await world.clock.pass(24_999);
    expect(world.registry.isReady("a")).toBe(true);
    await world.clock.pass(1);
    expect(world.registry.isReady("a")).toBe(false);
    expect(reason(world)).toBe("LeaseExpired");
    expect(world.registry.message("a")).toBe(
      "containers with unready status: [web]; the pod's lease of 25 s was last renewed at 2026-11-01T00:00:00Z",
    );
  });

  it("expires without any probe, too, and by the sweep when alarms do not work", async () => {
    const world = new ProberWorld();
    world.alarmsWork = false;
    const { spec, ...pod } = probedPod("a", ip, {}, world.clock.nowMs());
    await world.register(promising({ ...pod, spec: { ...spec, containers: [{ name: "web" }] } }, { lease: 25 }));
    expect(world.registry.isReady("a")).toBe(true);
    await world.sweepFor(minuteMs);
    expect(reason(world)).toBe("LeaseExpired");
    expect(world.registry.verdicts.at(-1)?.atMs).toBe(Date.parse("2026-11-01T00:00:25Z"));
  });

  it("goes on being probed, and is ready as soon as it is heard of again", async () => {
    const world = await worldWith({ lease: 25 });
    await world.clock.pass(5 * minuteMs);
    expect(world.network.dialled.length).toBeGreaterThan(25);
    world.registry.renew("a");
    await world.prober.poke();
    expect(world.registry.isReady("a")).toBe(true);
  });

  it("that fails meanwhile is not ready when it is heard of again", async () => {
    const world = await worldWith({ lease: 25 });
    await world.clock.pass(minuteMs);
    world.network.peers.set(`${ip}:8080`, answering(503));
    await world.clock.pass(minuteMs);
    world.registry.renew("a");
    await world.prober.poke();
    await world.clock.pass(10_000);
    expect(world.registry.isReady("a")).toBe(false);
    expect(world.registry.message("a")).toContain("statuscode: 503");
  });

  it("keeps its verdict while the registry cannot be read, and probing goes on", async () => {
    const world = await worldWith({ lease: 25 });
    world.registry.failing = "reads";
    const probes = world.network.dialled.length;
    await world.clock.pass(minuteMs);
    expect(world.registry.isReady("a")).toBe(true);
    expect(world.network.dialled.length - probes).toBeGreaterThanOrEqual(5);
    // Once in ten seconds from the end of the lease on.
    expect(world.reported.length).toBeLessThanOrEqual(5);
    world.registry.failing = undefined;
    await world.clock.pass(10_000);
    expect(reason(world)).toBe("LeaseExpired");
  });

  it("is expired still after an eviction, and writes nothing more", async () => {
    const world = await worldWith({ lease: 25 });
    await world.clock.pass(minuteMs);
    const verdicts = world.registry.verdicts.length;
    for (let minute = 0; minute < 5; minute += 1) {
      world.evict();
      await world.sweepFor(minuteMs);
    }
    expect(reason(world)).toBe("LeaseExpired");
    expect(world.registry.verdicts.length).toBe(verdicts);
  });

  it("takes what the sweep has written in its place for what is there", async () => {
    const world = await worldWith({ lease: 25 });
    const pod = world.registry.get("a");
    const conditions = (pod.status.conditions ?? []).map((condition) =>
      condition.type.endsWith("Ready") ? { ...condition, status: "False" as const, reason: "LeaseExpired" } : condition,
    );
    const statuses = (pod.status.containerStatuses ?? []).map((status) => ({ ...status, ready: false }));
    world.registry.put({ ...pod, status: { ...pod.status, conditions, containerStatuses: statuses } });
    world.registry.renew("a");
    await world.prober.poke();
    expect(world.registry.isReady("a")).toBe(true);
  });
});

describe("a pod that is to be removed after a while", () => {
  it("goes when its lease has been expired for so long, and not before", async () => {
    const world = await worldWith({ lease: 25, expireAfter: 600 });
    await world.clock.pass(624_999);
    expect(world.registry.expiries).toEqual([]);
    await world.clock.pass(1);
    expect(world.registry.expiries).toEqual([{ pod: "a", atMs: world.clock.nowMs() }]);
  });

  it("goes when it has failed for so long, with no lease at all", async () => {
    const world = await worldWith({ expireAfter: 600 });
    world.network.peers.set(`${ip}:8080`, answering(503));
    await world.clock.pass(40_000);
    const [, down] = world.registry.verdicts;
    await world.clock.pass(9 * minuteMs);
    expect(world.registry.expiries).toEqual([]);
    await world.clock.pass(minuteMs);
    const waitedMs = (world.registry.expiries[0]?.atMs ?? 0) - (down?.atMs ?? 0);
    expect(waitedMs).toBeGreaterThanOrEqual(600_000);
    expect(waitedMs).toBeLessThanOrEqual(610_000);
  });

  it("stays when it recovers in between, over evictions too", async () => {
    const world = await worldWith({ expireAfter: 600 });
    for (let round = 0; round < 4; round += 1) {
      world.network.peers.set(`${ip}:8080`, answering(503));
      await world.clock.pass(9 * minuteMs);
      world.evict();
      world.network.peers.set(`${ip}:8080`, answering(200));
      await world.sweepFor(minuteMs);
    }
    expect(world.registry.expiries).toEqual([]);
  });

  it("stays when it is the platform that cannot reach it", async () => {
    const world = new ProberWorld();
    const probe = { httpGet: { port: 8080 }, periodSeconds: 10 };
    await world.register(promising(probedPod("a", "10.0.0.1", probe, world.clock.nowMs()), { expireAfter: 60 }));
    await world.sweepFor(30 * minuteMs);
    expect(world.registry.expiries).toEqual([]);
  });

  it("that failed while nobody probed is probed once more before it goes", async () => {
    const world = await worldWith({ expireAfter: 600 });
    world.network.peers.set(`${ip}:8080`, answering(503));
    await world.clock.pass(minuteMs);
    world.storage.alarmMs = undefined;
    world.evict();
    await world.clock.pass(3600_000);
    world.network.peers.set(`${ip}:8080`, answering(200));
    await world.sweepFor(minuteMs);
    expect(world.registry.expiries).toEqual([]);
    expect(world.registry.isReady("a")).toBe(true);
  });
});
