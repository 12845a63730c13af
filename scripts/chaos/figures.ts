/** What a run amounts to, in numbers. Pure. */
import { quantile } from "../../bench/report.ts";
import type { Arrival, Cause } from "./arrivals.ts";
import type { FaultLog } from "./fault-log.ts";

export interface Times {
  samples: number;
  p50Ms: number;
  p99Ms: number;
  mostMs: number;
}

export interface ArrivalFigures {
  /** From the cause to the answer, where no fault went on. */
  calm: Times;
  /** The same, where one went on at some moment in between. */
  inFaults: Times;
  /** Of these, from the end of the last fault on. */
  afterFaults: Times;
}

export interface DetectionFigures extends ArrivalFigures {
  /** In the calm: how much later than the bound of the probe; below zero when earlier. */
  lateness: Times;
}

export interface FaultFigures {
  name: string;
  times: number;
  seconds: number;
}

const calmMarginMs = 2000;

export function arrivalsOf(arrivals: readonly Arrival[], kind: Cause["kind"], faults: FaultLog): DetectionFigures {
  const chosen = arrivals.filter(({ cause }) => cause.kind === kind);
  const isCalm = ({ sinceMs, tookMs }: Arrival): boolean => !faults.touches(sinceMs - calmMarginMs, sinceMs + tookMs);
  const [calm, rough] = [chosen.filter(isCalm), chosen.filter((arrival) => !isCalm(arrival))];
  return {
    calm: timesOf(calm.map(({ tookMs }) => tookMs)),
    inFaults: timesOf(rough.map(({ tookMs }) => tookMs)),
    afterFaults: timesOf(rough.flatMap((arrival) => afterFaultMs(arrival, faults) ?? [])),
    lateness: timesOf(calm.map(({ tookMs, cause }) => tookMs - ("boundMs" in cause ? cause.boundMs : 0))),
  };
}

/** undefined for what showed while a fault went on, or before it began. */
function afterFaultMs({ sinceMs, tookMs }: Arrival, faults: FaultLog): number | undefined {
  const shownMs = sinceMs + tookMs;
  const last = faults.all.findLast(({ fromMs }) => fromMs <= shownMs);
  return last === undefined || last.toMs > shownMs ? undefined : shownMs - Math.max(last.toMs, sinceMs);
}

export function timesOf(samples: readonly number[]): Times {
  return {
    samples: samples.length,
    p50Ms: Math.round(quantile(samples, 0.5)),
    p99Ms: Math.round(quantile(samples, 0.99)),
    mostMs: Math.round(quantile(samples, 1)),
  };
}

export function faultFigures(faults: FaultLog): FaultFigures[] {
  const names = [...new Set(faults.all.map(({ name }) => name))].sort();
  return names.map((name) => {
    const these = faults.all.filter((fault) => fault.name === name);
    const totalMs = these.reduce((sum, { fromMs, toMs }) => sum + (toMs - fromMs), 0);
    return { name, times: these.length, seconds: Math.round(totalMs / 1000) };
  });
}
