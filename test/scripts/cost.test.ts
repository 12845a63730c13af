import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { estimate, type Workload } from "../../scripts/cost/model.ts";
import { prices } from "../../scripts/cost/prices.ts";

const quiet: Workload = {
  pods: 10_000,
  periodSeconds: 10,
  timeoutSeconds: 1,
  deadFraction: 0,
  answerMs: 50,
  flipsPerPodDay: 0,
  queries: 0,
};

describe("the price of a month", () => {
  it("of nothing is the plan and the sweeps", () => {
    const { probers, totalUsd } = estimate({ ...quiet, pods: 0 });
    expect(probers).toBe(0);
    expect(totalUsd).toBeCloseTo(prices.plan, 1);
  });

  it("has fifty pods to a prober at the default probe, and five at a period of a second", () => {
    expect(estimate(quiet).probers).toBe(200);
    expect(estimate({ ...quiet, periodSeconds: 1 }).probers).toBe(2000);
  });

  it("is under a cent a pod for healthy pods every ten seconds", () => {
    const each = (estimate(quiet).totalUsd - prices.plan) / quiet.pods;
    expect(each).toBeGreaterThan(0.003);
    expect(each).toBeLessThan(0.01);
  });

  it("writes rows for what changes alone, but for a watchdog row a minute and prober", () => {
    const { usage, probers } = estimate(quiet);
    expect(usage.d1RowsWritten).toBe(0);
    expect(usage.objectRowsWritten).toBe(probers * 43_200);
    expect(estimate({ ...quiet, flipsPerPodDay: 1 }).usage.d1RowsWritten).toBe(10_000 * 30 * 15);
  });

  it("never falls when pods, dead ones, flips or queries rise", () => {
    const amount = fc.record({
      pods: fc.nat(20_000),
      dead: fc.double({ min: 0, max: 0.9, noNaN: true }),
      flips: fc.nat(50),
    });
    fc.assert(
      fc.property(amount, ({ pods, dead, flips }) => {
        const base: Workload = { ...quiet, pods, deadFraction: dead, flipsPerPodDay: flips };
        const price = estimate(base).totalUsd;
        expect(estimate({ ...base, pods: pods + 50 }).totalUsd).toBeGreaterThanOrEqual(price);
        expect(estimate({ ...base, flipsPerPodDay: flips + 1 }).totalUsd).toBeGreaterThanOrEqual(price);
        expect(estimate({ ...base, queries: 1e6 }).totalUsd).toBeGreaterThan(price);
      }),
    );
  });
});
