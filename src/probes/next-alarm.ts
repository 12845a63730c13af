/**
 * Where the prober's own alarm stands. While the sweep drives, the alarm is a watchdog far ahead and is moved at most
 * once a minute, since each move is a row written; whatever falls due before the sweep has promised to be back, and
 * everything once the sweep is late, the alarm serves itself. Pure.
 */

/** How far ahead the watchdog stands: a sweep may be skipped altogether before the prober drives itself. */
const watchdogMs = 150_000;
/** The watchdog is moved when less than this is left. */
const watchdogLeftMs = watchdogMs - 60_000;

/**
 * Of an alarm that stands at `alarmMs`, when the prober has been seen at the earliest to finish a round: the watchdog is
 * set after a round. So an object that has lost its memory knows it without a row of its own.
 */
export function earliestRoundMs(alarmMs: number): number {
  return alarmMs - watchdogMs;
}

export interface AlarmView {
  nowMs: number;
  /** When the prober has something to do next; undefined when it has no pods. */
  nextDueMs: number | undefined;
  /** When the sweep has promised to be back; undefined when it has not been seen. */
  sweepBackMs: number | undefined;
  /** Where the alarm stands; undefined when there is none. */
  alarmMs: number | undefined;
}

export type AlarmMove = { move: "keep" } | { move: "clear" } | { move: "set"; alarmMs: number };

export function nextAlarm({ nowMs, nextDueMs, sweepBackMs, alarmMs }: AlarmView): AlarmMove {
  if (nextDueMs === undefined) return alarmMs === undefined ? { move: "keep" } : { move: "clear" };
  const sweepServes = sweepBackMs !== undefined && sweepBackMs > nowMs && sweepBackMs <= nextDueMs;
  const standing = alarmMs !== undefined && alarmMs > nowMs ? alarmMs : undefined;
  if (sweepServes) {
    const good = standing !== undefined && standing >= nowMs + watchdogLeftMs && standing <= nowMs + watchdogMs;
    return good ? { move: "keep" } : { move: "set", alarmMs: nowMs + watchdogMs };
  }
  const wantedMs = Math.max(nextDueMs, nowMs);
  return alarmMs === wantedMs ? { move: "keep" } : { move: "set", alarmMs: wantedMs };
}
