import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FaultLog } from "../../../scripts/chaos/fault-log.ts";

function log(...faults: [fromMs: number, toMs: number][]): FaultLog {
  const made = new FaultLog();
  for (const [fromMs, toMs] of faults) {
    made.begin("fault", fromMs);
    if (toMs !== Infinity) made.end(toMs);
  }
  return made;
}

describe("the calm before a moment", () => {
  it.each([
    { faults: log(), calmMs: 10, atMs: 100, since: 90, why: "there was no fault" },
    { faults: log([50, 60]), calmMs: 10, atMs: 100, since: 90, why: "the fault is long past" },
    { faults: log([92, 95]), calmMs: 10, atMs: 100, since: 87, why: "a fault in between does not count" },
    { faults: log([95, Infinity]), calmMs: 10, atMs: 100, since: 85, why: "a fault goes on" },
    { faults: log([95, 120]), calmMs: 10, atMs: 100, since: 85, why: "a fault went on then" },
    { faults: log([80, 85], [90, 98]), calmMs: 10, atMs: 100, since: 77, why: "there were two" },
    { faults: log([120, 130]), calmMs: 10, atMs: 100, since: 90, why: "the fault came later" },
  ])("reaches back to $since: $why", ({ faults, calmMs, atMs, since }) => {
    expect(faults.calmSince(calmMs, atMs)).toBe(since);
  });

  it("is as long as was asked for, whatever the faults", () => {
    const gaps = fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 })), { maxLength: 8 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 900 }), (gaps, calmMs, atMs) => {
        let cursorMs = 0;
        const faults = log(...gaps.map(([calm, fault]): [number, number] => [(cursorMs += calm), (cursorMs += fault)]));
        const sinceMs = faults.calmSince(calmMs, atMs);
        const faultyMs = faults.all.reduce(
          (sum, { fromMs, toMs }) => sum + Math.max(0, Math.min(toMs, atMs) - Math.max(fromMs, sinceMs)),
          0,
        );
        expect(atMs - sinceMs - faultyMs).toBe(calmMs);
      }),
    );
  });

  it("does not count a moment twice that is noted while a fault goes on", () => {
    const faults = log([10, 20]);
    faults.note("stall", 15, 25);
    faults.note("stall", 12, 18);
    expect(faults.all.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [10, 20],
      [20, 25],
    ]);
  });
});
