/** Whether a prober says of itself that it lives, when it does and when it does not. */
import { describe, expect, it } from "vitest";
import { silenceAllowedMs } from "../../src/domain/edge-node.ts";
import type { Probe } from "../../src/domain/pod.ts";
import { probedPod, ProberWorld } from "./prober-world.ts";
import { answering } from "./strict-platform.ts";

const ip = "20.0.0.1";

async function worldWith(probe: Partial<Probe> = {}): Promise<ProberWorld> {
  const world = new ProberWorld();
  world.network.peers.set(`${ip}:8080`, answering(200));
  const whole = { httpGet: { port: 8080 }, periodSeconds: 10, ...probe };
  await world.register(probedPod("a", ip, whole, world.clock.nowMs()));
  await world.clock.pass(0);
  return world;
}

async function isSilent(world: ProberWorld): Promise<boolean> {
  const { lastRoundMs = 0, periodMs } = await world.prober.pulse();
  return periodMs !== undefined && world.clock.nowMs() - lastRoundMs > silenceAllowedMs(periodMs);
}

/** Both clocks have stopped. */
function kill(world: ProberWorld): void {
  world.alarmsWork = false;
}

describe("a prober", () => {
  it.each([1, 10, 60, 300])(
    "that is driven is never silent, at a period of %i s, evicted or not",
    async (periodSeconds) => {
      const world = await worldWith({ periodSeconds });
      for (let step = 0; step < 60; step += 1) {
        // The cron drives for half an hour, then the alarms do.
        await (step < 30 ? world.sweepFor(60_000) : world.clock.pass(60_000));
        if (step % 2 === 0) world.evict();
        expect(await isSilent(world)).toBe(false);
      }
    },
  );

  it("that nothing drives any more is silent after three minutes, evicted or not", async () => {
    for (const evicted of [false, true]) {
      const world = await worldWith();
      await world.sweepFor(60_000);
      kill(world);
      await world.clock.pass(90_000);
      if (evicted) world.evict();
      expect(await isSilent(world)).toBe(false);
      await world.clock.pass(120_000);
      expect(await isSilent(world)).toBe(true);
    }
  });

  it("keeps its pods' verdicts while it is silent, is not revived by being asked, and lives when it is driven", async () => {
    const world = await worldWith();
    kill(world);
    world.network.peers.set(`${ip}:8080`, answering(503));
    await world.clock.pass(600_000);
    world.evict();
    for (let minute = 0; minute < 10; minute += 1) {
      expect(await isSilent(world)).toBe(true);
      world.evict();
      await world.clock.pass(60_000);
    }
    expect(world.registry.isReady("a")).toBe(true);
    await world.sweepFor(60_000);
    expect(await isSilent(world)).toBe(false);
    expect(world.registry.isReady("a")).toBe(false);
  });

  it("that waits for an initial delay is not silent", async () => {
    const world = await worldWith({ initialDelaySeconds: 1200 });
    await world.clock.pass(600_000);
    expect(await isSilent(world)).toBe(false);
    world.evict();
    expect(await isSilent(world)).toBe(false);
  });

  it("without anything to probe is not silent", async () => {
    const world = new ProberWorld();
    await world.prober.runDue();
    await world.clock.pass(3600_000);
    expect(await isSilent(world)).toBe(false);
  });

  it("writes nothing when it is asked", async () => {
    const world = await worldWith();
    const { rows } = world.storage;
    world.evict();
    await world.prober.pulse();
    expect(world.storage.rows).toBe(rows);
  });
});
