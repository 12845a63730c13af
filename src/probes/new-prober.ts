/**
 * Puts a prober together from what the platform gives it: the slots, the questions that pass through them, the table of
 * pods, and what drives it. Nothing of Cloudflare is named here, so that tests put the same prober together.
 */
import { Asker, type Answer, type Question } from "./asker.ts";
import { Overflows } from "./overflows.ts";
import { ProbeEngine, type ProbeEngineDeps } from "./probe-engine.ts";
import { ProberDriver, type ProberDriverDeps } from "./prober-driver.ts";
import type { ProberDeps, ProberRegistry } from "./prober-deps.ts";
import { sharingTimers } from "./sharing-timers.ts";
import { Slots } from "./slots.ts";
import type { Clock } from "./sockets.ts";

/** Takes the questions for which the prober has no slots left. */
export type Overflow = (question: Question) => Promise<Answer>;

/** The overflow object of this name, which has slots of its own. */
export type OverflowNamed = (name: string) => Overflow;

export interface ProberParts extends ProberDeps {
  /** The prober's name, which is its node's. */
  prober: string;
  overflow: OverflowNamed;
  clock: Clock;
  counters: ProbeEngineDeps["counters"];
  series: ProbeEngineDeps["series"];
  alarm: ProberDriverDeps["alarm"];
  waitUntil: ProberDriverDeps["waitUntil"];
  report: ProberDriverDeps["report"];
}

export function newProber(parts: ProberParts): ProberDriver {
  const { prober, policy, clock, connect, fetch, overflow, counters, series, report } = parts;
  const slots = new Slots({ suspects: 0, divertAtStuck: 3 });
  const overflows = new Overflows(prober);
  const elsewhere = (question: Question): Promise<Answer> =>
    overflow(overflows.nameFor(question))(question).catch(unreachableOverflow);
  const asker = new Asker({ slots, clock: sharingTimers(clock), connect, fetch });
  const registry = withSlots(slots, parts.registry);
  const engine = new ProbeEngine({
    prober,
    policy,
    counters,
    series,
    report,
    ask: async (question) => (await asker.ask(question)) ?? (await elsewhere(question)),
    writeReadiness: (...verdict) => registry.writeReadiness(...verdict, clock.nowMs()),
    removeTerminated: (pod) => registry.removeTerminated(pod),
    removeExpired: (pod) => registry.removeExpired(pod),
    recordEvent: (...event) => registry.recordEvent(...event),
  });
  return new ProberDriver({ ...parts, engine, registry });
}

/** How long a question waits for a slot of the overflow. The caller is billed while it waits. */
const overflowWaitMs = 15_000;

/** What the overflow object does: ask, and nothing else. */
export function newOverflow({ clock, connect, fetch }: Pick<ProberParts, "clock" | "connect" | "fetch">): Overflow {
  const slots = new Slots({ suspects: 5, divertAtStuck: undefined });
  const asker = new Asker({ slots, clock: sharingTimers(clock), connect, fetch });
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
