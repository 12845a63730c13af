import { describe, expect, it } from "vitest";
import { Arrivals } from "../../../scripts/chaos/arrivals.ts";
import { arrivalsOf } from "../../../scripts/chaos/figures.ts";
import { FaultLog } from "../../../scripts/chaos/fault-log.ts";

const write = { kind: "write" } as const;

describe("the arrival of a change", () => {
  it("is timed from the change to the first answer that shows it and was asked for later", () => {
    const arrivals = new Arrivals();
    arrivals.expect("key", true, write, 0);
    arrivals.expect("key", false, write, 100);
    arrivals.see("key", true, 110, 120);
    arrivals.see("key", false, 90, 130);
    arrivals.see("key", false, 140, 150);
    arrivals.see("key", false, 160, 170);
    expect(arrivals.seen).toEqual([{ cause: write, sinceMs: 100, tookMs: 50 }]);
  });

  it("is not waited for when the change was taken back, or was never certain", () => {
    const arrivals = new Arrivals();
    arrivals.expect("key", true, write, 0);
    arrivals.see("key", true, 10, 20);
    arrivals.expect("key", false, write, 100);
    arrivals.expect("key", true, write, 200);
    arrivals.see("key", true, 210, 220);
    arrivals.expect("key", undefined, write, 300);
    arrivals.expect("key", false, write, 400);
    arrivals.see("key", false, 410, 420);
    expect(arrivals.seen).toEqual([]);
  });

  it("is counted apart where a fault went on, and from its end where it showed later", () => {
    const faults = new FaultLog();
    faults.begin("fault", 10_000);
    faults.end(20_000);
    const failure = { kind: "failure", boundMs: 3000 } as const;
    const seen = [
      { cause: failure, sinceMs: 1000, tookMs: 2500 },
      { cause: failure, sinceMs: 11_000, tookMs: 2000 },
      { cause: failure, sinceMs: 15_000, tookMs: 9000 },
    ];
    const { calm, inFaults, afterFaults, lateness } = arrivalsOf(seen, "failure", faults);
    expect([calm.samples, calm.mostMs, lateness.mostMs]).toEqual([1, 2500, -500]);
    expect([inFaults.samples, inFaults.mostMs]).toEqual([2, 9000]);
    expect([afterFaults.samples, afterFaults.mostMs]).toEqual([1, 4000]);
  });
});
