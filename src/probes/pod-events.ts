/**
 * Which outcomes of a pod's probes are worth an event, in kubelet's words: the first of its kind, those at which its
 * count has doubled, and at recovery what had not been counted yet. So a pod that fails for a day costs fourteen writes,
 * and one that fails in alternating ways costs no write a probe. Pure but for its own fields.
 * Source: Kubernetes pkg/kubelet/prober/prober.go; client-go tools/record/events_cache.go (combined events).
 */
import type { Happening } from "../domain/event.ts";
import { legible } from "../domain/legible-text.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { ProbeKind } from "./probe-spec.ts";
import { hashOf } from "../domain/hash.ts";

/**
 * What has to survive an eviction, else an event would be written again after every one: when it happened first. How
 * often it has happened since then follows from the period, and is no row each time.
 */
export interface KeptSeries {
  firstMs: number;
}

/** An event that is due, and what is to be kept about it; nothing when it is over. */
export interface DueEvent {
  happening: Omit<Happening, "source">;
  /** Tells the pod's events apart: the same happening has the same one. */
  suffix: string;
  /** How often it has happened since it was last written. */
  times: number;
  atMs: number;
}

/** The part of a pod's probe that events are about. */
export interface ProbeSubject {
  uid: string;
  container: string;
  kind: ProbeKind;
  /** How often it is run now. */
  periodMs: number;
  /** The verdict, with the outcome counted. */
  passing: boolean;
}

interface Series {
  firstMs: number;
  lastMs: number;
  times: number;
  /** How often it had happened when it was last written. */
  written: number;
  /** undefined: nothing is known of what has happened since the beginning, the object having been evicted. */
  happening: Omit<Happening, "source"> | undefined;
}

/** As many different messages are counted for themselves; the rest together, as client-go does it. */
const messagesAtMost = 10;
const combined = "(combined from similar events): ";

/** What has not happened for so long begins anew when it happens again: the event may have been forgotten by then. */
const anewAfterMs = 3_600_000;

export class PodEvents {
  readonly #series: Map<string, Series>;

  constructor(kept: ReadonlyMap<string, KeptSeries>) {
    this.#series = new Map(
      [...kept].map(([key, { firstMs }]) => [
        key,
        { firstMs, lastMs: firstMs, times: 1, written: 1, happening: undefined },
      ]),
    );
  }

  /** What is due after an outcome. `recovered`: with it the verdict has turned to passing. */
  after(subject: ProbeSubject, outcome: Outcome, recovered: boolean, nowMs: number): Due {
    const due: Due = { events: [], keep: new Map(), forget: [] };
    const happening = happeningOf(subject, outcome);
    if (happening !== undefined) this.#happened(subject, happening, nowMs, due);
    if (recovered) this.#recovered(subject, nowMs, due);
    return due;
  }

  #happened(subject: ProbeSubject, happening: Omit<Happening, "source">, nowMs: number, due: Due): void {
    const prefix = seriesPrefix(subject, happening.reason);
    const alone = prefix + suffixOf(prefix, happening.message);
    const crowded = !this.#series.has(alone) && this.#count(prefix) >= messagesAtMost;
    const key = crowded ? prefix + suffixOf(prefix, combined) : alone;
    const goesOn = subject.passing === (happening.reason === "ProbeWarning");
    const series = continued(this.#series.get(key), subject.periodMs, goesOn, nowMs);
    if (series === undefined) return;
    series.happening = crowded ? { ...happening, message: legible(combined + happening.message) } : happening;
    series.lastMs = nowMs;
    this.#series.set(key, series);
    if (series.times === 1) due.keep.set(key, { firstMs: series.firstMs });
    if (series.times >= 2 * series.written) this.#write(key, series, nowMs, due);
  }

  #recovered(subject: ProbeSubject, nowMs: number, due: Due): void {
    const prefix = seriesPrefix(subject, "Unhealthy");
    for (const [key, series] of this.#series) {
      if (!key.startsWith(prefix)) continue;
      if (series.times > series.written) this.#write(key, series, nowMs, due);
      this.#series.delete(key);
      due.forget.push(key);
    }
  }

  #write(key: string, series: Series, nowMs: number, due: Due): void {
    if (series.happening === undefined) return;
    const suffix = key.slice(key.lastIndexOf("/") + 1);
    due.events.push({ happening: series.happening, suffix, times: series.times - series.written, atMs: nowMs });
    series.written = series.times;
  }

  #count(prefix: string): number {
    return [...this.#series.keys()].filter((key) => key.startsWith(prefix)).length;
  }
}

/**
 * The series with one more happening; undefined when it cannot be told whether this is another one. `goesOn`: the
 * verdict says that it has been happening all along, so that of what went by unseen it is taken that it did.
 */
function continued(before: Series | undefined, periodMs: number, goesOn: boolean, nowMs: number): Series | undefined {
  if (before === undefined || (!goesOn && nowMs - before.lastMs > anewAfterMs)) {
    return { firstMs: nowMs, lastMs: nowMs, times: 1, written: 0, happening: undefined };
  }
  if (before.happening !== undefined) return { ...before, times: before.times + 1 };
  if (!goesOn) return undefined;
  const periods = Math.max(1, Math.round((nowMs - before.firstMs) / periodMs));
  return { ...before, times: periods + 1, written: 2 ** Math.floor(Math.log2(periods)) };
}

/** What follows from an outcome: the events to write, and what to keep and to forget of them by key. */
export interface Due {
  events: DueEvent[];
  keep: Map<string, KeptSeries>;
  forget: string[];
}

function happeningOf({ container, kind }: ProbeSubject, outcome: Outcome): Omit<Happening, "source"> | undefined {
  const probe = kind === "startup" ? "Startup probe" : "Readiness probe";
  const warning = (reason: string, message: string): Omit<Happening, "source"> => ({
    type: "Warning",
    reason,
    message: legible(message),
    fieldPath: `spec.containers{${container}}`,
  });
  switch (outcome.result) {
    case "failure":
      return warning("Unhealthy", `${probe} failed: ${outcome.message}`);
    case "unknown":
      return warning("Unhealthy", `${probe} errored and resulted in unknown state: ${outcome.message}`);
    case "success":
      return outcome.warning === undefined
        ? undefined
        : warning("ProbeWarning", `${probe} warning: ${outcome.warning}`);
  }
}

function seriesPrefix({ uid, container, kind }: ProbeSubject, reason: string): string {
  return `${uid}/${container}/${kind}/${reason}/`;
}

/** Sixteen hexadecimal digits, as kubelet's events have them; the same for the same happening, wherever it is computed. */
function suffixOf(prefix: string, message: string): string {
  return [`${prefix}${message}`, `${message}${prefix}`].map((text) => hex(hashOf(text))).join("");
}

function hex(hash: number): string {
  return hash.toString(16).padStart(8, "0");
}
