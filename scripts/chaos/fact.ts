/**
 * One thing that is written by one writer, as far as the outside can know it: what it certainly was and what it may
 * have been, at every moment. A write whose answer never came may have happened or not, until somebody looks. Pure.
 */

export interface Step<Value> {
  /** For the history. */
  what: string;
  value: Value;
  sentMs: number;
  /** Infinity while it is under way. */
  endedMs: number;
  /** acknowledged and seen are certain; unknown: no answer came, or one that does not say what has become of it. */
  outcome: "under way" | "acknowledged" | "seen" | "unknown" | "refused";
}

export class Fact<Value> {
  readonly #steps: Step<Value>[];

  constructor(value: Value, atMs: number) {
    this.#steps = [{ what: "at first", value, sentMs: atMs, endedMs: atMs, outcome: "seen" }];
  }

  /** A write is sent that would make it this. */
  begin(what: string, value: Value, sentMs: number): Step<Value> {
    const step: Step<Value> = { what, value, sentMs, endedMs: Infinity, outcome: "under way" };
    this.#steps.push(step);
    return step;
  }

  /** It was seen to be this by somebody who asked and was answered while no write was under way. */
  see(what: string, value: Value, askedMs: number, answeredMs: number): void {
    this.#steps.push({ what, value, sentMs: askedMs, endedMs: answeredMs, outcome: "seen" });
  }

  /** Everything that it may have been at some moment from `fromMs` to `toMs`. */
  possible(fromMs: number, toMs: number): Value[] {
    const base = this.#steps.findLastIndex((step) => isCertain(step) && step.endedMs <= fromMs);
    return this.#steps
      .slice(Math.max(0, base))
      .filter(({ outcome, sentMs }) => outcome !== "refused" && sentMs <= toMs)
      .map(({ value }) => value);
  }

  /** Its last steps in words, with times since `startMs`. */
  history(startMs: number, describe: (value: Value) => string): string[] {
    const since = (atMs: number): string => (atMs === Infinity ? "..." : ((atMs - startMs) / 1000).toFixed(3));
    return this.#steps
      .slice(-12)
      .map(
        ({ what, value, sentMs, endedMs, outcome }) =>
          `${since(sentMs)} to ${since(endedMs)} s: ${what}, ${outcome}: ${describe(value)}`,
      );
  }
}

function isCertain({ outcome }: Step<unknown>): boolean {
  return outcome === "acknowledged" || outcome === "seen";
}

export function end(step: Step<unknown>, outcome: Exclude<Step<unknown>["outcome"], "under way">, atMs: number): void {
  step.endedMs = atMs;
  step.outcome = outcome;
}
