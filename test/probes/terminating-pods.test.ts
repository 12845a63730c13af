import { describe, expect, it } from "vitest";
import { toTimestamp } from "../../src/domain/object.ts";
import type { Pod } from "../../src/domain/pod.ts";
import { probedPod, ProberWorld } from "./prober-world.ts";
import { answering } from "./strict-platform.ts";

const ip = "20.0.0.1";

/** A world with one pod that has been told to terminate, its prober told of it. */
async function terminating(
  graceSeconds: number,
  finalizers: string[] = [],
): Promise<{ world: ProberWorld; endMs: number }> {
  const world = new ProberWorld();
  world.network.peers.set(`${ip}:8080`, answering(200));
  await world.register(probedPod("a", ip, { httpGet: { port: 8080 }, periodSeconds: 7 }, world.clock.nowMs()));
  await world.clock.pass(1000);
  const deletionTimestamp = toTimestamp(world.clock.nowMs() + graceSeconds * 1000);
  const pod = world.registry.get("a");
  const marks = { deletionTimestamp, deletionGracePeriodSeconds: graceSeconds };
  const marked: Pod = { ...pod, metadata: { ...pod.metadata, ...marks, ...(finalizers.length > 0 && { finalizers }) } };
  world.registry.put(marked);
  await world.prober.poke();
  return { world, endMs: Date.parse(deletionTimestamp) };
}

describe("a prober removes a terminating pod when its grace period is over", () => {
  it("by its alarm, when nobody else wakes it", async () => {
    const { world, endMs } = await terminating(30);
    await world.clock.pass(60_000);
    expect(world.registry.removals).toEqual([{ pod: "a", atMs: endMs }]);
  });

  it("by the sweep, when alarms do not work", async () => {
    const { world, endMs } = await terminating(30);
    world.alarmsWork = false;
    await world.sweepFor(60_000);
    expect(world.registry.removals).toEqual([{ pod: "a", atMs: endMs }]);
  });

  it("and not before, though it is probed until then", async () => {
    const { world, endMs } = await terminating(30);
    const dials = world.network.dialled.length;
    await world.clock.pass(endMs - world.clock.nowMs() - 1);
    expect(world.registry.removals).toEqual([]);
    expect(world.network.dialled.length - dials).toBeGreaterThanOrEqual(3);
  });

  it("again after a while, when the registry could not be written, and reports it once each time", async () => {
    const { world, endMs } = await terminating(30);
    world.registry.failing = "writes";
    await world.clock.pass(endMs - world.clock.nowMs() + 15_000);
    expect(world.reported).toHaveLength(2);
    world.registry.failing = undefined;
    await world.clock.pass(10_000);
    expect(world.registry.removals.map(({ atMs }) => atMs - endMs)).toEqual([20_000]);
  });

  it("also after an eviction", async () => {
    const { world, endMs } = await terminating(30);
    world.evict();
    await world.clock.pass(60_000);
    expect(world.registry.removals.map(({ atMs }) => atMs)).toEqual([endMs]);
  });

  it("and leaves one that finalizers hold alone from then on", async () => {
    const { world } = await terminating(30, ["example.com/hold"]);
    await world.clock.pass(31_000);
    await world.prober.poke();
    await world.clock.pass(120_000);
    expect(world.registry.removals).toHaveLength(1);
  });
});
