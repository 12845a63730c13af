/**
 * The queue for the six connections that a Durable Object may have waiting at a time. The platform queues a seventh
 * without a word while the probe's time runs, so a slot is taken here first and the time starts with it. Knows nothing
 * of time or sockets.
 */

/**
 * registry: a call to the registry, which is short and always finds a slot. probe: at most five at a time. suspect: a
 * probe of a pod that lately swallowed a connection; few at a time, so that the rest are served.
 */
export type SlotUse = "registry" | "probe" | "suspect";

export interface Slot {
  /** The probe is over and its connection attempt is not: the slot is lost until the platform gives the attempt up. */
  markStuck(): void;
  /** The attempt has settled. */
  release(): void;
}

export interface SlotLimits {
  suspects: number;
  /** From so many stuck slots on, probes are turned away instead of queued; undefined when there is nowhere else to go. */
  divertAtStuck: number | undefined;
}

const capacity = 6;
const reservedForRegistry = 1;

interface Waiter {
  use: SlotUse;
  resolve: (slot: Slot | undefined) => void;
}

export class Slots {
  readonly #limits: SlotLimits;
  readonly #used: Record<SlotUse, number> = { registry: 0, probe: 0, suspect: 0 };
  #stuck = 0;
  #waiters: Waiter[] = [];

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  get stuck(): number {
    return this.#stuck;
  }

  /** A slot, as soon as there is one; undefined when the caller is turned away, or when `giveUp` was aborted first. */
  acquire(use: SlotUse, giveUp?: AbortSignal): Promise<Slot | undefined> {
    if (this.#turnsAway(use)) return Promise.resolve(undefined);
    const { promise, resolve } = Promise.withResolvers<Slot | undefined>();
    const waiter = { use, resolve };
    this.#waiters.push(waiter);
    giveUp?.addEventListener("abort", () => this.#leave(waiter), { once: true });
    this.#serve();
    return promise;
  }

  #serve(): void {
    for (const waiter of this.#waiters.filter(({ use }) => use === "registry")) this.#grantIfFree(waiter);
    for (const waiter of this.#waiters.filter(({ use }) => use !== "registry")) this.#grantIfFree(waiter);
  }

  #grantIfFree(waiter: Waiter): void {
    if (!this.#isFree(waiter.use)) return;
    this.#waiters = this.#waiters.filter((other) => other !== waiter);
    waiter.resolve(this.#grant(waiter.use));
  }

  #isFree(use: SlotUse): boolean {
    const probes = this.#used.probe + this.#used.suspect;
    if (probes + this.#used.registry >= capacity) return false;
    if (use === "registry") return true;
    if (probes >= capacity - reservedForRegistry) return false;
    return use === "probe" || this.#used.suspect < this.#limits.suspects;
  }

  #turnsAway(use: SlotUse): boolean {
    const { divertAtStuck } = this.#limits;
    if (divertAtStuck === undefined || use === "registry") return false;
    return this.#stuck >= divertAtStuck || (use === "suspect" && !this.#isFree(use));
  }

  #grant(use: SlotUse): Slot {
    this.#used[use] += 1;
    let state: "held" | "stuck" | "released" = "held";
    return {
      markStuck: () => {
        if (state !== "held") return;
        state = "stuck";
        this.#stuck += 1;
        this.#turnAwayWaiting();
      },
      release: () => {
        if (state === "released") return;
        if (state === "stuck") this.#stuck -= 1;
        state = "released";
        this.#used[use] -= 1;
        this.#serve();
      },
    };
  }

  #turnAwayWaiting(): void {
    const turnedAway = this.#waiters.filter(({ use }) => this.#turnsAway(use));
    for (const waiter of turnedAway) this.#leave(waiter);
  }

  #leave(waiter: Waiter): void {
    if (!this.#waiters.includes(waiter)) return;
    this.#waiters = this.#waiters.filter((other) => other !== waiter);
    waiter.resolve(undefined);
  }
}
