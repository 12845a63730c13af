/**
 * One probe of one container as it goes on: its timetable, its verdict, and the number of the period that was counted
 * last. Pure but for its own fields; counters that are moving can be taken out and put back.
 */
import type { Outcome } from "../domain/outcome.ts";
import { authorityOf } from "./probe-target.ts";
import type { ProbeSpec } from "./probe-spec.ts";
import { dueNumber, oncePerMinute, phaseOf, plannedAfter, type Timetable } from "./schedule.ts";
import { initialThresholdState, step, type ThresholdState } from "./thresholds.ts";

/** What must survive an eviction in the middle of counting. */
export interface MovingCounters {
  /** Where the outcomes came from: counts of another address are worth nothing. */
  target: string;
  passing: boolean;
  against: number;
  /** Absent while nothing is being counted. */
  lastNumber?: number;
  /** The pod answers no connection attempt, one way or the other. */
  swallows: boolean;
}

export class ProbeRun {
  readonly spec: ProbeSpec;
  readonly #timetable: Timetable;
  /** When it is run while the pod swallows connections. */
  readonly #sparse: Timetable;
  #state: ThresholdState;
  #lastNumber: number | undefined;
  #inFlight = false;
  #swallows = false;

  constructor(spec: ProbeSpec, start: { prober: string; startedMs: number; passing: boolean }) {
    this.spec = spec;
    this.#state = { ...initialThresholdState, passing: start.passing };
    this.#timetable = {
      firstMs: start.startedMs + spec.initialDelayMs,
      periodMs: spec.periodMs,
      phaseMs: phaseOf(start.prober, spec.periodMs),
    };
    this.#sparse = oncePerMinute(this.#timetable);
  }

  get passing(): boolean {
    return this.#state.passing;
  }

  /**
   * The pod is out and swallows connections: each attempt costs a slot for as long as the platform waits, and is not
   * urgent. A pod that is in traffic is probed at its own pace, whatever that costs: it may have to be taken out.
   */
  get suspect(): boolean {
    return this.#swallows && !this.#state.passing;
  }

  /** How often it is run, as things stand. */
  get periodMs(): number {
    return this.#rounds.periodMs;
  }

  /** Marks a probe as begun and returns its number; undefined when none is due, or one is still under way. */
  begin(nowMs: number): number | undefined {
    const number = this.#inFlight ? undefined : this.#dueNumber(nowMs);
    if (number === undefined) return undefined;
    this.#inFlight = true;
    this.#lastNumber = number;
    return number;
  }

  /** When `begin` will next give a number, if the probe under way has ended by then. */
  nextDueMs(nowMs: number): number {
    const dueNow = !this.#inFlight && this.#dueNumber(nowMs) !== undefined;
    return dueNow ? nowMs : plannedAfter(this.#rounds, nowMs);
  }

  /** Ends the probe that was begun. `swallowed` says whether the pod answers connection attempts, if that is known. */
  end(result: Outcome["result"], swallowed: boolean | undefined): void {
    this.#inFlight = false;
    this.#swallows = swallowed ?? this.#swallows;
    this.#state = step(this.#state, this.spec, result).next;
  }

  /** undefined while an eviction would lose nothing. */
  get movingCounters(): MovingCounters | undefined {
    const lastNumber = this.#state.against > 0 ? this.#lastNumber : undefined;
    if (lastNumber === undefined && !this.#swallows) return undefined;
    return {
      target: authorityOf(this.spec.target),
      ...this.#state,
      ...(lastNumber === undefined ? {} : { lastNumber }),
      swallows: this.#swallows,
    };
  }

  restore(counters: MovingCounters): void {
    if (counters.target !== authorityOf(this.spec.target)) return;
    this.#swallows = counters.swallows;
    if (counters.passing !== this.#state.passing) return;
    this.#state = { passing: counters.passing, against: counters.against };
    this.#lastNumber = counters.lastNumber;
  }

  get #rounds(): Timetable {
    return this.suspect ? this.#sparse : this.#timetable;
  }

  #dueNumber(nowMs: number): number | undefined {
    return dueNumber(this.#timetable, this.#lastNumber, nowMs, this.#rounds);
  }
}
