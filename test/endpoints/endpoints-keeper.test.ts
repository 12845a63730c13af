import { describe, expect, it } from "vitest";
import type { EndpointSlice } from "../../src/domain/endpoints.ts";
import type { Service } from "../../src/domain/service.ts";
import { EndpointsKeeper, type EndpointsKeeperDeps, type Held } from "../../src/endpoints/endpoints-keeper.ts";
import type { Following, PlannedWrite, ServiceSnapshot } from "../../src/registry/registry.ts";
import { readyPod, service, slice } from "../objects.ts";

const kubia = {
  ...service("kubia", { selector: { app: "kubia" } }),
  metadata: { ...service("kubia").metadata, uid: "u1" },
};

function snapshot(revision: number, ips: string[], of: Service | undefined = kubia, epoch = "e1"): ServiceSnapshot {
  const pods = ips.map((ip) => readyPod(`p-${ip}`, ip, { labels: { app: "kubia" } }));
  return { epoch, revision, service: of, pods, zones: {}, slices: [], endpoints: undefined };
}

function atRevision(revision: number, of: EndpointSlice): EndpointSlice {
  return { ...of, metadata: { ...of.metadata, resourceVersion: String(revision) } };
}

/** A registry whose reads are answered one by one, by the test. */
function harness(stored?: Held) {
  const log: string[] = [];
  const reads: ((answer: ServiceSnapshot | Error) => void)[] = [];
  let held = stored;
  const background: Promise<unknown>[] = [];
  const deps: EndpointsKeeperDeps = {
    read: () =>
      new Promise((resolve, reject) => {
        log.push("read");
        reads.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer)));
      }),
    readSince: () => deps.read(),
    publish: async ({ revision }, latencies) => {
      log.push(`publish ${revision}`, ...latencies.map((each) => `${each.serviceKind} ${each.durationMs} ms`));
      return { written: [], complete: true };
    },
    changed: () => void log.push("changed"),
    load: () => held,
    store: (next) => {
      held = next;
      log.push("store");
    },
    forget: async () => {
      held = undefined;
      log.push("forget");
    },
    nowMs: () => 0,
    sleep: async (ms) => void log.push(`sleep ${ms}`),
    waitUntil: (promise) => void background.push(promise),
  };
  const answer = async (next: ServiceSnapshot | Error): Promise<void> => {
    for (let turns = 0; reads.length === 0; turns++) {
      if (turns > 1000) throw new Error("nothing is being read");
      await Promise.resolve();
    }
    reads.shift()?.(next);
  };
  return { keeper: new EndpointsKeeper(deps), deps, log, answer, reads, held: () => held, background };
}

