/**
 * Asks one pod one question: waits for a slot, starts the time, uses the transport, and gives the slot back when the
 * socket has really settled. A pod that has not answered a connection attempt gets no second one beside it. Has never
 * heard of a threshold.
 */
import type { Outcome } from "../domain/outcome.ts";
import { authorityOf, contextOf, type ProbeTarget } from "./probe-target.ts";
import type { Slot, Slots, SlotUse } from "./slots.ts";
import { before, deadlineIn, type Clock, type Connect, type Deadline, type Fetch } from "./sockets.ts";
import { unknown, type LeftBehind, type ProbeAnswer } from "./transports/probe-answer.ts";
import { probeFetch } from "./transports/probe-fetch.ts";
import { probeHttp } from "./transports/probe-http.ts";
import { failedDialAnswer, probeTcp } from "./transports/probe-tcp.ts";

export interface Question {
  target: ProbeTarget;
  /** Runs from the moment at which the slot is granted. */
  timeoutMs: number;
  use: Exclude<SlotUse, "registry">;
}

export interface Answer {
  outcome: Outcome;
  /**
   * true: the pod swallows connections, neither accepting nor refusing them. false: it answered one way or the other.
   * undefined: it is too early to say, or the question never got that far.
   */
  swallowed: boolean | undefined;
}

export interface AskerDeps {
  slots: Slots;
  clock: Clock;
  connect: Connect;
  fetch: Fetch;
}

export class Asker {
  readonly #deps: AskerDeps;
  /** Connection attempts that outlived their probe, by where they go. */
  readonly #pending = new Map<string, LeftBehind>();
  /** Where the last attempt was given up by the platform, unanswered. */
  readonly #givenUp = new Set<string>();

  constructor(deps: AskerDeps) {
    this.#deps = deps;
  }

  /** undefined when no slot was to be had (see Slots.acquire). Never rejects. */
  async ask(question: Question, giveUp?: AbortSignal): Promise<Answer | undefined> {
    const { target, timeoutMs, use } = question;
    if (await this.#isStillUnanswered(target, timeoutMs)) {
      const { outcome } = failedDialAnswer({ dial: "timed-out" }, target, contextOf(target));
      return { outcome, swallowed: true };
    }
    const slot = await this.#deps.slots.acquire(use, giveUp);
    if (slot === undefined) return undefined;
    const deadline = deadlineIn(this.#deps.clock, timeoutMs);
    const answer = await this.#probe(target, deadline).catch((error: unknown) => unknown(String(error)));
    deadline.cancel();
    const to = authorityOf(target);
    if (answer.leftBehind !== undefined) {
      void this.#outlive(to, slot, answer.leftBehind);
      return { outcome: answer.outcome, swallowed: this.#givenUp.has(to) ? true : undefined };
    }
    slot.release();
    this.#givenUp.delete(to);
    return { outcome: answer.outcome, swallowed: answer.outcome.result === "unknown" ? undefined : false };
  }

  /**
   * The question's time runs on an attempt of an earlier probe, where there is one: the pod could answer that just as
   * well, and a second attempt would cost a second slot.
   */
  async #isStillUnanswered(target: ProbeTarget, timeoutMs: number): Promise<boolean> {
    const pending = this.#pending.get(authorityOf(target));
    if (pending === undefined) return false;
    const deadline = deadlineIn(this.#deps.clock, timeoutMs);
    const settled = await before(deadline, pending);
    deadline.cancel();
    return settled === "expired";
  }

  async #outlive(to: string, slot: Slot, attempt: LeftBehind): Promise<void> {
    slot.markStuck();
    this.#pending.set(to, attempt);
    const answered = await attempt;
    this.#pending.delete(to);
    if (answered) this.#givenUp.delete(to);
    else this.#givenUp.add(to);
    slot.release();
  }

  async #probe(target: ProbeTarget, deadline: Deadline): Promise<ProbeAnswer> {
    const { connect, fetch } = this.#deps;
    switch (target.transport) {
      case "tcp":
        return probeTcp(target, connect, deadline);
      case "http":
        return probeHttp(target, connect, deadline);
      case "fetch":
        return probeFetch(target, fetch, deadline);
    }
  }
}
