/**
 * Asks one pod one question: waits for a slot, starts the time, uses the transport, and gives the slot back when the
 * socket has really settled. Has never heard of a threshold.
 */
import type { ProbeTarget } from "./probe-target.ts";
import type { Slot, Slots, SlotUse } from "./slots.ts";
import { deadlineIn, type Clock, type Connect, type Deadline, type Fetch } from "./sockets.ts";
import { unknown, type ProbeAnswer } from "./transports/probe-answer.ts";
import { probeFetch } from "./transports/probe-fetch.ts";
import { probeHttp } from "./transports/probe-http.ts";
import { probeTcp } from "./transports/probe-tcp.ts";

export interface Question {
  target: ProbeTarget;
  /** Runs from the moment at which the slot is granted. */
  timeoutMs: number;
  use: Exclude<SlotUse, "registry">;
}

export interface AskerDeps {
  slots: Slots;
  clock: Clock;
  connect: Connect;
  fetch: Fetch;
}

export class Asker {
  readonly #deps: AskerDeps;

  constructor(deps: AskerDeps) {
    this.#deps = deps;
  }

  /** undefined when no slot was to be had (see Slots.acquire). Never rejects. */
  async ask(question: Question, giveUp?: AbortSignal): Promise<ProbeAnswer | undefined> {
    const slot = await this.#deps.slots.acquire(question.use, giveUp);
    if (slot === undefined) return undefined;
    const deadline = deadlineIn(this.#deps.clock, question.timeoutMs);
    const answer = await this.#probe(question.target, deadline).catch((error: unknown) => unknown(String(error)));
    deadline.cancel();
    giveBack(slot, answer);
    return answer;
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

function giveBack(slot: Slot, { unsettled }: ProbeAnswer): void {
  if (unsettled === undefined) return slot.release();
  slot.markStuck();
  void unsettled.then(() => slot.release());
}