describe("a service's ready list", () => {
  it("takes in what a poke is about before the poke returns", async () => {
    const { keeper, answer } = harness();
    const poked = keeper.poke();
    await answer(snapshot(5, ["10.0.0.1"]));
    await poked;
    expect((await keeper.resolve("u1"))?.endpoints.map(({ ip }) => ip)).toEqual(["10.0.0.1"]);
  });

  it("gives whoever pokes during a pass a pass that starts after it", async () => {
    const { keeper, answer, log } = harness();
    const first = keeper.poke();
    while (log.length === 0) await Promise.resolve();
    const second = keeper.poke();
    const third = keeper.poke();
    expect(log).toEqual(["read"]);
    await answer(snapshot(5, []));
    await first;
    await answer(snapshot(6, ["10.0.0.1"]));
    await Promise.all([second, third]);
    expect(log.filter((entry) => entry === "read").length).toBeLessThanOrEqual(3);
    expect((await keeper.resolve("u1"))?.revision).toBe(6);
  });

  it("reads all once, and then follows the log", async () => {
    const { deps, answer, log } = harness();
    const following = [6, 7].map((revision) => ({ epoch: "e1", revision, changes: [] }));
    const readSince = async (): Promise<Following> =>
      following.shift() ?? Promise.reject(new Error("followed too often"));
    const keeper = new EndpointsKeeper({ ...deps, readSince });
    const first = keeper.poke();
    await answer(snapshot(5, ["10.0.0.1"]));
    await first;
    await keeper.poke();
    await keeper.poke();
    expect(log.filter((entry) => entry === "read")).toHaveLength(1);
    expect(await keeper.resolve("u1")).toMatchObject({ revision: 7, endpoints: [{ ip: "10.0.0.1" }] });
  });

  it("drops a read that comes back older than what is held", async () => {
    const held = { epoch: "e1", list: { serviceUid: "u1", revision: 9, endpoints: [] } };
    const { keeper, answer, log } = harness(held);
    const poked = keeper.poke();
    await answer(snapshot(8, ["10.0.0.8"]));
    await poked;
    expect((await keeper.resolve("u1"))?.revision).toBe(9);
    expect(log).not.toContain("store");
  });

  it("takes an older revision from a registry that was restored", async () => {
    const held = { epoch: "e1", list: { serviceUid: "u1", revision: 9, endpoints: [] } };
    const { keeper, answer } = harness(held);
    const poked = keeper.poke();
    await answer(snapshot(8, ["10.0.0.8"], kubia, "e2"));
    await poked;
    expect((await keeper.resolve("u1"))?.revision).toBe(8);
  });

  it("reads all anew when what has happened cannot be followed, as a change of the service itself", async () => {
    const { deps, answer, log } = harness();
    const changes = [{ revision: 6, resource: "services", change: "MODIFIED", object: kubia } as const];
    const keeper = new EndpointsKeeper({ ...deps, readSince: async () => ({ epoch: "e1", revision: 6, changes }) });
    for (const revision of [5, 7]) {
      const poked = keeper.poke();
      await answer(snapshot(revision, [`10.0.0.${revision}`]));
      await poked;
    }
    expect(log.filter((entry) => entry === "read")).toHaveLength(2);
    expect(await keeper.resolve("u1")).toMatchObject({ revision: 7, endpoints: [{ ip: "10.0.0.7" }] });
  });

  it("stores and announces a change of the list, not of the revision alone", async () => {
    const { keeper, answer, log } = harness();
    for (const revision of [5, 6, 7]) {
      const poked = keeper.poke();
      await answer(snapshot(revision, ["10.0.0.1"]));
      await poked;
    }
    expect(log.filter((entry) => entry === "store" || entry === "changed")).toEqual(["store", "changed"]);
  });

  it("looks for itself when it is asked about a service that it does not hold", async () => {
    const { keeper, answer } = harness();
    const asked = keeper.resolve("u1");
    await answer(snapshot(5, ["10.0.0.1"]));
    expect((await asked)?.endpoints).toHaveLength(1);
  });

  it("stores nothing for a name that is no service", async () => {
    const { keeper, answer, log } = harness();
    const asked = keeper.resolve("u1");
    await answer({ ...snapshot(5, []), service: undefined });
    expect(await asked).toBeUndefined();
    expect(log).toEqual(["read"]);
  });

  it("starts clean for a service that was deleted and made again", async () => {
    const held = { epoch: "e1", list: { serviceUid: "u1", revision: 5, endpoints: [{ ip: "10.0.0.1", ports: [] }] } };
    const { keeper, answer, held: stored } = harness(held);
    const asked = keeper.resolve("u2");
    await answer(snapshot(7, [], { ...kubia, metadata: { ...kubia.metadata, uid: "u2" } }));
    expect(await asked).toEqual({ serviceUid: "u2", revision: 7, endpoints: [] });
    expect(stored()?.list.serviceUid).toBe("u2");
  });

  it("forgets a service that is gone", async () => {
    const held = { epoch: "e1", list: { serviceUid: "u1", revision: 5, endpoints: [] } };
    const { keeper, answer, log } = harness(held);
    const poked = keeper.poke();
    await answer({ ...snapshot(7, []), service: undefined });
    await poked;
    expect(log).toContain("forget");
  });

  it("stores again what could not be stored, and tells nobody of it before", async () => {
    const { deps, answer, held } = harness();
    const failures = [new Error("the storage is away")];
    const store: EndpointsKeeperDeps["store"] = (next) => {
      const [failure] = failures.splice(0);
      if (failure !== undefined) throw failure;
      deps.store(next);
    };
    const keeper = new EndpointsKeeper({ ...deps, store });
    const failing = keeper.poke();
    await answer(snapshot(5, ["10.0.0.1"]));
    await expect(failing).rejects.toThrow("the storage is away");
    const poked = keeper.poke();
    await answer(snapshot(5, ["10.0.0.1"]));
    await poked;
    expect(held()?.list.endpoints).toHaveLength(1);
  });

  it("survives a read that fails, and says so to who waited for it", async () => {
    const { keeper, answer } = harness();
    const failing = keeper.poke();
    await answer(new Error("D1 is away"));
    await expect(failing).rejects.toThrow("D1 is away");
    const poked = keeper.poke();
    await answer(snapshot(5, ["10.0.0.1"]));
    await poked;
    expect((await keeper.resolve("u1"))?.endpoints).toHaveLength(1);
  });
});

