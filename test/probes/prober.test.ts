import { describe, expect, it } from "vitest";
import type { Probe } from "../../src/domain/pod.ts";
import { phaseOf } from "../../src/probes/schedule.ts";
import { probedPod, proberName, ProberWorld } from "./prober-world.ts";
import { answering, type Peer } from "./strict-platform.ts";

const ip = "20.0.0.1";
const ready: Probe = { httpGet: { port: 8080, path: "/ready" }, periodSeconds: 10 };

function worldWith(peer: Peer, to = `${ip}:8080`): ProberWorld {
  const world = new ProberWorld();
  world.network.peers.set(to, peer);
  return world;
}

describe("a prober", () => {
  it("probes a new pod at once and makes it ready", async () => {
    const world = worldWith(answering(200));
    await world.register(probedPod("a", ip, ready, world.clock.nowMs()));
    await world.clock.pass(0);
    expect(world.registry.isReady("a")).toBe(true);
    expect(world.reported).toEqual([]);
  });

  it("starts a new pod's first probe when its initial delay is over, not at the next minute or boundary", async () => {
    const world = worldWith(answering(200));
    await world.sweepFor(60_000);
    await world.clock.pass(7000);
    const registeredMs = world.clock.nowMs();
    await world.register(probedPod("a", ip, { ...ready, initialDelaySeconds: 13, periodSeconds: 300 }, registeredMs));
    await world.clock.pass(12_999);
    expect(world.network.dialled).toEqual([]);
    await world.clock.pass(1);
    expect(world.network.dialled.map(({ atMs }) => atMs - registeredMs)).toEqual([13_000]);
    expect(world.registry.isReady("a")).toBe(true);
  });

  it("takes a pod out at the third failure in a row, says why, and takes it back at the first success", async () => {
    const world = worldWith(answering(200));
    await world.register(probedPod("a", ip, ready, world.clock.nowMs()));
    await world.clock.pass(30_000);
    world.network.peers.set(`${ip}:8080`, answering(503));
    await world.clock.pass(60_000);
    world.network.peers.set(`${ip}:8080`, answering(204));
    await world.clock.pass(10_000);
    const [up, down, back] = world.registry.verdicts;
    expect(world.registry.verdicts.map(({ ready }) => ready)).toEqual([true, false, true]);
    expect(down?.message).toBe("web: pod answered: readiness probe: HTTP probe failed with statuscode: 503");
    expect([up?.message, back?.message]).toEqual(["", ""]);
  });

  it("tells of a verdict as of when it was reached, however long it waits for a connection to write it", async () => {
    const world = new ProberWorld();
    const pods = Array.from({ length: 10 }, (_, index) => `20.0.0.${index}`).map((podIp, index) => {
      world.network.peers.set(`${podIp}:8080`, answering(200));
      return probedPod(`pod-${index}`, podIp, ready, world.clock.nowMs());
    });
    const registeredMs = world.clock.nowMs();
    world.registry.writesTakeMs = 1000;
    await world.register(...pods);
    await world.clock.pass(5000);
    const verdicts = world.registry.verdicts.map(({ decidedMs, atMs }) =>
      [decidedMs, atMs].map((ms) => ms - registeredMs),
    );
    expect(verdicts.length).toBe(10);
    expect(new Set(verdicts.map(([decidedMs]) => decidedMs))).toEqual(new Set([0]));
    expect(Math.max(...verdicts.map(([, atMs = 0]) => atMs))).toBe(2000);
  });

  it.each<[string, Peer, string]>([
    [
      "refuses",
      { peer: "refuses" },
      `web: pod refused the connection: readiness probe: Get "http://${ip}:8080/ready": dial tcp ${ip}:8080: connect: connection refused`,
    ],
    [
      "swallows the connection",
      { peer: "swallows" },
      `web: pod timed out: readiness probe: Get "http://${ip}:8080/ready": dial tcp ${ip}:8080: i/o timeout`,
    ],
    [
      "accepts and says nothing",
      { peer: "answers", answer: () => [], keepsOpen: true },
      `web: pod timed out: readiness probe: Get "http://${ip}:8080/ready": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
    ],
    [
      "hangs up",
      { peer: "resets" },
      `web: pod broke off: readiness probe: Get "http://${ip}:8080/ready": read tcp ${ip}:8080: read: connection reset by peer`,
    ],
  ])("says in the condition what it is about a pod that %s", async (_, peer, message) => {
    const world = worldWith(peer);
    await world.register(probedPod("a", ip, ready, world.clock.nowMs()));
    await world.clock.pass(5000);
    expect(world.registry.message("a")).toBe(`containers with unready status: [web]; ${message}`);
  });

  it("says that the platform cannot reach a private address, changes nothing, and never connects", async () => {
    const world = worldWith(answering(200), "10.1.0.1:8080");
    await world.register(probedPod("a", "10.1.0.1", ready, world.clock.nowMs()));
    await world.sweepFor(120_000);
    expect(world.registry.message("a")).toContain(
      "; web: platform cannot reach the pod: readiness probe: probes may not go to 10.1.0.1 (private)",
    );
    expect(world.network.dialled).toEqual([]);
    expect(world.registry.verdicts.length).toBe(1);
  });

  it("probes tcpSocket", async () => {
    const world = worldWith(answering(500));
    await world.register(probedPod("a", ip, { tcpSocket: { port: 8080 } }, world.clock.nowMs()));
    await world.clock.pass(0);
    expect(world.registry.isReady("a")).toBe(true);
  });

  it("never probes a deleted pod again, even one whose outcome is on its way", async () => {
    const world = worldWith(answering(200));
    const slow = { ...ready, timeoutSeconds: 5 };
    world.network.peers.set(`${ip}:8080`, {
      peer: "answers",
      answer: () => world.clock.sleep(3000).then(() => ["HTTP/1.1 200 OK\r\n\r\n"]),
    });
    await world.register(probedPod("a", ip, slow, world.clock.nowMs()));
    await world.clock.pass(1000);
    world.registry.remove("a");
    await world.prober.poke();
    await world.clock.pass(120_000);
    expect(world.network.dialled.length).toBe(1);
    expect(world.registry.verdicts).toEqual([]);
    expect(world.storage.alarmMs).toBeUndefined();
  });

  it("starts a replaced pod of the same name from nothing", async () => {
    const world = worldWith(answering(200));
    await world.register(probedPod("a", ip, ready, world.clock.nowMs()));
    await world.clock.pass(0);
    world.network.peers.set(`${ip}:8080`, answering(503));
    const successor = probedPod("a", ip, ready, world.clock.nowMs());
    await world.register({ ...successor, metadata: { ...successor.metadata, uid: "another" } });
    await world.clock.pass(1000);
    expect(world.registry.isReady("a")).toBe(false);
  });

  it("takes a pod out that moves to another address, until it has answered there", async () => {
    const world = worldWith(answering(200));
    await world.register(probedPod("a", ip, ready, world.clock.nowMs()));
    await world.clock.pass(0);
    const pod = world.registry.get("a");
    world.registry.put({ ...pod, status: { ...pod.status, podIP: "20.0.0.2", podIPs: [{ ip: "20.0.0.2" }] } });
    await world.prober.poke();
    expect(world.registry.isReady("a")).toBe(false);
    world.network.peers.set("20.0.0.2:8080", answering(200));
    await world.clock.pass(20_000);
    expect(world.registry.isReady("a")).toBe(true);
  });

  it("holds readiness back until the startup probe has succeeded, and probes at once then", async () => {
    const world = worldWith(answering(200));
    const pod = probedPod("a", ip, ready, world.clock.nowMs());
    const startupProbe: Probe = { tcpSocket: { port: 9090 }, periodSeconds: 5, failureThreshold: 2 };
    const [web] = pod.spec.containers;
    if (web === undefined) throw new Error("no container");
    await world.register({
      ...pod,
      spec: { ...pod.spec, containers: [{ ...web, startupProbe }] },
      status: { ...pod.status, containerStatuses: [] },
    });
    await world.clock.pass(60_000);
    expect(world.network.dialled.every(({ to }) => to === `${ip}:9090`)).toBe(true);
    expect(world.registry.message("a")).toContain("startup probe: dial tcp");
    world.network.peers.set(`${ip}:9090`, answering(200));
    await world.clock.pass(5000);
    expect(world.registry.get("a").status.containerStatuses?.[0]).toMatchObject({ started: true, ready: true });
    const startups = world.network.dialled.filter(({ to }) => to === `${ip}:9090`).length;
    await world.clock.pass(60_000);
    expect(world.network.dialled.filter(({ to }) => to === `${ip}:9090`).length).toBe(startups);
  });

  it("needs all containers", async () => {
    const world = worldWith(answering(200));
    const pod = probedPod("a", ip, ready, world.clock.nowMs());
    const second = { name: "side", readinessProbe: { tcpSocket: { port: 9090 } } };
    await world.register({ ...pod, spec: { ...pod.spec, containers: [...pod.spec.containers, second] } });
    await world.clock.pass(1000);
    expect(world.registry.isReady("a")).toBe(false);
    expect(world.registry.message("a")).toContain("containers with unready status: [side]; side: pod refused");
    world.network.peers.set(`${ip}:9090`, answering(200));
    await world.clock.pass(20_000);
    expect(world.registry.isReady("a")).toBe(true);
  });

  it("leaves probes by exec and gRPC to an agent, and says so", async () => {
    const world = worldWith(answering(200));
    await world.register(probedPod("a", ip, { exec: { command: ["true"] } }, world.clock.nowMs()));
    const condition = world.registry.get("a").status.conditions?.find(({ type }) => type === "Ready");
    expect(condition).toMatchObject({ status: "False", reason: "ProbeNeedsAgent" });
    expect(condition?.message).toContain("readiness probe of container web is by exec, which needs an agent");
  });

  it("goes on probing the readiness of a terminating pod, and leaves a finished one alone", async () => {
    const world = worldWith(answering(200));
    await world.register(probedPod("a", ip, ready, world.clock.nowMs()));
    await world.clock.pass(0);
    const pod = world.registry.get("a");
    world.registry.put({ ...pod, metadata: { ...pod.metadata, deletionTimestamp: "2026-11-01T00:00:05Z" } });
    await world.prober.poke();
    await world.clock.pass(30_000);
    const probes = world.network.dialled.length;
    expect(probes).toBeGreaterThanOrEqual(3);
    world.registry.put({ ...pod, status: { ...pod.status, phase: "Failed" } });
    await world.prober.poke();
    await world.clock.pass(60_000);
    expect(world.network.dialled.length).toBe(probes);
    expect(world.registry.isReady("a")).toBe(false);
  });

  it("runs one probe of a container at a time, and is not held up by a slow one", async () => {
    const world = worldWith(answering(200));
    world.network.peers.set("20.0.0.2:8080", {
      peer: "answers",
      answer: () => world.clock.sleep(2500).then(() => ["HTTP/1.1 200 OK\r\n\r\n"]),
    });
    const everySecond = { ...ready, periodSeconds: 1 };
    await world.register(
      probedPod("quick", ip, everySecond, world.clock.nowMs()),
      probedPod("slow", "20.0.0.2", { ...everySecond, timeoutSeconds: 3 }, world.clock.nowMs()),
    );
    await world.sweepFor(30_000);
    const times = (to: string): number[] =>
      world.network.dialled.filter((dialled) => dialled.to === to).map(({ atMs }) => atMs);
    expect(times(`${ip}:8080`).length).toBeGreaterThanOrEqual(30);
    const slow = times("20.0.0.2:8080");
    expect(slow.length).toBeGreaterThanOrEqual(10);
    for (const [index, atMs] of slow.slice(1).entries()) expect(atMs - (slow[index] ?? NaN)).toBeGreaterThan(2500);
  });
});

describe("the events of a prober", () => {
  it("tell of a day of failures in a dozen writes, and store nothing but that it began", async () => {
    const world = worldWith(answering(503));
    await world.register(probedPod("a", ip, { ...ready, periodSeconds: 60 }, world.clock.nowMs()));
    await world.sweepFor(24 * 3600 * 1000);
    const [event] = [...world.registry.events.values()];
    expect(event).toMatchObject({
      reason: "Unhealthy",
      message: "Readiness probe failed: HTTP probe failed with statuscode: 503",
      source: { component: "prober", host: proberName },
      times: 1024,
    });
    expect(world.registry.eventWrites).toBe(11);
    expect(world.storage.series.size).toBe(1);
  });

  it("are not written again after an eviction, and counted on", async () => {
    const world = worldWith(answering(503));
    await world.register(probedPod("a", ip, ready, world.clock.nowMs()));
    for (let round = 0; round < 40; round += 1) {
      await world.clock.pass(10_000);
      world.evict();
    }
    expect(world.network.dialled.length).toBeGreaterThanOrEqual(40);
    expect(world.registry.eventWrites).toBe(6);
    expect([...world.registry.events.values()].map(({ times }) => times)).toEqual([32]);
  });

  it("end with the pod's recovery, and with the pod", async () => {
    const world = worldWith(answering(503));
    await world.register(probedPod("a", ip, ready, world.clock.nowMs()));
    await world.clock.pass(60_000);
    const failures = world.network.dialled.length;
    world.network.peers.set(`${ip}:8080`, answering(200));
    await world.clock.pass(10_000);
    expect([...world.registry.events.values()].map(({ times }) => times)).toEqual([failures]);
    expect(world.storage.series.size).toBe(0);
    world.network.peers.set(`${ip}:8080`, answering(503));
    await world.clock.pass(10_000);
    expect(world.storage.series.size).toBe(1);
    world.registry.remove("a");
    await world.prober.poke();
    expect(world.storage.series.size).toBe(0);
  });

  it("hold up no verdict when they cannot be written", async () => {
    const world = worldWith(answering(503));
    world.registry.recordEvent = async () => {
      throw new Error("events are away");
    };
    await world.register(probedPod("a", ip, ready, world.clock.nowMs()));
    await world.clock.pass(30_000);
    world.network.peers.set(`${ip}:8080`, answering(200));
    await world.clock.pass(10_000);
    expect(world.registry.isReady("a")).toBe(true);
  });
});

describe("a prober and its registry", () => {
  it("settles what it was poked for only after it took it in, and not when the registry cannot be read", async () => {
    const world = worldWith(answering(200));
    world.registry.failing = "reads";
    await expect(world.register(probedPod("a", ip, ready, world.clock.nowMs()))).rejects.toThrow("D1 cannot be read");
    expect(world.registry.convergedTo).toBe(0);
    world.registry.failing = undefined;
    await world.clock.pass(60_000);
    expect(world.registry.isReady("a")).toBe(true);
    await world.prober.poke();
    expect(world.registry.convergedTo).toBe(world.registry.snapshot().revision);
  });

  it("writes a verdict later that could not be written", async () => {
    const world = worldWith(answering(200));
    world.registry.failing = "writes";
    await world.register(probedPod("a", ip, ready, world.clock.nowMs()));
    await world.clock.pass(15_000);
    expect(world.reported.length).toBeGreaterThan(0);
    world.registry.failing = undefined;
    await world.clock.pass(10_000);
    expect(world.registry.verdicts.map(({ ready }) => ready)).toEqual([true]);
  });

  it("drops a pod that another node has now", async () => {
    const world = worldWith(answering(503));
    await world.register(probedPod("a", ip, ready, world.clock.nowMs()));
    const pod = world.registry.get("a");
    world.registry.put({ ...pod, spec: { ...pod.spec, nodeName: "edge-1" } });
    await world.clock.pass(60_000);
    expect(world.network.dialled.length).toBe(1);
  });

  it("begins anew with a registry that was restored from a copy", async () => {
    const world = worldWith(answering(200));
    await world.register(probedPod("a", ip, ready, world.clock.nowMs()));
    await world.clock.pass(0);
    world.registry.epoch = "second";
    world.registry.put(probedPod("a", ip, ready, world.clock.nowMs()));
    await world.prober.poke();
    await world.clock.pass(10_000);
    expect(world.registry.isReady("a")).toBe(true);
    expect(world.registry.verdicts.length).toBe(2);
  });

  it("drops a snapshot that is older than what it holds", async () => {
    const world = worldWith(answering(200));
    await world.register(probedPod("a", ip, ready, world.clock.nowMs()));
    const old = world.registry.snapshot();
    world.registry.put(probedPod("b", "20.0.0.2", ready, world.clock.nowMs()));
    await world.prober.poke();
    world.registry.readAssigned = async () => old;
    await world.prober.poke();
    await world.clock.pass(60_000);
    expect(world.network.dialled.filter(({ to }) => to === "20.0.0.2:8080").length).toBeGreaterThan(3);
  });
});

describe("the two clocks of a prober", () => {
  async function settled(): Promise<ProberWorld> {
    const world = worldWith(answering(200));
    await world.register(probedPod("a", ip, ready, world.clock.nowMs()));
    await world.sweepFor(60_000);
    return world;
  }

  /** Whether the pod was probed in each of the periods since `fromMs`, once and only once. */
  function gapsSince(world: ProberWorld, fromMs: number): number[] {
    const times = world.network.dialled.filter(({ atMs }) => atMs >= fromMs).map(({ atMs }) => atMs);
    return times.slice(1).map((atMs, index) => atMs - (times[index] ?? NaN));
  }

  it("goes on by alarm within 150 seconds when the cron is dead", async () => {
    const world = await settled();
    const diedMs = world.clock.nowMs();
    await world.clock.pass(600_000);
    const gaps = gapsSince(world, diedMs);
    expect(gaps.length).toBeGreaterThan(40);
    // The watchdog makes up for the period that it finds itself in, then keeps to the boundaries.
    expect(new Set(gaps.slice(1))).toEqual(new Set([10_000]));
  });

  it("is carried by the cron alone when alarms are broken", async () => {
    const world = new ProberWorld();
    world.alarmsWork = false;
    world.network.peers.set(`${ip}:8080`, answering(200));
    await world.register(probedPod("a", ip, ready, world.clock.nowMs()));
    const fromMs = world.clock.nowMs();
    await world.sweepFor(300_000);
    expect(gapsSince(world, fromMs).slice(1)).toEqual(Array.from({ length: 28 }, () => 10_000));
  });

  it("goes back to the watchdog when the cron comes back", async () => {
    const world = await settled();
    await world.clock.pass(600_000);
    await world.sweepFor(30_000);
    expect((world.storage.alarmMs ?? 0) - world.clock.nowMs()).toBeGreaterThan(90_000);
  });

  it("counts nothing twice with both clocks doubled and evictions in between", async () => {
    const world = await settled();
    world.network.peers.set(`${ip}:8080`, answering(503));
    const failedMs = world.clock.nowMs();
    for (let second = 0; second < 40; second += 1) {
      await Promise.all([world.prober.runDue(), world.prober.runDue(), world.prober.alarm(), world.clock.pass(0)]);
      if (second % 3 === 0) world.evict();
      await Promise.all([world.prober.alarm(), world.prober.runDue(), world.clock.pass(0)]);
      await world.clock.pass(1000);
    }
    const [, down] = world.registry.verdicts;
    expect(down?.ready).toBe(false);
    const probed = world.network.dialled.filter(({ atMs }) => atMs >= failedMs && atMs <= (down?.atMs ?? 0));
    const periods = probed.map(({ atMs }) => Math.floor((atMs - phaseOf(proberName, 10_000)) / 10_000));
    expect(new Set(periods).size).toBe(3);
    expect(world.reported).toEqual([]);
  });

  it("remembers its counts over an eviction", async () => {
    const world = await settled();
    world.network.peers.set(`${ip}:8080`, answering(503));
    const failedMs = world.clock.nowMs();
    while (world.registry.isReady("a")) {
      await world.sweepFor(1000);
      world.evict();
    }
    expect(world.clock.nowMs() - failedMs).toBeLessThanOrEqual(31_000);
    expect(world.storage.counters.size).toBe(0);
  });

  it("writes nothing in steady state but one alarm a minute, passing or failing, over 100 rounds", async () => {
    const world = worldWith(answering(200));
    const pods = Array.from({ length: 10 }, (_, index) =>
      probedPod(`pod-${index}`, `20.0.0.${index + 1}`, ready, world.clock.nowMs()),
    );
    await world.register(...pods);
    await world.sweepFor(120_000);
    const rows = world.storage.rows;
    const verdicts = world.registry.verdicts.length;
    const probes = world.network.dialled.length;
    const events = world.registry.eventWrites;
    await world.sweepFor(1_000_000);
    expect(world.network.dialled.length - probes).toBe(1000);
    expect(world.registry.verdicts.length - verdicts).toBe(0);
    expect(world.storage.rows - rows).toBeLessThanOrEqual(17);
    // Nine pods fail, and the counts of their events have doubled three times: at 16, 32 and 64.
    expect(world.registry.eventWrites - events).toBe(27);
  });

  it("leaves nothing behind when it has no pods", async () => {
    const world = await settled();
    world.registry.remove("a");
    await world.prober.poke();
    expect(await world.prober.runDue()).toEqual({ nextDueMs: undefined, empty: true });
    expect(world.storage.alarmMs).toBeUndefined();
    expect(world.storage.counters.size).toBe(0);
  });

  it("stores nothing for a name that was only asked for", async () => {
    const world = new ProberWorld();
    await world.prober.runDue();
    await world.prober.poke();
    expect(world.storage.rows).toBe(0);
  });
});
