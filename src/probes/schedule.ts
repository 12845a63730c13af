/**
 * When a probe is due. All probes of one prober with one period share a phase, so that they form one round and the
 * object sleeps in between; the phases of different probers are spread over the period. Pure: the time is an argument.
 */
import { hashOf } from "../domain/hash.ts";

export interface Timetable {
  /** The first probe: the container's start and its initial delay. */
  firstMs: number;
  periodMs: number;
  /** Where in the period the prober's rounds lie; from 0 to periodMs. */
  phaseMs: number;
}

export function phaseOf(prober: string, periodMs: number): number {
  return hashOf(prober) % periodMs;
}

/** The number of the period that `atMs` lies in. What is counted once under a number is never counted again under it. */
export function periodNumber(timetable: Timetable, atMs: number): number {
  return Math.floor((atMs - timetable.phaseMs) / timetable.periodMs);
}

/** The last moment at or before `nowMs` for which a probe is planned; undefined before the first. */
export function plannedBy(timetable: Timetable, nowMs: number): number | undefined {
  if (nowMs < timetable.firstMs) return undefined;
  const boundary = boundaryOf(timetable, periodNumber(timetable, nowMs));
  return boundary >= secondMs(timetable) ? boundary : timetable.firstMs;
}

/** The next moment after `nowMs` for which a probe is planned. */
export function plannedAfter(timetable: Timetable, nowMs: number): number {
  if (nowMs < timetable.firstMs) return timetable.firstMs;
  return Math.max(boundaryOf(timetable, periodNumber(timetable, nowMs) + 1), secondMs(timetable));
}

/**
 * The number under which a probe is due now; undefined when there is none, or when it was run already. A moment that
 * was missed is made up for once, late, and never twice. `rounds` are the moments at which it may be run, when these are
 * not all that the timetable has.
 */
export function dueNumber(
  timetable: Timetable,
  lastNumber: number | undefined,
  nowMs: number,
  rounds: Timetable = timetable,
): number | undefined {
  const plannedMs = plannedBy(rounds, nowMs);
  if (plannedMs === undefined) return undefined;
  const number = periodNumber(timetable, plannedMs);
  return lastNumber !== undefined && isCounted(timetable, number, lastNumber) ? undefined : number;
}

/** The rounds of a probe that is run at most once a minute: every so many of its own, the same for all of one prober. */
export function oncePerMinute(timetable: Timetable): Timetable {
  return { ...timetable, periodMs: Math.ceil(60_000 / timetable.periodMs) * timetable.periodMs };
}

/**
 * When the last number lies further ahead than this, the clock was set back, and numbers begin anew. Until then nothing
 * is probed, so it is short; clocks that only differ a little must not have a number counted twice.
 */
const setBackMs = 30_000;

function isCounted(timetable: Timetable, number: number, lastNumber: number): boolean {
  return number <= lastNumber && lastNumber - number <= Math.max(1, setBackMs / timetable.periodMs);
}

function boundaryOf(timetable: Timetable, number: number): number {
  return timetable.phaseMs + number * timetable.periodMs;
}

/** The second probe: the first boundary that lies at least half a period after the first. */
function secondMs(timetable: Timetable): number {
  const earliestMs = timetable.firstMs + timetable.periodMs / 2;
  return boundaryOf(timetable, Math.ceil((earliestMs - timetable.phaseMs) / timetable.periodMs));
}