describe("publishing", () => {
  it("shows what the pass has seen, for which the service is no longer pending", async () => {
    const { keeper, answer, log, background } = harness();
    const poked = keeper.poke();
    await answer(snapshot(5, ["10.0.0.1"]));
    await poked;
    await Promise.all(background);
    expect(log).toEqual(["read", "store", "changed", "publish 5"]);
  });

  it("is known as soon as it is written: the registry is not asked for it, and the next plan starts from it", async () => {
    const { deps, answer, background } = harness();
    const made = atRevision(6, slice("kubia-1", "kubia"));
    const written: PlannedWrite[] = [{ verb: "create", resource: "endpointslices.discovery.k8s.io", object: made }];
    const known: ServiceSnapshot[] = [];
    const keeper = new EndpointsKeeper({
      ...deps,
      readSince: async (seen) => {
        known.push(seen);
        return { epoch: "e1", revision: 9, changes: [] };
      },
      publish: async (seen) => {
        known.push(seen);
        return { written: written.splice(0), complete: true };
      },
    });
    const first = keeper.poke();
    await answer(snapshot(5, ["10.0.0.1"]));
    await first;
    await Promise.all(background);
    await keeper.poke();
    await Promise.all(background);
    expect(known.map(({ revision, slices }) => [revision, slices])).toEqual([
      [5, []],
      [5, [made]],
      [9, [made]],
    ]);
  });

  it("does not bring back what somebody has deleted before it was heard that it is written", async () => {
    const { deps, answer, background } = harness();
    const written: PlannedWrite[] = [
      { verb: "create", resource: "endpointslices.discovery.k8s.io", object: atRevision(6, slice("kubia-1", "kubia")) },
    ];
    const known: ServiceSnapshot[] = [];
    let heard = (): void => {};
    const keeper = new EndpointsKeeper({
      ...deps,
      // The slice was made at revision 6 and deleted at 7, which the log tells as it happened.
      readSince: async () => ({ epoch: "e1", revision: 7, changes: [] }),
      publish: async (seen) => {
        known.push(seen);
        if (known.length === 1) await new Promise<void>((resolve) => (heard = resolve));
        return { written: written.splice(0), complete: true };
      },
    });
    const first = keeper.poke();
    await answer(snapshot(5, ["10.0.0.1"]));
    await first;
    await keeper.poke();
    heard();
    while (known.length < 2) await Promise.resolve();
    await Promise.all(background);
    expect(known.map(({ revision, slices }) => [revision, slices])).toEqual([
      [5, []],
      [7, []],
    ]);
  });

  it("records how long the change took to reach the list, and nothing for a poke that changed nothing", async () => {
    const { keeper, answer, log, background } = harness();
    for (const revision of [5, 6]) {
      const poked = keeper.poke(-40);
      await answer(snapshot(revision, ["10.0.0.1"]));
      await poked;
      await Promise.all(background);
    }
    expect(log.filter((entry) => entry.endsWith(" ms"))).toEqual(["cluster_ip 40 ms"]);
  });

  it("that fails is made up for by the next one, which records what that had to record", async () => {
    const { deps, answer, log, background } = harness();
    const failures = [new Error("D1 is away")];
    const publish: EndpointsKeeperDeps["publish"] = async (seen, latencies) => {
      const [failure] = failures.splice(0);
      if (failure !== undefined) throw failure;
      return deps.publish(seen, latencies);
    };
    const keeper = new EndpointsKeeper({ ...deps, publish });
    for (const revision of [5, 6]) {
      const poked = keeper.poke(-40);
      await answer(snapshot(revision, ["10.0.0.1"]));
      await poked;
      await Promise.all(background);
    }
    expect(log.filter((entry) => /^publish|ms$/.test(entry))).toEqual(["publish 6", "cluster_ip 40 ms"]);
  });

  it("records the whole time of a change that could not be read at first", async () => {
    const { keeper, answer, log, background } = harness();
    const failing = keeper.poke(-50);
    await answer(new Error("D1 is away"));
    await expect(failing).rejects.toThrow("D1 is away");
    const poked = keeper.poke();
    await answer(snapshot(5, ["10.0.0.1"]));
    await poked;
    await Promise.all(background);
    expect(log.filter((entry) => entry.endsWith(" ms"))).toEqual(["cluster_ip 50 ms"]);
  });

  it("is waited for by nobody: the list changes at once while a publication waits out its second", async () => {
    const { deps, answer, log, background } = harness();
    const waking: (() => void)[] = [];
    const sleep = (): Promise<void> => new Promise((resolve) => waking.push(resolve));
    const keeper = new EndpointsKeeper({ ...deps, sleep });
    const poke = async (revision: number, ips: string[]): Promise<void> => {
      const poked = keeper.poke();
      await answer(snapshot(revision, ips));
      await poked;
    };
    await poke(5, ["10.0.0.1"]);
    await Promise.all(background);
    await poke(6, ["10.0.0.2"]);
    while (waking.length === 0) await Promise.resolve();
    await poke(7, ["10.0.0.3"]);
    expect(await keeper.resolve("u1")).toMatchObject({ revision: 7, endpoints: [{ ip: "10.0.0.3" }] });
    expect(log.filter((entry) => entry.startsWith("publish"))).toEqual(["publish 5"]);
    waking.shift()?.();
    while (log.filter((entry) => entry.startsWith("publish")).length < 2) await Promise.resolve();
    expect(log.filter((entry) => entry.startsWith("publish"))).toEqual(["publish 5", "publish 7"]);
  });

  it("that somebody got ahead of is planned anew, on what they have left", async () => {
    const { deps, answer, log, background } = harness();
    const complete = [false, true];
    const publish: EndpointsKeeperDeps["publish"] = async ({ revision }) => {
      log.push(`publish ${revision}`);
      return { written: [], complete: complete.shift() ?? true };
    };
    const keeper = new EndpointsKeeper({ ...deps, publish });
    const poked = keeper.poke();
    await answer(snapshot(5, []));
    await poked;
    await answer(snapshot(6, []));
    while (!log.includes("publish 6")) await Promise.resolve();
    await Promise.all(background);
    expect(log.filter((entry) => /^(read|publish)/.test(entry))).toEqual(["read", "publish 5", "read", "publish 6"]);
  });

  it("leaves out of the list a slice whose service was an earlier one of the name", async () => {
    const { keeper, answer } = harness();
    const byHand = slice("by-hand", "kubia", [{ addresses: ["10.0.0.9"] }]);
    const owner = { apiVersion: "v1", kind: "Service", name: "kubia", uid: "earlier" };
    const orphan = { ...byHand, metadata: { ...byHand.metadata, ownerReferences: [owner] } };
    const asked = keeper.resolve("u1");
    await answer({ ...snapshot(5, ["10.0.0.1"]), slices: [orphan] });
    expect((await asked)?.endpoints.map(({ ip }) => ip)).toEqual(["10.0.0.1"]);
  });

  it("waits out the second that follows a publication", async () => {
    const { keeper, answer, log, background } = harness();
    for (const revision of [5, 6]) {
      const poked = keeper.poke();
      await answer(snapshot(revision, []));
      await poked;
      await Promise.all(background);
    }
    expect(log.filter((entry) => entry.startsWith("sleep"))).toEqual(["sleep 1000"]);
  });

  it("waits no longer than that when the clock was set back meanwhile", async () => {
    const { deps, answer, log, background } = harness();
    let nowMs = 3_600_000;
    const keeper = new EndpointsKeeper({ ...deps, nowMs: () => nowMs });
    for (const revision of [5, 6]) {
      const poked = keeper.poke();
      await answer(snapshot(revision, []));
      await poked;
      await Promise.all(background);
      nowMs = 0;
    }
    expect(log.filter((entry) => entry.startsWith("sleep"))).toEqual(["sleep 1000"]);
  });
});
