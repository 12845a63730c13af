/** Chance that can be repeated: one seed makes the same choices again, if not at the same moments. */
import { hashOf } from "../../src/domain/hash.ts";

export interface Chance {
  /** From 0 to 1, exclusive. */
  fraction(): number;
  between(from: number, to: number): number;
  happens(probability: number): boolean;
  pick<T>(choices: readonly [T, ...T[]]): T;
}

/** Streams of different names are independent of each other, so that who draws more disturbs nobody. */
export function chance(seed: number, stream: string): Chance {
  let state = hashOf(`${stream} ${seed}`);
  /** mulberry32. */
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    fraction,
    between: (from, to) => from + fraction() * (to - from),
    happens: (probability) => fraction() < probability,
    pick: (choices) => choices[Math.floor(fraction() * choices.length)] ?? choices[0],
  };
}
