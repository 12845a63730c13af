/**
 * Encoded answers, kept for at most their TTL and bounded in number and in octets; the oldest goes first. Only answers
 * about services that exist belong here, so that random names cannot push them out.
 */
import type { ServiceKey } from "../domain/service.ts";
import type { PreparedAnswer } from "./prepared-answer.ts";

export interface CacheLimits {
  entries: number;
  octets: number;
}

interface Entry {
  answer: PreparedAnswer;
  services: readonly ServiceKey[];
  expiresAtMs: number;
}

export class AnswerCache {
  readonly #limits: CacheLimits;
  readonly #entries = new Map<string, Entry>();
  #octets = 0;

  constructor(limits: CacheLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string, nowMs: number): PreparedAnswer | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    // What is from the future was kept before the clock was set back, nobody knows for how long.
    if (nowMs >= entry.answer.asOfMs && nowMs < entry.expiresAtMs) return entry.answer;
    this.#delete(key, entry);
    return undefined;
  }

  /** `services` are those that the answer is about, in every step of it. */
  keep(key: string, answer: PreparedAnswer, services: readonly ServiceKey[]): void {
    if (!answer.lifetimeSeconds) return;
    const known = this.#entries.get(key);
    if (known !== undefined) this.#delete(key, known);
    const expiresAtMs = answer.asOfMs + answer.lifetimeSeconds * 1000;
    this.#entries.set(key, { answer, services, expiresAtMs });
    this.#octets += answer.octets.length;
    for (const [oldest, entry] of this.#entries) {
      if (this.#entries.size <= this.#limits.entries && this.#octets <= this.#limits.octets) return;
      this.#delete(oldest, entry);
    }
  }

  /** Drops every answer about one of `services`. */
  forget(services: readonly ServiceKey[]): void {
    for (const [key, entry] of this.#entries) {
      if (entry.services.some((service) => services.includes(service))) this.#delete(key, entry);
    }
  }

  #delete(key: string, entry: Entry): void {
    this.#entries.delete(key);
    this.#octets -= entry.answer.octets.length;
  }
}
