/**
 * How long changes take to show: what is expected of each answer, since when, and the times until it was seen. What
 * changes again before it has shown is dropped. Pure.
 */

/**
 * Why an answer will change: something was written, a pod was registered that has to be found healthy before it shows,
 * or its server changed, to be found out within a time that the probe says.
 */
export type Cause = { kind: "write" | "registration" } | { kind: "recovery" | "failure"; boundMs: number };

export interface Arrival {
  cause: Cause;
  sinceMs: number;
  tookMs: number;
}

interface Expectation {
  value: boolean;
  cause: Cause;
  sinceMs: number;
}

export class Arrivals {
  readonly seen: Arrival[] = [];
  readonly #values = new Map<string, boolean | undefined>();
  /** What was answered last. */
  readonly #shown = new Map<string, boolean>();
  readonly #expected = new Map<string, Expectation>();

  /** What the answer is to say from now on; undefined when that is not certain. */
  expect(key: string, value: boolean | undefined, cause: Cause, sinceMs: number): void {
    const before = this.#values.get(key);
    if (before === value) return;
    this.#values.set(key, value);
    this.#expected.delete(key);
    if (value === this.#shown.get(key)) return;
    // Of what was uncertain it is not known since when it has been so.
    if (before !== undefined && value !== undefined) this.#expected.set(key, { value, cause, sinceMs });
  }

  see(key: string, value: boolean, askedMs: number, answeredMs: number): void {
    this.#shown.set(key, value);
    const expected = this.#expected.get(key);
    if (expected === undefined || expected.value !== value || askedMs < expected.sinceMs) return;
    this.#expected.delete(key);
    const { cause, sinceMs } = expected;
    this.seen.push({ cause, sinceMs, tookMs: answeredMs - sinceMs });
  }
}
