/**
 * Values that others were asked for, kept for a while. At most one question per key is under way at a time, and those
 * who come meanwhile wait for it; but the promise belongs to the request that asked, and in workerd it may die with
 * that request. So whoever waits does so only for a while; then one of them asks as well, and the others wait for that one:
 * what answers slowly is not helped by being asked by all of them at once.
 */

export interface KeptConditions {
  /** Whoever asks gives up after this long. */
  askTimeoutMs: number;
  /** Whoever waits for another's question asks after this long, unless another of those who wait has done so. */
  waitTimeoutMs: number;
  nowMs: () => number;
  waitUntil: (promise: Promise<unknown>) => void;
  reportFailure: (what: string, error: unknown) => void;
}

/** A value, true as of a moment. */
export interface AsOf<Value> {
  value: Value;
  asOfMs: number;
}

/** How long a value may be held; what may not be held at all is for those alone who are waiting for it. */
type MaxAge<Value> = number | ((value: Value) => number);

type Entry<Value> = { asked: Promise<AsOf<Value> | undefined>; settled: AsOf<Value> | undefined };

export class Kept<Value> {
  readonly #what: string;
  readonly #mostKeys: number;
  readonly #conditions: KeptConditions;
  readonly #entries = new Map<string, Entry<Value>>();

  /** `what` names the reading in failure reports. Of more than `mostKeys` keys, the oldest goes first. */
  constructor(what: string, mostKeys: number, conditions: KeptConditions) {
    this.#what = what;
    this.#mostKeys = mostKeys;
    this.#conditions = conditions;
  }

  /** What is held and not older than `maxAgeMs`. */
  peek(key: string, maxAgeMs: MaxAge<Value>): AsOf<Value> | undefined {
    const settled = this.#entries.get(key)?.settled;
    if (settled === undefined) return undefined;
    const ageMs = this.#conditions.nowMs() - settled.asOfMs;
    // What is from the future was kept before the clock was set back, nobody knows for how long.
    return ageMs >= 0 && ageMs < ageLimit(maxAgeMs, settled.value) ? settled : undefined;
  }

  /** What is held and not older than `maxAgeMs`, or what `ask` says now; undefined when it fails or takes too long. */
  async get(key: string, maxAgeMs: MaxAge<Value>, ask: () => Promise<Value>): Promise<AsOf<Value> | undefined> {
    const held = this.peek(key, maxAgeMs);
    if (held !== undefined) return held;
    const { waitTimeoutMs, askTimeoutMs } = this.#conditions;
    const first = this.#underWay(key);
    if (first === undefined) return this.#ask(key, maxAgeMs, ask);
    const answer = await within(waitTimeoutMs, first.asked);
    if (answer !== "timed-out") return answer;
    const second = this.#underWay(key);
    if (second === undefined || second === first) return this.peek(key, maxAgeMs) ?? this.#ask(key, maxAgeMs, ask);
    const later = await within(askTimeoutMs, second.asked);
    return later === "timed-out" ? this.#ask(key, maxAgeMs, ask) : later;
  }

  forget(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  #underWay(key: string): Entry<Value> | undefined {
    const entry = this.#entries.get(key);
    return entry?.settled === undefined ? entry : undefined;
  }

  async #ask(key: string, maxAgeMs: MaxAge<Value>, ask: () => Promise<Value>): Promise<AsOf<Value> | undefined> {
    const entry: Entry<Value> = { asked: this.#answer(ask), settled: undefined };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size > this.#mostKeys) this.#forgetOldest();
    this.#conditions.waitUntil(entry.asked);
    entry.settled = await entry.asked;
    // What was forgotten meanwhile stays so: the entry is no longer in the map, and only its own waiters see it.
    const isWorthless = entry.settled === undefined || ageLimit(maxAgeMs, entry.settled.value) <= 0;
    if (isWorthless && this.#entries.get(key) === entry) this.#entries.delete(key);
    return entry.settled;
  }

  /** Never rejects. The value is as old as the question. */
  async #answer(ask: () => Promise<Value>): Promise<AsOf<Value> | undefined> {
    const asOfMs = this.#conditions.nowMs();
    try {
      const value = await within(this.#conditions.askTimeoutMs, ask());
      if (value !== "timed-out") return { value, asOfMs };
      this.#conditions.reportFailure(this.#what, new Error(`no answer within ${this.#conditions.askTimeoutMs} ms`));
    } catch (error) {
      this.#conditions.reportFailure(this.#what, error);
    }
    return undefined;
  }

  #forgetOldest(): void {
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }
}

function ageLimit<Value>(maxAgeMs: MaxAge<Value>, value: Value): number {
  return typeof maxAgeMs === "number" ? maxAgeMs : maxAgeMs(value);
}

async function within<Value>(timeoutMs: number, promise: Promise<Value>): Promise<Value | "timed-out"> {
  const { promise: timeout, resolve } = Promise.withResolvers<"timed-out">();
  const timer = setTimeout(() => resolve("timed-out"), timeoutMs);
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
