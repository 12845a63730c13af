/**
 * Writes one object of the model and keeps account of it: each write carries a number of its own, and whatever was not
 * clearly acknowledged is looked up before the next one.
 */
import type { ApiAnswer, KubernetesObject } from "../lab/api-client.ts";
import { attempt, attemptUntilKnown } from "./attempt.ts";
import { end, type Fact } from "./fact.ts";
import { complain, type Run } from "./run.ts";

/** Where a write's number stands in the object. */
export const writeAnnotation = "chaos.rollcall.dev/write";

export interface Known {
  uid: string;
  write: string;
  terminating?: boolean;
}

export interface ObjectDeps<State extends Known> {
  run: Run;
  /** For people: `namespace/name`. */
  label: string;
  /** Of the object itself. */
  path: string;
  state: Fact<State | undefined>;
  read: (object: KubernetesObject) => State;
  /** The run is over. */
  signal: AbortSignal;
}

export interface Acknowledged {
  atMs: number;
  warnings: string;
}

export class ModelledObject<State extends Known> {
  readonly #deps: ObjectDeps<State>;

  constructor(deps: ObjectDeps<State>) {
    this.#deps = deps;
  }

  /** Sends a write that makes the object this; undefined unless it was acknowledged. */
  async write(
    what: string,
    value: State | undefined,
    send: (path: string) => Promise<ApiAnswer>,
  ): Promise<Acknowledged | undefined> {
    const { run, state, read, label, path } = this.#deps;
    const step = state.begin(what, value, Date.now());
    const sent = await attempt(send(path));
    const atMs = Date.now();
    if (sent.outcome === "answered") {
      if (value !== undefined) {
        const shown = read(sent.answer.body);
        if (!isSame(value, shown)) complain(run, "wrong reply", `${what} ${label} returned ${describe(shown)}`);
        step.value = shown;
      }
      end(step, "acknowledged", atMs);
      run.counts.acknowledged += 1;
      return { atMs, warnings: sent.answer.warnings };
    }
    end(step, sent.outcome, atMs);
    step.what += ` (${sent.why})`;
    run.counts[sent.outcome] += 1;
    const isExpected = sent.outcome === "refused" ? [404, 409, 429].includes(sent.status) : sent.status !== 500;
    if (!isExpected) complain(run, "wrong reply", `${what} ${label}: ${sent.why}`);
    await this.look();
    return undefined;
  }

  /** Looks what it is, and whether it can be that; undefined when it could not be found out before the end. */
  async look(): Promise<{ state: State | undefined } | undefined> {
    const { run, path, state, read, label, signal } = this.#deps;
    const found = await attemptUntilKnown(() => run.api("GET", path), signal);
    if (found === undefined) return undefined;
    const { known, askedMs } = found;
    const answeredMs = Date.now();
    if (known.outcome === "refused" && known.status !== 404) {
      complain(run, "wrong reply", `GET ${label}: ${known.why}`);
      return undefined;
    }
    const seen = known.outcome === "answered" ? read(known.answer.body) : undefined;
    this.check("GET", seen, askedMs, answeredMs);
    state.see("looked up", seen, askedMs, answeredMs);
    return { state: seen };
  }

  /** Whether it can have been this, when it was asked for and answered then. */
  check(how: string, seen: State | undefined, askedMs: number, answeredMs: number): void {
    const { run, state, label } = this.#deps;
    const possible = state.possible(askedMs, answeredMs);
    if (possible.some((value) => isSame(value, seen))) return;
    const history = state.history(run.startMs, describe);
    complain(run, "lost write", `${how} shows ${label} as ${describe(seen)}`, history);
  }
}

/** A value of which the uid is not known yet may have any. */
function isSame(value: Known | undefined, seen: Known | undefined): boolean {
  if (value === undefined || seen === undefined) return value === seen;
  const sameUid = value.uid === "" || value.uid === seen.uid;
  return value.write === seen.write && value.terminating === seen.terminating && sameUid;
}

function describe(value: object | undefined): string {
  return value === undefined ? "absent" : JSON.stringify(value);
}
