/** Whatever drives a prober, however often, and whatever it forgets in between: its verdicts are kubelet's. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { phaseOf } from "../../src/probes/schedule.ts";
import { probedPod, proberName, ProberWorld } from "./prober-world.ts";

const ip = "20.0.0.1";
const periodMs = 10_000;
const thresholds = fc.record({
  successThreshold: fc.integer({ min: 1, max: 3 }),
  failureThreshold: fc.integer({ min: 1, max: 4 }),
});
/** What happens to the prober besides, within a period. */
const disturbance = fc.constantFrom("cron", "cron twice", "alarm", "both clocks", "eviction");

/** kubelet's worker: the run of equal results, and the verdict that a long enough run overrules. */
function kubelet(limits: { successThreshold: number; failureThreshold: number }, passes: readonly boolean[]): boolean {
  let [verdict, run] = [false, 0];
  for (const [index, passed] of passes.entries()) {
    run = passed === passes[index - 1] ? run + 1 : 1;
    if (run >= (passed ? limits.successThreshold : limits.failureThreshold)) verdict = passed;
  }
  return verdict;
}

async function disturb(world: ProberWorld, what: string): Promise<void> {
  switch (what) {
    case "cron":
      return void (await world.prober.runDue());
    case "cron twice":
      return void (await Promise.all([world.prober.runDue(), world.prober.runDue(), world.clock.pass(0)]));
    case "alarm":
      return world.prober.alarm();
    case "both clocks":
      return void (await Promise.all([world.prober.alarm(), world.prober.runDue(), world.clock.pass(0)]));
    default:
      return world.evict();
  }
}

it("no outcome is counted twice, and none is lost", async () => {
  const periods = fc.array(fc.record({ passes: fc.boolean(), disturbances: fc.array(disturbance, { maxLength: 3 }) }), {
    minLength: 1,
    maxLength: 25,
  });
  await fc.assert(
    fc.asyncProperty(thresholds, periods, async (limits, plan) => {
      const world = new ProberWorld();
      const sinceBoundaryMs = (world.clock.nowMs() - phaseOf(proberName, periodMs)) % periodMs;
      await world.clock.pass(periodMs - sinceBoundaryMs);
      const startMs = world.clock.nowMs();
      const isPassing = () => plan[Math.floor((world.clock.nowMs() - startMs) / periodMs)]?.passes ?? false;
      world.network.peers.set(`${ip}:80`, {
        peer: "answers",
        answer: () => [`HTTP/1.1 ${isPassing() ? 200 : 503} X\r\nContent-Length: 0\r\n\r\n`],
      });
      const probe = { httpGet: { port: 80 }, periodSeconds: periodMs / 1000, ...limits };
      await world.register(probedPod("a", ip, probe, startMs));
      for (const [index, { disturbances }] of plan.entries()) {
        // The cron comes when it said, or the alarm would wait for it.
        await Promise.all([world.prober.runDue(), world.clock.pass(0)]);
        for (const what of disturbances) {
          await world.clock.pass(periodMs / 5);
          await disturb(world, what);
        }
        await world.clock.pass(startMs + (index + 1) * periodMs - world.clock.nowMs() - 1);
        const passes = plan.slice(0, index + 1).map((period) => period.passes);
        expect(world.registry.isReady("a")).toBe(kubelet(limits, passes));
        await world.clock.pass(1);
      }
      expect(world.reported).toEqual([]);
    }),
    { numRuns: 40 },
  );
});
