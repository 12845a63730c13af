/**
 * A clock whose waits of one length share one timer of the platform. They end in the order in which they began, so it
 * stands at the first of them; the others, and those that are cancelled before, as nearly all deadlines of probes are,
 * cost none. When nobody waits there is no timer: it would keep the object awake, and billed.
 */
import type { Clock } from "./sockets.ts";

export function sharingTimers(clock: Clock): Clock {
  const queues = new Map<number, Waits>();
  return {
    nowMs: () => clock.nowMs(),
    after(durationMs, run) {
      const waits = queues.get(durationMs) ?? new Waits(clock, durationMs);
      queues.set(durationMs, waits);
      return waits.begin(run);
    },
  };
}

interface Wait {
  endMs: number;
  run: () => void;
}

/** All of one length, in the order in which they end. */
class Waits {
  readonly #clock: Clock;
  readonly #durationMs: number;
  readonly #waits = new Set<Wait>();
  #cancelTimer: (() => void) | undefined;

  constructor(clock: Clock, durationMs: number) {
    this.#clock = clock;
    this.#durationMs = durationMs;
  }

  begin(run: () => void): () => void {
    const wait = { endMs: this.#clock.nowMs() + this.#durationMs, run };
    this.#waits.add(wait);
    if (this.#cancelTimer === undefined) this.#arm(wait);
    return () => this.#cancel(wait);
  }

  #cancel(wait: Wait): void {
    this.#waits.delete(wait);
    if (this.#waits.size > 0) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  /** A clock that is set back in the meantime makes no wait longer than its length once more. */
  #arm(wait: Wait): void {
    const leftMs = Math.min(wait.endMs - this.#clock.nowMs(), this.#durationMs);
    this.#cancelTimer = this.#clock.after(Math.max(0, leftMs), () => this.#end(wait));
  }

  #end(wait: Wait): void {
    this.#cancelTimer = undefined;
    const isAwaited = this.#waits.delete(wait);
    const [next] = this.#waits;
    if (next !== undefined) this.#arm(next);
    if (isAwaited) wait.run();
  }
}
