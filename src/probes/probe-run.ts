/**
 * One probe of one container as it goes on: its timetable, its verdict, and the number of the period that was counted
 * last. Pure but for its own fields; counters that are moving can be taken out and put back.
 */
import type { Outcome } from "../domain/outcome.ts";
import { authorityOf } from "./probe-target.ts";
import type { ProbeSpec } from "./probe-spec.ts";
import { dueNumber, phaseOf, plannedAfter, type Timetable } from "./schedule.ts";
import { initialThresholdState, step, type ThresholdState } from "./thresholds.ts";

/** What must survive an eviction in the middle of counting. */
export interface MovingCounters {
  /** Where the outcomes came from: counts of another address are worth nothing. */
  target: string;
  passing: boolean;
  against: number;
  lastNumber: number;
}

export class ProbeRun {
  readonly spec: ProbeSpec;
  readonly #timetable: Timetable;
  #state: ThresholdState;
  #lastNumber: number | undefined;
  #inFlight = false;

  constructor(spec: ProbeSpec, prober: string, startedMs: number, passing: boolean) {
    this.spec = spec;
    this.#state = { ...initialThresholdState, passing };
    this.#timetable = {
      firstMs: startedMs + spec.initialDelayMs,
      periodMs: spec.periodMs,
      phaseMs: phaseOf(prober, spec.periodMs),
    };
  }

  get passing(): boolean {
    return this.#state.passing;
  }

  /** Marks a probe as begun and returns its number; undefined when none is due, or one is still under way. */
  begin(nowMs: number): number | undefined {
    const number = this.#inFlight ? undefined : dueNumber(this.#timetable, this.#lastNumber, nowMs);
    if (number === undefined) return undefined;
    this.#inFlight = true;
    this.#lastNumber = number;
    return number;
  }

  /** When `begin` will next give a number, if the probe under way has ended by then. */
  nextDueMs(nowMs: number): number {
    const dueNow = !this.#inFlight && dueNumber(this.#timetable, this.#lastNumber, nowMs) !== undefined;
    return dueNow ? nowMs : plannedAfter(this.#timetable, nowMs);
  }

  /** Ends the probe that was begun. Whether the verdict changed. */
  end(result: Outcome["result"]): boolean {
    this.#inFlight = false;
    const { next, changed } = step(this.#state, this.spec, result);
    this.#state = next;
    return changed;
  }

  /** undefined while an eviction would lose nothing. */
  get movingCounters(): MovingCounters | undefined {
    if (this.#state.against === 0 || this.#lastNumber === undefined) return undefined;
    return { target: authorityOf(this.spec.target), ...this.#state, lastNumber: this.#lastNumber };
  }

  restore(counters: MovingCounters): void {
    if (counters.target !== authorityOf(this.spec.target) || counters.passing !== this.#state.passing) return;
    this.#state = { passing: counters.passing, against: counters.against };
    this.#lastNumber = counters.lastNumber;
  }
}
