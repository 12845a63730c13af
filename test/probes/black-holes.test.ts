/** Pods that swallow connections, and the pods beside them. */
import { describe, expect, it } from "vitest";
import type { Pod, Probe } from "../../src/domain/pod.ts";
import { probedPod, ProberWorld } from "./prober-world.ts";
import { answering, type Peer, type StrictPlatform } from "./strict-platform.ts";

const probe: Probe = { tcpSocket: { port: 80 }, periodSeconds: 10 };
const swallowing: Peer = { peer: "swallows" };

function pods(world: ProberWorld, count: number, network: string, peer: Peer): Pod[] {
  return Array.from({ length: count }, (_, index) => {
    const ip = `${network}.${index + 1}`;
    world.network.peers.set(`${ip}:80`, peer);
    return probedPod(ip, ip, probe, world.clock.nowMs());
  });
}

function dials(world: ProberWorld, ip: string): number[] {
  return [world.network, ...world.overflowNetworks.values()]
    .flatMap(({ dialled }) => dialled)
    .filter(({ to }) => to === `${ip}:80`)
    .map(({ atMs }) => atMs)
    .toSorted((a, b) => a - b);
}

const gaps = (times: number[]): number[] => times.slice(1).map((time, index) => time - (times[index] ?? NaN));

describe("a pod that swallows connections", () => {
  it("is taken out at its own pace, although it gets no second connection beside one that is unanswered", async () => {
    const world = new ProberWorld();
    await world.register(...pods(world, 1, "20.0.0", answering(200)));
    await world.sweepFor(60_000);
    world.network.peers.set("20.0.0.1:80", swallowing);
    const onsetMs = world.clock.nowMs();
    await world.sweepFor(60_000);
    const down = world.registry.verdicts.at(-1);
    expect(down).toMatchObject({ ready: false, message: expect.stringContaining("pod timed out") });
    expect((down?.atMs ?? 0) - onsetMs).toBeLessThanOrEqual(31_000);
    expect(gaps(dials(world, "20.0.0.1").filter((atMs) => atMs >= onsetMs))).toSatisfy((between: number[]) =>
      between.every((gap) => gap >= 20_000),
    );
  });

  it("is retried once a minute while it is out, over evictions too, and writes nothing", async () => {
    const world = new ProberWorld();
    await world.register(...pods(world, 1, "20.0.0", swallowing));
    await world.sweepFor(120_000);
    const settledMs = world.clock.nowMs();
    const { rows } = world.storage;
    for (let minute = 0; minute < 10; minute += 1) {
      world.evict();
      await world.sweepFor(60_000);
    }
    const times = dials(world, "20.0.0.1").filter((atMs) => atMs > settledMs);
    expect(times.length).toBeGreaterThanOrEqual(9);
    expect(gaps(times)).toSatisfy((between: number[]) => between.every((gap) => gap === 60_000));
    // The alarm's.
    expect(world.storage.rows - rows).toBeLessThanOrEqual(10);
  });

  it("is back within a minute once it answers, and then probed at its own pace", async () => {
    const world = new ProberWorld();
    await world.register(...pods(world, 1, "20.0.0", swallowing));
    await world.sweepFor(300_000);
    world.network.peers.set("20.0.0.1:80", answering(200));
    await world.sweepFor(60_000);
    expect(world.registry.isReady("20.0.0.1")).toBe(true);
    const fromMs = world.clock.nowMs();
    await world.sweepFor(60_000);
    expect(dials(world, "20.0.0.1").filter((atMs) => atMs > fromMs).length).toBeGreaterThanOrEqual(5);
    expect(world.storage.counters.size).toBe(0);
  });

  it("is retried once a minute with a long period, too, and more often with none", async () => {
    const world = new ProberWorld();
    const [pod] = pods(world, 1, "20.0.0", swallowing);
    if (pod === undefined) throw new Error("no pod");
    const slow = { ...probe, periodSeconds: 25, failureThreshold: 1 };
    await world.register({ ...pod, spec: { ...pod.spec, containers: [{ name: "web", readinessProbe: slow }] } });
    await world.sweepFor(600_000);
    expect(gaps(dials(world, "20.0.0.1")).slice(3)).toSatisfy((between: number[]) =>
      between.every((gap) => gap === 75_000),
    );
  });
});

