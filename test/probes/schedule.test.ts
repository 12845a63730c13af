import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  dueNumber,
  periodNumber,
  phaseOf,
  plannedAfter,
  plannedBy,
  type Timetable,
} from "../../src/probes/schedule.ts";

const timetables = fc
  .record({
    firstMs: fc.integer({ min: 0, max: 1e7 }),
    periodMs: fc.integer({ min: 1, max: 300 }).map((s) => s * 1000),
  })
  .chain(({ firstMs, periodMs }) =>
    fc.integer({ min: 0, max: periodMs - 1 }).map((phaseMs): Timetable => ({ firstMs, periodMs, phaseMs })),
  );

/** All moments planned up to `untilMs`, walked one after the other. */
function walk(timetable: Timetable, untilMs: number): number[] {
  const moments: number[] = [];
  let nextMs = plannedAfter(timetable, -1);
  while (nextMs <= untilMs) {
    moments.push(nextMs);
    nextMs = plannedAfter(timetable, nextMs);
  }
  return moments;
}

describe("the schedule", () => {
  it("begins exactly at the first moment, then keeps to the boundaries, the first half a period later at least", () => {
    fc.assert(
      fc.property(timetables, (timetable) => {
        const { firstMs, periodMs, phaseMs } = timetable;
        const [first, second, ...rest] = walk(timetable, firstMs + 6 * periodMs);
        expect(first).toBe(firstMs);
        for (const moment of [second, ...rest]) expect(((moment ?? NaN) - phaseMs) % periodMs).toBe(0);
        const gapMs = (second ?? NaN) - firstMs;
        expect(gapMs).toBeGreaterThanOrEqual(periodMs / 2);
        expect(gapMs).toBeLessThan(1.5 * periodMs);
        for (const [index, moment] of rest.entries()) expect(moment).toBe((second ?? NaN) + (index + 1) * periodMs);
      }),
    );
  });

  it("gives each planned moment a number of its own, and rises with it", () => {
    fc.assert(
      fc.property(timetables, (timetable) => {
        const numbers = walk(timetable, timetable.firstMs + 6 * timetable.periodMs).map((moment) =>
          periodNumber(timetable, moment),
        );
        for (const [index, number] of numbers.slice(1).entries()) expect(number).toBeGreaterThan(numbers[index] ?? NaN);
      }),
    );
  });

  it("finds the last planned moment, whenever it is asked", () => {
    fc.assert(
      fc.property(timetables, fc.double({ min: -1, max: 6, noNaN: true }), (timetable, periods) => {
        const nowMs = Math.floor(timetable.firstMs + periods * timetable.periodMs);
        expect(plannedBy(timetable, nowMs)).toBe(walk(timetable, nowMs).at(-1));
      }),
    );
  });

  it("counts no number twice, however often and however late it is asked", () => {
    fc.assert(
      fc.property(
        timetables,
        fc.array(fc.integer({ min: 0, max: 900 }), { maxLength: 80 }),
        (timetable, stepsSeconds) => {
          let nowMs = timetable.firstMs - 5000;
          let last: number | undefined;
          for (const seconds of stepsSeconds) {
            nowMs += seconds * 1000;
            const number = dueNumber(timetable, last, nowMs);
            if (number === undefined) continue;
            expect(number).toBeGreaterThan(last ?? -Infinity);
            expect(dueNumber(timetable, number, nowMs)).toBeUndefined();
            last = number;
          }
        },
      ),
    );
  });

  it("skips nothing when it is asked at every planned moment", () => {
    fc.assert(
      fc.property(timetables, (timetable) => {
        let last: number | undefined;
        for (const moment of walk(timetable, timetable.firstMs + 8 * timetable.periodMs)) {
          const number = dueNumber(timetable, last, moment);
          expect(number).toBe(periodNumber(timetable, moment));
          last = number;
        }
      }),
    );
  });

  it("goes on when the clock was set back, and ignores a step of one period", () => {
    const timetable = { firstMs: 0, periodMs: 10_000, phaseMs: 0 };
    expect(dueNumber(timetable, 1000, 9_990_000)).toBeUndefined();
    expect(dueNumber(timetable, 1000, 3_000_000)).toBe(300);
    expect(dueNumber(timetable, 1000, 9_960_000)).toBe(996);
  });

  it("spreads probers over the period, and gives one prober one phase", () => {
    const phases = Array.from({ length: 200 }, (_, index) => phaseOf(`edge-${index}`, 10_000));
    expect(phaseOf("edge-7", 10_000)).toBe(phases[7]);
    for (let quarter = 0; quarter < 4; quarter += 1) {
      const inQuarter = phases.filter((phase) => Math.floor(phase / 2500) === quarter);
      expect(inQuarter.length).toBeGreaterThan(25);
    }
  });
});
