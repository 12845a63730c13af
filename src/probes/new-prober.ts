/**
 * Puts a prober together from what the platform gives it: the slots, the questions that pass through them, the table of
 * pods, and what drives it. Nothing of Cloudflare is named here, so that tests put the same prober together.
 */
import { Asker, type Answer, type Question } from "./asker.ts";
import { ProbeEngine, type ProbeEngineDeps } from "./probe-engine.ts";
import { ProberDriver, type ProberDriverDeps } from "./prober-driver.ts";
import type { ProberDeps, ProberRegistry } from "./prober-deps.ts";
import { authorityOf } from "./probe-target.ts";
import { hashOf } from "./schedule.ts";
import { Slots } from "./slots.ts";
import type { Clock } from "./sockets.ts";

/** Takes the questions for which the prober has no slots left: objects with slots of their own (see `overflowOf`). */
export type Overflow = (question: Question) => Promise<Answer>;

export interface ProberParts extends ProberDeps {
  /** The prober's name, which is its node's. */
  prober: string;
  overflow: Overflow;
  clock: Clock;
  counters: ProbeEngineDeps["counters"];
  series: ProbeEngineDeps["series"];
  alarm: ProberDriverDeps["alarm"];
  waitUntil: ProberDriverDeps["waitUntil"];
  report: ProberDriverDeps["report"];
}

export function newProber(parts: ProberParts): ProberDriver {
  const { prober, allow, clock, connect, fetch, overflow, counters, series, report } = parts;
  const slots = new Slots({ suspects: 2, divertAtStuck: 3 });
  const asker = new Asker({ slots, clock, connect, fetch });
  const registry = withSlots(slots, parts.registry);
  const engine = new ProbeEngine({
    prober,
    allow,
    counters,
    series,
    report,
    ask: async (question) => (await asker.ask(question)) ?? (await overflow(question).catch(unreachableOverflow)),
    writeReadiness: (...verdict) => registry.writeReadiness(...verdict),
    removeTerminated: (pod) => registry.removeTerminated(pod),
    removeExpired: (pod) => registry.removeExpired(pod),
    recordEvent: (...event) => registry.recordEvent(...event),
  });
  return new ProberDriver({ ...parts, engine, registry });
}

/** Enough for all pods of a prober but a few to swallow connections and be tried once a minute each. */
const objectsForSuspects = 2;
/** When many begin to swallow connections at the same time, each takes slots from few others. */
const objectsForOthers = 16;

/**
 * The object that a question overflows to. Pods that are known to swallow connections have few to themselves: they keep
 * an object awake, which is billed, and are not urgent. The others are spread.
 */
export function overflowOf(prober: string, { target, use }: Question): string {
  const [lane, objects] = use === "suspect" ? ["suspects", objectsForSuspects] : ["overflow", objectsForOthers];
  return `${prober}/${lane}-${hashOf(authorityOf(target)) % objects}`;
}

/** How long a question waits for a slot of the overflow. The caller is billed while it waits. */
const overflowWaitMs = 15_000;

/** What the overflow object does: ask, and nothing else. */
export function newOverflow({ clock, connect, fetch }: Pick<ProberParts, "clock" | "connect" | "fetch">): Overflow {
  const slots = new Slots({ suspects: 5, divertAtStuck: undefined });
  const asker = new Asker({ slots, clock, connect, fetch });
  return async (question) => {
    const patience = new AbortController();
    const cancel = clock.after(overflowWaitMs, () => patience.abort());
    const answer = await asker.ask(question, patience.signal);
    cancel();
    return answer ?? noSlot;
  };
}

const noSlot: Answer = {
  outcome: { result: "unknown", message: "no connection was free: too many pods swallow connections", transient: true },
  swallowed: undefined,
};

function unreachableOverflow(error: unknown): Answer {
  return {
    outcome: { result: "unknown", message: `the overflow of connections failed: ${String(error)}`, transient: true },
    swallowed: undefined,
  };
}

/** Calls to the registry count among the connections of the object, too. */
function withSlots(slots: Slots, registry: ProberRegistry): ProberRegistry {
  const inSlot = async <T>(call: () => Promise<T>): Promise<T> => {
    const slot = await slots.acquire("registry");
    try {
      return await call();
    } finally {
      slot?.release();
    }
  };
  return {
    readAssigned: (prober) => inSlot(() => registry.readAssigned(prober)),
    writeReadiness: (...verdict) => inSlot(() => registry.writeReadiness(...verdict)),
    removeTerminated: (pod) => inSlot(() => registry.removeTerminated(pod)),
    removeExpired: (pod) => inSlot(() => registry.removeExpired(pod)),
    recordEvent: (...event) => inSlot(() => registry.recordEvent(...event)),
    convergedAt: (prober, revision) => inSlot(() => registry.convergedAt(prober, revision)),
  };
}
