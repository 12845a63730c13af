import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Outcome } from "../../src/domain/outcome.ts";
import { PodEvents, type DueEvent, type KeptSeries, type ProbeSubject } from "../../src/probes/pod-events.ts";

const periodMs = 10_000;
const failed = (message = "HTTP probe failed with statuscode: 503"): Outcome => ({
  result: "failure",
  message,
  cause: "answered",
});
const passed: Outcome = { result: "success" };

/** A pod's readiness probe, run every ten seconds, whose verdict the test gives. */
class Probe {
  readonly written: DueEvent[] = [];
  readonly kept = new Map<string, KeptSeries>();
  rows = 0;
  #events = new PodEvents(new Map());
  #nowMs = Date.parse("2026-11-01T00:00:00Z");

  run(outcome: Outcome, passing = false, recovered = false): void {
    const subject: ProbeSubject = { uid: "u", container: "web", kind: "readiness", periodMs, passing };
    const due = this.#events.after(subject, outcome, recovered, this.#nowMs);
    this.written.push(...due.events);
    this.rows += due.keep.size + due.forget.length;
    for (const [key, series] of due.keep) this.kept.set(key, series);
    for (const key of due.forget) this.kept.delete(key);
    this.#nowMs += periodMs;
  }

  wait(durationMs: number): void {
    this.#nowMs += durationMs;
  }

  evict(): void {
    this.#events = new PodEvents(this.kept);
  }

  /** How often each message has been counted. */
  get counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { happening, times } of this.written) {
      counts[happening.message] = (counts[happening.message] ?? 0) + times;
    }
    return counts;
  }
}

const roundsADay = 8640;

describe("an event", () => {
  it.each<[string, Outcome, boolean, object]>([
    [
      "a failure",
      failed(),
      false,
      {
        type: "Warning",
        reason: "Unhealthy",
        message: "Readiness probe failed: HTTP probe failed with statuscode: 503",
      },
    ],
    [
      "an outcome that is no answer",
      { result: "unknown", message: "no connection was free" },
      false,
      {
        reason: "Unhealthy",
        message: "Readiness probe errored and resulted in unknown state: no connection was free",
      },
    ],
    [
      "a redirect to elsewhere",
      { result: "success", warning: "Probe terminated redirects, Response body: moved" },
      true,
      {
        reason: "ProbeWarning",
        message: "Readiness probe warning: Probe terminated redirects, Response body: moved",
      },
    ],
  ])("is written in kubelet's words of %s", (_, outcome, passing, expected) => {
    const probe = new Probe();
    probe.run(outcome, passing);
    expect(probe.written.map(({ happening }) => happening)).toEqual([
      expect.objectContaining({ fieldPath: "spec.containers{web}", ...expected }),
    ]);
  });

  it("is not written of a success", () => {
    const probe = new Probe();
    probe.run(passed, true);
    expect(probe.written).toEqual([]);
  });

  it("is no longer than Kubernetes lets it be", () => {
    const probe = new Probe();
    probe.run({ result: "success", warning: "x".repeat(10_000) }, true);
    expect(probe.written[0]?.happening.message.length).toBe(1024);
  });

  it("has the same name for the same happening, and another for another", () => {
    const [one, other] = [new Probe(), new Probe()];
    for (const message of ["a", "b"]) {
      one.run(failed(message));
      other.run(failed(message));
    }
    const names = one.written.map(({ suffix }) => suffix);
    expect(new Set(names).size).toBe(2);
    expect(other.written.map(({ suffix }) => suffix)).toEqual(names);
    expect(names.every((name) => /^[0-9a-f]{16}$/.test(name))).toBe(true);
  });
});

