/**
 * The last answers that were good, for when the registry cannot be read: each may be given for so long beyond its TTL
 * (RFC 8767), under a short TTL of its own that never reaches beyond that bound. What is known to have changed is
 * forgotten at once.
 */
import type { ServiceKey } from "../domain/service.ts";
import { AnswerCache, type CacheLimits } from "./answer-cache.ts";
import type { PreparedAnswer } from "./prepared-answer.ts";

/** RFC 8767 section 4. */
const longestTtlSeconds = 30;

export class LastKnown {
  readonly #staleSeconds: number;
  readonly #answers: AnswerCache;

  constructor(staleSeconds: number, limits: CacheLimits) {
    this.#staleSeconds = staleSeconds;
    this.#answers = new AnswerCache(limits);
  }

  remember(key: string, answer: PreparedAnswer, services: readonly ServiceKey[]): void {
    if (this.#staleSeconds === 0 || answer.lifetimeSeconds === undefined) return;
    const lifetimeSeconds = answer.lifetimeSeconds + this.#staleSeconds;
    this.#answers.keep(key, { ...answer, octets: answer.octets.slice(), lifetimeSeconds }, services);
  }

  /** The answer as it was, to be kept for a while from now on; undefined when there is none, or none that may be given. */
  recall(key: string, nowMs: number): PreparedAnswer | undefined {
    const known = this.#answers.get(key, nowMs);
    if (known === undefined) return undefined;
    const leftSeconds = (known.lifetimeSeconds ?? 0) - Math.ceil((nowMs - known.asOfMs) / 1000);
    const ttlSeconds = Math.max(0, Math.min(longestTtlSeconds, leftSeconds));
    return {
      ...known,
      octets: known.octets.slice(),
      asOfMs: nowMs,
      lifetimeSeconds: ttlSeconds,
      ttlsSeconds: known.ttlsSeconds.map((seconds) => Math.min(seconds, ttlSeconds)),
      // The octets hold the TTLs of another time still.
      ageSeconds: -1,
    };
  }

  forget(services: readonly ServiceKey[]): void {
    this.#answers.forget(services);
  }
}
