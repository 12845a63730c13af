import fc from "fast-check";
import { expect, test } from "vitest";
import { sharingTimers } from "../../src/probes/sharing-timers.ts";
import type { Clock } from "../../src/probes/sockets.ts";
import { VirtualClock } from "./virtual-clock.ts";

interface Plan {
  afterMs: number;
  durationMs: number;
  /** Never, where the wait is over before. */
  cancelledAfterMs: number;
}

const plans = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 0, max: 50 }),
    durationMs: fc.constantFrom(0, 1, 20, 1000),
    cancelledAfterMs: fc.integer({ min: 0, max: 2000 }),
  }),
  { maxLength: 12 },
);

test("every wait ends when it would with a timer of its own, and none that was cancelled", async () => {
  await fc.assert(
    fc.asyncProperty(plans, async (waits) => {
      expect(await endsOf(waits, sharingTimers)).toEqual(await endsOf(waits, (clock) => clock));
    }),
    { numRuns: 50 },
  );
});

test("waits of one length take one timer, however many begin and are cancelled", async () => {
  const { clock, timers, standing } = countingClock();
  const shared = sharingTimers(clock);
  const last = shared.after(1000, () => {});
  for (let wait = 0; wait < 50; wait += 1) {
    const cancel = shared.after(1000, () => {});
    await clock.pass(1);
    cancel();
  }
  expect(timers()).toBe(1);
  last();
  expect(standing()).toBe(0);
});

test("when nobody waits any more no timer is left to keep the object awake", async () => {
  const { clock, standing } = countingClock();
  const shared = sharingTimers(clock);
  const first = shared.after(1000, () => {});
  await clock.pass(500);
  const second = shared.after(1000, () => {});
  first();
  await clock.pass(600);
  expect(standing()).toBe(1);
  second();
  expect(standing()).toBe(0);
});

test("a clock that is set back makes no wait longer than twice its length", async () => {
  const { clock } = countingClock();
  let setBackMs = 0;
  const jumping: Clock = { nowMs: () => clock.nowMs() - setBackMs, after: (ms, run) => clock.after(ms, run) };
  const shared = sharingTimers(jumping);
  shared.after(1000, () => {});
  await clock.pass(500);
  let ended = false;
  shared.after(1000, () => (ended = true));
  setBackMs = 3_600_000;
  await clock.pass(1500);
  expect(ended).toBe(true);
});

/** When each of the waits ends, by its place in the plan; waits that end at one time in any order. */
async function endsOf(waits: readonly Plan[], share: (clock: Clock) => Clock): Promise<[wait: number, atMs: number][]> {
  const clock = new VirtualClock(0);
  const shared = share(clock);
  const ends: [number, number][] = [];
  for (const [wait, { afterMs, durationMs, cancelledAfterMs }] of waits.entries()) {
    clock.after(afterMs, () => {
      const cancel = shared.after(durationMs, () => ends.push([wait, clock.nowMs()]));
      // Half a millisecond apart from every end, or it would be the order of timers that decides.
      clock.after(cancelledAfterMs + 0.5, cancel);
    });
  }
  await clock.pass(5000);
  return ends.sort(([a], [b]) => a - b);
}

/** A clock that says how many timers it was asked for, and how many of them stand. */
function countingClock() {
  const clock = new VirtualClock(0);
  const standing = new Set<number>();
  let count = 0;
  const plain = clock.after.bind(clock);
  clock.after = (durationMs, run) => {
    count += 1;
    const timer = count;
    standing.add(timer);
    const cancel = plain(durationMs, () => {
      standing.delete(timer);
      run();
    });
    return () => {
      standing.delete(timer);
      cancel();
    };
  };
  return { clock, timers: () => count, standing: () => standing.size };
}