describe("a pod that fails for a day", () => {
  it("costs at most fourteen writes, and is counted to the end when it recovers", () => {
    const probe = new Probe();
    for (let round = 0; round < roundsADay; round += 1) probe.run(failed());
    expect(probe.written.length).toBe(14);
    probe.run(passed, true, true);
    expect(Object.values(probe.counts)).toEqual([roundsADay]);
    expect(probe.rows).toBe(2);
    expect(probe.kept.size).toBe(0);
  });

  it("costs no more when its prober is evicted after every round, and is counted as far as was written", () => {
    const probe = new Probe();
    for (let round = 0; round < roundsADay; round += 1) {
      probe.run(failed());
      probe.evict();
    }
    expect(probe.written.length).toBe(14);
    expect(Object.values(probe.counts)).toEqual([8192]);
    expect(probe.rows).toBe(1);
  });

  it("in alternating ways costs as much for each of them", () => {
    const probe = new Probe();
    for (let round = 0; round < roundsADay; round += 1) probe.run(failed(round % 2 === 0 ? "refused" : "timed out"));
    expect(probe.written.length).toBe(26);
    expect(probe.counts).toEqual({
      "Readiness probe failed: refused": 4096,
      "Readiness probe failed: timed out": 4096,
    });
  });

  it("in a new way each time is told of in ten events, and an eleventh that combines the rest", () => {
    const probe = new Probe();
    for (let round = 0; round < roundsADay; round += 1) probe.run(failed(`at ${round}`));
    expect(new Set(probe.written.map(({ suffix }) => suffix)).size).toBe(11);
    expect(probe.written.length).toBe(10 + 14);
    expect(probe.written.at(-1)?.happening.message).toMatch(
      /^\(combined from similar events\): Readiness probe failed/,
    );
  });

  it("but never often enough to be taken out is told of once in an hour, evicted or not", () => {
    for (const evicted of [false, true]) {
      const probe = new Probe();
      for (let round = 0; round < roundsADay; round += 1) {
        probe.run(round % 2 === 0 ? failed() : passed, true);
        if (evicted) probe.evict();
      }
      expect(probe.written.length).toBeLessThanOrEqual(24);
    }
  });
});

describe("a pod that recovers", () => {
  it("is told of anew when it fails the next time", () => {
    const probe = new Probe();
    for (let round = 0; round < 3; round += 1) probe.run(failed());
    probe.run(passed, true, true);
    expect(probe.written.map(({ times }) => times)).toEqual([1, 1, 1]);
    probe.run(failed(), true);
    expect(probe.written.length).toBe(4);
  });

  it("keeps what it was warned of", () => {
    const probe = new Probe();
    const warned: Outcome = { result: "success", warning: "moved" };
    probe.run(failed());
    probe.run(warned, true, true);
    probe.run(warned, true);
    probe.run(warned, true);
    expect(probe.written.map(({ happening }) => happening.reason)).toEqual([
      "Unhealthy",
      "ProbeWarning",
      "ProbeWarning",
    ]);
    expect(probe.kept.size).toBe(1);
  });

  it("and fails a little once more after an hour of quiet is told of again", () => {
    const probe = new Probe();
    for (let round = 0; round < 3; round += 1) probe.run(failed(), true);
    probe.wait(3_700_000);
    probe.run(failed(), true);
    expect(probe.written.map(({ times }) => times)).toEqual([1, 1, 1]);
  });
});

it("no more is ever counted than has happened, and never less than half", () => {
  const outcome = fc.record({ message: fc.constantFrom("a", "b", undefined), passing: fc.boolean() });
  fc.assert(
    fc.property(fc.array(outcome, { maxLength: 200 }), (rounds) => {
      const probe = new Probe();
      const happened: Record<string, number> = {};
      for (const { message, passing } of rounds) {
        probe.run(message === undefined ? passed : failed(message), passing);
        if (message === undefined) continue;
        const key = `Readiness probe failed: ${message}`;
        happened[key] = (happened[key] ?? 0) + 1;
        expect(probe.counts[key]).toBeLessThanOrEqual(happened[key]);
        expect(2 * (probe.counts[key] ?? 0)).toBeGreaterThan(happened[key]);
      }
    }),
  );
});
