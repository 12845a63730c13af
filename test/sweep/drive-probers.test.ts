import { describe, expect, it } from "vitest";
import { driveProbers, groupsOf, type DriveDeps } from "../../src/sweep/drive-probers.ts";

type Round = { nextDueMs: number | undefined; empty: boolean };

/** A minute in which a prober answers as the test says; `log` is what is asked of it. */
function minute(runDue: (nowMs: number) => Round, observe: () => void = () => {}) {
  let nowMs = 0;
  const log: string[] = [];
  const deps: DriveDeps = {
    runDue: async (prober) => {
      log.push(`${nowMs} ${prober}`);
      return runDue(nowMs);
    },
    removeEmptyProber: async (prober) => void log.push(`remove ${prober}`),
    observe: async (prober) => {
      log.push(`observe ${prober}`);
      observe();
    },
    nowMs: () => nowMs,
    sleep: async (durationMs) => {
      nowMs += durationMs;
    },
  };
  const run = (ready: boolean) => driveProbers(deps, [{ name: "edge-0", ready }], 60_000);
  return { run, log };
}

const away = (): never => {
  throw new Error("away");
};
const inAMinute = (): Round => ({ nextDueMs: undefined, empty: false });

describe("driving a prober", () => {
  it("comes back to one that failed after ten seconds, and says once what went wrong", async () => {
    const { run, log } = minute((nowMs) => (nowMs < 20_000 ? away() : inAMinute()));
    expect(await run(true)).toEqual(["edge-0: Error: away"]);
    expect(log).toEqual(["0 edge-0", "10000 edge-0", "20000 edge-0"]);
  });

  it("looks after one that failed throughout the minute", async () => {
    const { run, log } = minute(away);
    expect(await run(true)).toEqual(["edge-0: Error: away"]);
    expect(log.at(-1)).toBe("observe edge-0");
    expect(log.filter((entry) => entry.endsWith(" edge-0"))).toHaveLength(7);
  });

  it("looks at one whose Node says that it is silent as soon as it has run, and once only", async () => {
    const { run, log } = minute((nowMs) => ({ nextDueMs: nowMs + 30_000, empty: false }));
    expect(await run(false)).toEqual([]);
    expect(log).toEqual(["0 edge-0", "observe edge-0", "30000 edge-0"]);
  });

  it("says nothing new of one that is known to be silent", async () => {
    const { run, log } = minute(away);
    await run(false);
    expect(log).not.toContain("observe edge-0");
  });

  it("is not stopped by a Node that cannot be written", async () => {
    const { run, log } = minute(inAMinute, away);
    expect(await run(false)).toEqual(["edge-0: Error: away"]);
    expect(log.filter((entry) => entry.endsWith("0 edge-0")).length).toBeGreaterThan(1);
    expect(await minute(away, away).run(true)).toEqual(["edge-0: Error: away"]);
  });

  it("ends with one that has no pods", async () => {
    const { run, log } = minute(() => ({ nextDueMs: undefined, empty: true }));
    await run(true);
    expect(log).toEqual(["0 edge-0", "remove edge-0"]);
  });
});

describe("probers in groups", () => {
  it.each([
    [0, []],
    [1, [1]],
    [100, [100]],
    [101, [100, 1]],
    [250, [100, 100, 50]],
    [3100, Array.from({ length: 31 }, () => 100)],
  ])("of %i are %j to an invocation", (count, sizes) => {
    const probers = Array.from({ length: count }, (_, index) => index);
    expect(groupsOf(probers).map((group) => group.length)).toEqual(sizes);
    expect(groupsOf(probers).flat()).toEqual(probers);
  });

  it("are never more than an invocation can call", () => {
    expect(groupsOf(Array.from({ length: 10_000 }, () => 0)).length).toBe(31);
  });
});
