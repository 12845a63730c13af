/** Waits for what a running system will do, by looking again and again: never longer than it takes, never for ever. */
import { setTimeout as sleep } from "node:timers/promises";

export interface Wait<T> {
  deadlineMs: number;
  /** Told of every look that has to be repeated, for instance to show progress. */
  onLook?: (seen: T, elapsedMs: number) => void;
}

export interface Seen<T> {
  value: T;
  elapsedMs: number;
  /** Whether what was looked for was seen before the deadline. */
  found: boolean;
}

const pauseMs = 50;

/** Looks until `wanted` holds, at most for `deadlineMs`; what was seen last comes back either way. */
export async function eventually<T>(
  look: () => Promise<T>,
  wanted: (value: T) => boolean,
  { deadlineMs, onLook }: Wait<T>,
): Promise<Seen<T>> {
  const startMs = performance.now();
  for (;;) {
    const value = await look();
    const elapsedMs = performance.now() - startMs;
    if (wanted(value)) return { value, elapsedMs, found: true };
    if (elapsedMs >= deadlineMs) return { value, elapsedMs, found: false };
    onLook?.(value, elapsedMs);
    await sleep(pauseMs);
  }
}
