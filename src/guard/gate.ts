/**
 * How much an isolate does at once. Whoever comes when it is full is sent away at once, while that costs nothing, and
 * told to come back: nobody waits in a queue, since a promise belongs to the request that made it.
 */

/** A request whose client went away may end without a word; after so long nothing is left of it. */
const forgottenAfterMs = 60_000;

export class Gate {
  readonly #most: number;
  readonly #inside = new Map<object, number>();

  /** 0 for no limit. */
  constructor(most: number) {
    this.#most = most;
  }

  /** What to call when it is done; undefined when there is no room. */
  enter(nowMs: number): (() => void) | undefined {
    if (this.#most > 0 && this.#inside.size >= this.#most) this.#forgetLost(nowMs);
    if (this.#most > 0 && this.#inside.size >= this.#most) return undefined;
    const visit = {};
    this.#inside.set(visit, nowMs);
    return () => void this.#inside.delete(visit);
  }

  #forgetLost(nowMs: number): void {
    for (const [visit, sinceMs] of this.#inside) {
      if (nowMs - sinceMs < forgottenAfterMs) return;
      this.#inside.delete(visit);
    }
  }
}
