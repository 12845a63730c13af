/**
 * What Rollcall has answered, kept for its TTL and for a while beyond, bounded in number and in octets; the oldest goes
 * first. Names that do not exist are kept apart, so that asking for many of them pushes nothing else out.
 */
import { lifetimeSeconds } from "./answer-life.ts";
import { Rcode } from "../dns/wire/codes.ts";
import type { Message } from "../dns/wire/message.ts";

export interface Known {
  message: Message;
  /** When it was true: when it was asked for, so that the time on the way is part of its age. */
  asOfMs: number;
  freshUntilMs: number;
  /** What it takes on the wire. */
  octets: number;
}

interface Limits {
  entries: number;
  octets: number;
}

const existingLimits: Limits = { entries: 4096, octets: 8 * 1024 * 1024 };
const denialLimits: Limits = { entries: 1024, octets: 1024 * 1024 };

export class KnownAnswers {
  readonly #existing: Bounded;
  readonly #denials: Bounded;

  constructor(existing: Limits = existingLimits, denials: Limits = denialLimits) {
    this.#existing = new Bounded(existing);
    this.#denials = new Bounded(denials);
  }

  get(key: string): Known | undefined {
    return this.#existing.get(key) ?? this.#denials.get(key);
  }

  /** Keeps what may be kept, in the place of what was known before. */
  keep(key: string, message: Message, octets: number, asOfMs: number): void {
    const lifetime = lifetimeSeconds(message);
    if (lifetime === undefined) return;
    const isDenial = message.rcode === Rcode.nxDomain;
    (isDenial ? this.#existing : this.#denials).delete(key);
    const known = { message, asOfMs, freshUntilMs: asOfMs + lifetime * 1000, octets };
    (isDenial ? this.#denials : this.#existing).set(key, known);
  }
}

class Bounded {
  readonly #limits: Limits;
  readonly #entries = new Map<string, Known>();
  #octets = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get(key: string): Known | undefined {
    return this.#entries.get(key);
  }

  set(key: string, known: Known): void {
    this.delete(key);
    this.#entries.set(key, known);
    this.#octets += known.octets;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#limits.entries && this.#octets <= this.#limits.octets) return;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    this.#octets -= this.#entries.get(key)?.octets ?? 0;
    this.#entries.delete(key);
  }
}
