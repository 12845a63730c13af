/** When which fault went on, and how much time without any lies before a moment: that alone counts as patience. Pure. */

export interface LoggedFault {
  name: string;
  fromMs: number;
  /** Infinity while it goes on. */
  toMs: number;
}

export class FaultLog {
  /** In order, and one at a time. */
  readonly #faults: LoggedFault[] = [];

  get all(): readonly LoggedFault[] {
    return this.#faults;
  }

  /** The name of what goes on. */
  get current(): string | undefined {
    const last = this.#faults.at(-1);
    return last?.toMs === Infinity ? last.name : undefined;
  }

  begin(name: string, fromMs: number): void {
    this.#faults.push({ name, fromMs, toMs: Infinity });
  }

  end(atMs: number): void {
    const last = this.#faults.at(-1);
    if (last?.toMs === Infinity) last.toMs = atMs;
  }

  /** What is known only when it is over; while something else goes on it adds nothing. */
  note(name: string, fromMs: number, toMs: number): void {
    const lastMs = this.#faults.at(-1)?.toMs ?? 0;
    if (lastMs < toMs) this.#faults.push({ name, fromMs: Math.max(fromMs, lastMs), toMs });
  }

  /** Whether anything went on at some moment from `fromMs` to `toMs`. */
  touches(fromMs: number, toMs: number): boolean {
    return this.#faults.some((fault) => fault.fromMs <= toMs && fault.toMs >= fromMs);
  }

  /** The moment from which on, up to `atMs`, there were `calmMs` without a fault. */
  calmSince(calmMs: number, atMs: number): number {
    let [cursorMs, missingMs] = [atMs, calmMs];
    for (const { fromMs, toMs } of this.#faults.toReversed()) {
      const calmHereMs = Math.max(0, cursorMs - toMs);
      if (calmHereMs >= missingMs) break;
      missingMs -= calmHereMs;
      cursorMs = Math.min(cursorMs, fromMs);
    }
    return cursorMs - missingMs;
  }
}
