import { describe, expect, it } from "vitest";
import { sweep, type SweepDeps } from "../../src/sweep/sweep.ts";

/** A clock that moves when somebody sleeps. */
function harness(probers: Record<string, () => { nextDueMs: number | undefined; empty: boolean }>, startMs = 0) {
  const clock = { nowMs: startMs };
  const log: string[] = [];
  const deps: SweepDeps = {
    readDue: async () => ({
      probers: Object.keys(probers).map((name) => ({ name, ready: true })),
      pending: [
        { kind: "service", target: "default/kubia" },
        { kind: "prober", target: "edge-9" },
      ],
      terminated: [],
      expired: [],
    }),
    poke: async ({ kind, target }) => void log.push(`poke ${kind} ${target}`),
    runDue: async (prober) => {
      log.push(`${clock.nowMs} ${prober}`);
      const next = probers[prober];
      if (next === undefined) throw new Error("no such prober");
      return next();
    },
    removeTerminated: async ({ namespace, name }) => void log.push(`end ${namespace}/${name}`),
    enforceLease: async ({ namespace, name }) => void log.push(`lease of ${namespace}/${name}`),
    observe: async (prober) => void log.push(`${clock.nowMs} observe ${prober}`),
    driveElsewhere: async (group, endMs) => {
      log.push(`elsewhere ${group.length} until ${endMs}`);
      return [];
    },
    removeEmptyProber: async (prober) => void log.push(`remove ${prober}`),
    noteDefaultTtl: async () => {},
    pokeFeed: async () => void log.push("poke feed"),
    finishDeletions: async () => void log.push("finish deletions"),
    removeEvents: async (beforeSeconds) => void log.push(`events ${beforeSeconds}`),
    compactLog: async (beforeSeconds) => void log.push(`compact ${beforeSeconds}`),
    report: (failures) => void log.push(...failures.map((failure) => `failed ${failure}`)),
    nowMs: () => clock.nowMs,
    sleep: async (durationMs) => {
      clock.nowMs += durationMs;
    },
  };
  return { deps, log, clock };
}

describe("a sweep", () => {
  it("pokes whoever is still pending", async () => {
    const { deps, log } = harness({});
    await sweep(deps);
    expect(log.slice(4)).toEqual(["poke service default/kubia", "poke prober edge-9"]);
  });

  it("removes pods whose grace period is over and enforces leases, whatever became of their prober", async () => {
    const { deps, log } = harness({}, 90_000);
    const [terminated, expired] = ["a", "b"].map((name) => [{ namespace: "default", name, uid: name }]);
    const nothing = { probers: [], pending: [], terminated: [], expired: [] };
    const readDue: SweepDeps["readDue"] = async (nowMs) =>
      nowMs === 90_000 ? { ...nothing, terminated: terminated ?? [], expired: expired ?? [] } : nothing;
    await sweep({ ...deps, readDue });
    expect(log.slice(4)).toEqual(["end default/a", "lease of default/b"]);
  });

  it("compacts the log but for the last hour", async () => {
    const { deps, log } = harness({}, 7_200_000);
    await sweep(deps);
    expect(log[0]).toBe("compact 3600");
  });

  it("removes events of more than an hour ago, and goes on with deletions", async () => {
    const { deps, log } = harness({}, 7_200_000);
    await sweep(deps);
    expect(log).toEqual(expect.arrayContaining(["events 3600", "finish deletions"]) as unknown);
  });

  it("has the watches told of what they may have missed, since a lost poke left nothing pending for them", async () => {
    const { deps, log } = harness({});
    await sweep(deps);
    expect(log).toContain("poke feed");
  });

  it("comes back to a prober at the times it asks for, until the minute is over", async () => {
    const { deps, log, clock } = harness({
      "edge-0": () => ({ nextDueMs: clock.nowMs + 20_000 - (clock.nowMs % 20_000), empty: false }),
    });
    await sweep(deps);
    expect(log.filter((entry) => entry.endsWith("edge-0"))).toEqual(["0 edge-0", "20000 edge-0", "40000 edge-0"]);
  });

  it("leaves a prober that has nothing due, and removes one that has no pods", async () => {
    const { deps, log } = harness({
      "edge-0": () => ({ nextDueMs: undefined, empty: false }),
      "edge-1": () => ({ nextDueMs: undefined, empty: true }),
    });
    await sweep(deps);
    expect(log).toContain("remove edge-1");
    expect(log).not.toContain("remove edge-0");
  });

  it("drives a hundred probers itself, and the others elsewhere", async () => {
    const many = Array.from({ length: 250 }, (_, index) => [
      `edge-${index}`,
      () => ({ nextDueMs: undefined, empty: false }),
    ]);
    const { deps, log } = harness(Object.fromEntries(many) as Parameters<typeof harness>[0]);
    await sweep(deps);
    expect(log.filter((entry) => /^0 edge-\d+$/.test(entry)).length).toBe(100);
    expect(log.filter((entry) => entry.startsWith("elsewhere"))).toEqual([
      "elsewhere 100 until 60000",
      "elsewhere 50 until 60000",
    ]);
  });

  it("reports what failed elsewhere, and an elsewhere that failed", async () => {
    const many = Array.from({ length: 301 }, (_, index) => [
      `edge-${index}`,
      () => ({ nextDueMs: undefined, empty: false }),
    ]);
    const { deps, log } = harness(Object.fromEntries(many) as Parameters<typeof harness>[0]);
    const driveElsewhere: SweepDeps["driveElsewhere"] = async ([first]) => {
      if (first?.name === "edge-200") throw new Error("no invocation");
      return [`${first?.name}: away`];
    };
    await sweep({ ...deps, driveElsewhere });
    expect(log.filter((entry) => entry.startsWith("failed")).toSorted()).toEqual([
      "failed edge-100: away",
      "failed edge-300: away",
      "failed from edge-200: Error: no invocation",
    ]);
  });

  it("of a registry that cannot be read says so and ends", async () => {
    const { deps, log } = harness({});
    await sweep({ ...deps, readDue: () => Promise.reject(new Error("D1 is away")) });
    expect(log.slice(4)).toEqual(["failed registry: Error: D1 is away"]);
  });

  it("is not stopped by one that fails, and says which", async () => {
    const { deps, log } = harness({
      "edge-0": () => {
        throw new Error("away");
      },
      "edge-1": () => ({ nextDueMs: undefined, empty: false }),
    });
    await sweep(deps);
    expect(log).toContain("0 edge-1");
    expect(log).toContain("failed edge-0: Error: away");
  });
});
