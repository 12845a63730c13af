import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextAlarm, type AlarmView } from "../../src/probes/next-alarm.ts";

const nowMs = 1_000_000;
const view = (rest: Partial<AlarmView>): AlarmView => ({
  nowMs,
  nextDueMs: nowMs + 10_000,
  sweepBackMs: nowMs + 10_000,
  alarmMs: nowMs + 140_000,
  ...rest,
});

describe("the alarm", () => {
  it.each<[string, Partial<AlarmView>, ReturnType<typeof nextAlarm>]>([
    ["stays far ahead while the sweep drives", {}, { move: "keep" }],
    ["is set far ahead when there is none", { alarmMs: undefined }, { move: "set", alarmMs: nowMs + 150_000 }],
    ["is not moved in the first minute", { alarmMs: nowMs + 90_000 }, { move: "keep" }],
    ["is moved after a minute", { alarmMs: nowMs + 89_999 }, { move: "set", alarmMs: nowMs + 150_000 }],
    ["is put right when it is past", { alarmMs: nowMs - 1 }, { move: "set", alarmMs: nowMs + 150_000 }],
    [
      "serves what falls due before the sweep is back",
      { nextDueMs: nowMs + 3000 },
      { move: "set", alarmMs: nowMs + 3000 },
    ],
    ["serves everything once the sweep is late", { sweepBackMs: nowMs }, { move: "set", alarmMs: nowMs + 10_000 }],
    ["serves everything while no sweep was seen", { sweepBackMs: undefined }, { move: "set", alarmMs: nowMs + 10_000 }],
    ["is never set into the past", { nextDueMs: nowMs - 500, sweepBackMs: undefined }, { move: "set", alarmMs: nowMs }],
    ["is not set again where it stands", { sweepBackMs: undefined, alarmMs: nowMs + 10_000 }, { move: "keep" }],
    ["is taken away when there is nothing to probe", { nextDueMs: undefined }, { move: "clear" }],
    ["stays away when there is nothing to probe", { nextDueMs: undefined, alarmMs: undefined }, { move: "keep" }],
  ])("%s", (_, given, move) => {
    expect(nextAlarm(view(given))).toEqual(move);
  });

  it("always leaves somebody who comes in time: the sweep, or an alarm, or the watchdog", () => {
    const moment = fc.option(fc.integer({ min: nowMs - 200_000, max: nowMs + 400_000 }), { nil: undefined });
    fc.assert(
      fc.property(
        fc.integer({ min: nowMs, max: nowMs + 400_000 }),
        moment,
        moment,
        (nextDueMs, sweepBackMs, alarmMs) => {
          const move = nextAlarm({ nowMs, nextDueMs, sweepBackMs, alarmMs });
          const standingMs = move.move === "set" ? move.alarmMs : alarmMs;
          const sweepComes = sweepBackMs !== undefined && sweepBackMs > nowMs && sweepBackMs <= nextDueMs;
          expect(standingMs).toBeGreaterThanOrEqual(nowMs);
          expect(standingMs).toBeLessThanOrEqual(sweepComes ? nowMs + 150_000 : nextDueMs);
        },
      ),
    );
  });
});
