/**
 * The Durable Object of one prober, named after its node (`edge-0`): it probes the pods assigned to it and writes their
 * verdicts. What is known of pods comes from the registry; only counters that are moving are stored here, and how
 * often events had happened when they were written.
 */
import { DurableObject } from "cloudflare:workers";
import type { ProberPulse } from "../domain/edge-node.ts";
import { proberObject } from "../wiring/objects.ts";
import { proberDeps } from "../wiring/probing.ts";
import type { Answer, Question } from "./asker.ts";
import type { StateStore } from "./kept-state.ts";
import { newOverflow, newProber, type Overflow } from "./new-prober.ts";
import type { ProberDriver, RoundReport } from "./prober-driver.ts";
import type { Clock } from "./sockets.ts";

export class Prober extends DurableObject<Env> {
  readonly #driver: ProberDriver;
  readonly #overflow: Overflow;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const prober = nameOf(ctx);
    const { storage } = ctx;
    const deps = proberDeps(env);
    this.#overflow = newOverflow({ ...deps, clock });
    this.#driver = newProber({
      ...deps,
      prober,
      clock,
      report,
      overflow: (name) => (question) => proberObject(env, name).ask(question),
      counters: storeIn(storage.kv, "counters/"),
      series: storeIn(storage.kv, "events/"),
      alarm: {
        get: () => storage.getAlarm(),
        set: (atMs) => storage.setAlarm(atMs),
        clear: () => storage.deleteAlarm(),
      },
      waitUntil: (work) => ctx.waitUntil(work),
    });
  }

  /** Something about the assigned pods has changed. Resolves when it is taken in. */
  async poke(): Promise<void> {
    await this.#driver.poke();
  }

  /** Probes what is due; the sweep calls it, and comes back at the time it is told. */
  async runDue(): Promise<RoundReport> {
    return this.#driver.runDue();
  }

  /** When it last finished a round. Asked for when somebody wants to know whether it is alive. */
  async pulse(): Promise<ProberPulse> {
    return this.#driver.pulse();
  }

  /** Asks for another prober, which has no slots left; this object then is its overflow and has no pods of its own. */
  async ask(question: Question): Promise<Answer> {
    return this.#overflow(question);
  }

  override async alarm(): Promise<void> {
    await this.#driver.alarm();
  }
}

const clock: Clock = {
  nowMs: () => Date.now(),
  after(durationMs, run) {
    const timer = setTimeout(run, durationMs);
    return () => clearTimeout(timer);
  },
};

function storeIn<T>(kv: SyncKvStorage, prefix: string): StateStore<T> {
  return {
    load: () => new Map(Array.from(kv.list<T>({ prefix }), ([key, value]) => [key.slice(prefix.length), value])),
    save: (key, value) => kv.put(prefix + key, value),
    remove: (key) => void kv.delete(prefix + key),
  };
}

/** The object is only ever reached by its name. */
function nameOf(ctx: DurableObjectState): string {
  const { name } = ctx.id;
  if (name === undefined) throw new Error("a prober was reached by its id instead of its name");
  return name;
}

function report(error: unknown): void {
  // oxlint-disable-next-line no-console -- the one place where a failure that nobody waits for is seen.
  console.error("prober:", error);
}
