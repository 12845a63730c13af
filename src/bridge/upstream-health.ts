/**
 * Which of several upstreams is asked, and in what order: those that answer, as they were listed; one that does not is
 * left alone for a while, longer each time. Asks nobody and reads no clock.
 */

export interface Health {
  /** In a row. */
  failures: number;
  failedAtMs: number;
  retryAtMs: number;
}

export const healthy: Health = { failures: 0, failedAtMs: 0, retryAtMs: 0 };

const firstPauseMs = 1000;
const longestPauseMs = 30_000;

/** Indexes of the upstreams to ask, one after the other. `rest` are those that are being left alone. */
export function planAttempts(healths: readonly Health[], nowMs: number): { now: number[]; rest: number[] } {
  const indexes = [...healths.keys()];
  const isDue = (index: number): boolean => (healths[index]?.retryAtMs ?? 0) <= nowMs;
  const rest = indexes.filter((index) => !isDue(index));
  rest.sort((one, other) => (healths[one]?.retryAtMs ?? 0) - (healths[other]?.retryAtMs ?? 0));
  return { now: indexes.filter(isDue), rest };
}

/** Of an upstream that has failed, one question at a time finds out whether it is back; the others pass it by. */
export function onAttempt(health: Health, nowMs: number): Health {
  return health.failures === 0 ? health : { ...health, retryAtMs: nowMs + pauseMs(health.failures) };
}

/** Of questions that were under way together, the first to fail counts: they are one outage. */
export function onFailure(health: Health, askedAtMs: number, nowMs: number): Health {
  if (health.failures > 0 && askedAtMs <= health.failedAtMs) return health;
  const failures = health.failures + 1;
  return { failures, failedAtMs: nowMs, retryAtMs: nowMs + pauseMs(failures) };
}

function pauseMs(failures: number): number {
  return Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs);
}