describe("pods beside black holes", () => {
  it("never makes the platform queue a connection, nor lets more wait than it has slots", async () => {
    const world = new ProberWorld();
    await world.register(...pods(world, 25, "20.0.0", swallowing), ...pods(world, 25, "20.0.1", answering(200)));
    await world.sweepFor(600_000);
    for (const network of [world.network, ...world.overflowNetworks.values()]) {
      expect(network.mostQueued).toBe(0);
      expect(network.mostWaiting).toBeLessThanOrEqual(5);
    }
  });

  it("are probed on time once the black holes are known, half of all pods being such", async () => {
    const world = new ProberWorld();
    await world.register(...pods(world, 25, "20.0.0", swallowing), ...pods(world, 25, "20.0.1", answering(200)));
    await world.sweepFor(300_000);
    const settledMs = world.clock.nowMs();
    await world.sweepFor(300_000);
    for (let index = 1; index <= 25; index += 1) {
      const times = dials(world, `20.0.1.${index}`).filter((atMs) => atMs >= settledMs);
      expect(new Set(gaps(times))).toEqual(new Set([10_000]));
      expect(times.length).toBeGreaterThanOrEqual(30);
    }
  });

  it("are probed on time from the onset on, the connections being given up after 20 s or after two minutes", async () => {
    for (const unansweredMs of [20_000, 127_000]) {
      const world = new ProberWorld(unansweredMs);
      await world.register(...pods(world, 25, "20.0.0", answering(200)), ...pods(world, 25, "20.0.1", answering(200)));
      await world.sweepFor(60_000);
      for (let index = 1; index <= 25; index += 1) world.network.peers.set(`20.0.0.${index}:80`, swallowing);
      const onsetMs = world.clock.nowMs();
      await world.sweepFor(120_000);
      const late = pods(world, 25, "20.0.1", answering(200)).flatMap(({ metadata }) =>
        gaps(dials(world, metadata.name).filter((atMs) => atMs >= onsetMs)).filter(
          (gap) => Math.abs(gap - 10_000) > 1000,
        ),
      );
      expect(late).toEqual([]);
      const suspects = [...world.overflowNetworks.keys()].filter((name) => name.includes("/suspects-"));
      expect(suspects.length).toBeLessThanOrEqual(5);
    }
  });

  it("leave their prober to sleep: those that are known are asked elsewhere, all at the same moment", async () => {
    const world = new ProberWorld();
    await world.register(...pods(world, 5, "20.0.0", swallowing), ...pods(world, 5, "20.0.1", answering(200)));
    await world.sweepFor(300_000);
    const settledMs = world.clock.nowMs();
    await world.sweepFor(600_000);
    const since = (network: StrictPlatform | undefined) =>
      network?.dialled.filter(({ atMs, to }) => atMs >= settledMs && to.startsWith("20.0.0.")) ?? [];
    expect(since(world.network)).toEqual([]);
    const asked = since(world.overflowNetworks.get("edge-0/suspects-0"));
    expect(asked.length).toBe(50);
    expect(new Set(asked.map(({ atMs }) => atMs)).size).toBe(10);
  });

  it("stay ready through the onset, and those that are gone are out in three minutes", async () => {
    const world = new ProberWorld();
    await world.register(...pods(world, 25, "20.0.0", answering(200)), ...pods(world, 25, "20.0.1", answering(200)));
    await world.sweepFor(60_000);
    expect(world.registry.verdicts.length).toBe(50);
    for (let index = 1; index <= 25; index += 1) world.network.peers.set(`20.0.0.${index}:80`, swallowing);
    await world.sweepFor(180_000);
    const later = world.registry.verdicts.slice(50);
    expect(later.every(({ ready, pod }) => !ready && pod.startsWith("20.0.0."))).toBe(true);
    expect(later.length).toBe(25);
  });

  it("go to the overflow from the third stuck slot on", async () => {
    const world = new ProberWorld();
    await world.register(...pods(world, 5, "20.0.0", swallowing));
    await world.clock.pass(2000);
    await world.register(...pods(world, 3, "20.0.1", answering(200)));
    await world.clock.pass(0);
    expect(world.overflowed).toEqual(["20.0.1.1", "20.0.1.2", "20.0.1.3"]);
    expect(world.registry.isReady("20.0.1.3")).toBe(true);
  });

  it("keep their verdict when the overflow fails", async () => {
    const world = new ProberWorld();
    await world.register(...pods(world, 1, "20.0.1", answering(200)));
    await world.sweepFor(20_000);
    await world.register(...pods(world, 5, "20.0.0", swallowing));
    world.overflowFails = true;
    await world.sweepFor(40_000);
    expect(world.overflowed).toContain("20.0.1.1");
    expect(world.registry.isReady("20.0.1.1")).toBe(true);
  });
});
