/**
 * Asks Rollcall, over one upstream after the other, and tells when one stops answering and when it answers again: once
 * each. Only an upstream's origin is ever named, since its path may hold a secret.
 */
import { Rcode } from "../dns/wire/codes.ts";
import { answersTo } from "./outgoing.ts";
import { healthy, onAttempt, onFailure, planAttempts, type Health } from "./upstream-health.ts";

/** What an upstream has said. `failed` is why there is no DNS reply, in words for a log. */
export type DohAnswer =
  | {
      octets: Uint8Array;
      /** How old it already is (RFC 8484 §5.1). */
      ageSeconds: number;
      /** Whether it may be given to others. */
      mayBeKept: boolean;
    }
  | { failed: string };

/** Gives up after `timeoutMs`. */
export type AskDoh = (upstream: URL, query: Uint8Array<ArrayBuffer>, timeoutMs: number) => Promise<DohAnswer>;

export interface UpstreamDeps {
  ask: AskDoh;
  nowMs: () => number;
  log: (line: string) => void;
  /** What becomes of questions while no upstream answers, in words. */
  withoutUpstream: string;
}

export type UpstreamReply = Exclude<DohAnswer, { failed: string }> & { askedAtMs: number };

/** A client gives up after five seconds, and what we tell it then should not come too late. */
const patienceMs = 4000;

export class Upstreams {
  readonly #urls: readonly URL[];
  readonly #healths: Health[];
  readonly #deps: UpstreamDeps;

  constructor(urls: readonly URL[], deps: UpstreamDeps) {
    this.#urls = urls;
    this.#healths = urls.map(() => healthy);
    this.#deps = deps;
  }

  /** Whether all are being left alone, so that asking is unlikely to help. */
  get areLost(): boolean {
    return planAttempts(this.#healths, this.#deps.nowMs()).now.length === 0;
  }

  /**
   * The first reply that says something of the name; else a SERVFAIL, if one of them has said so. Undefined when none
   * answers in time.
   */
  async ask(query: Uint8Array<ArrayBuffer>): Promise<UpstreamReply | undefined> {
    const { now, rest } = planAttempts(this.#healths, this.#deps.nowMs());
    // Those that are left alone are better than nobody, but one of them has to do.
    const attempts = now.length > 0 ? now : rest.slice(0, 1);
    let failure: UpstreamReply | undefined;
    for (const index of attempts) {
      const reply = await this.#attempt(index, query, patienceMs / attempts.length);
      if (reply === undefined) continue;
      if (((reply.octets[3] ?? 0) & 0x0f) !== Rcode.servFail) return reply;
      failure ??= reply;
    }
    return failure;
  }

  async #attempt(index: number, query: Uint8Array<ArrayBuffer>, timeoutMs: number): Promise<UpstreamReply | undefined> {
    const url = this.#urls[index];
    if (url === undefined) return undefined;
    const askedAtMs = this.#deps.nowMs();
    this.#healths[index] = onAttempt(this.#healths[index] ?? healthy, askedAtMs);
    const answer = await this.#deps.ask(url, query, timeoutMs);
    if ("failed" in answer) this.#note(index, url, answer.failed, askedAtMs);
    else if (!answersTo(query, answer.octets)) this.#note(index, url, "it answers another question", askedAtMs);
    else {
      this.#noteSuccess(index, url);
      return { ...answer, askedAtMs };
    }
    return undefined;
  }

  #note(index: number, url: URL, reason: string, askedAtMs: number): void {
    const before = this.#healths[index] ?? healthy;
    this.#healths[index] = onFailure(before, askedAtMs, this.#deps.nowMs());
    if (before.failures > 0) return;
    const areAllLost = this.#healths.every(({ failures }) => failures > 0);
    const consequence = areAllLost ? `; ${this.#deps.withoutUpstream}` : "";
    this.#deps.log(`${url.origin} does not answer: ${reason}${consequence}`);
  }

  #noteSuccess(index: number, url: URL): void {
    const before = this.#healths[index] ?? healthy;
    this.#healths[index] = healthy;
    if (before.failures > 0) this.#deps.log(`${url.origin} answers again`);
  }
}
