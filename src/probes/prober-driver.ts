/**
 * Two clocks, one scheduler: the sweep drives the prober through the minute, its own alarm when the sweep does not.
 * Both run the same rounds. Everything is caught, and the alarm is put in its place after whatever happened.
 */
import { Convergence } from "../domain/convergence.ts";
import type { ProberPulse } from "../domain/edge-node.ts";
import { earliestRoundMs, nextAlarm } from "./next-alarm.ts";
import type { ProbeEngine } from "./probe-engine.ts";
import type { ProberRegistry } from "./prober-deps.ts";
import { before, deadlineIn, type Clock } from "./sockets.ts";

export interface ProberDriverDeps {
  prober: string;
  engine: ProbeEngine;
  registry: Pick<ProberRegistry, "readAssigned" | "convergedAt">;
  clock: Clock;
  alarm: {
    get(): Promise<number | null>;
    set(atMs: number): Promise<void>;
    clear(): Promise<void>;
  };
  waitUntil: (work: Promise<unknown>) => void;
  report: (error: unknown) => void;
}

export interface RoundReport {
  /** When to call again; undefined when there is nothing to probe. */
  nextDueMs: number | undefined;
  /** No pod is assigned to the prober. */
  empty: boolean;
}

/** When the registry could not be read, it is tried again after this long. */
const retryMs = 60_000;

export class ProberDriver {
  readonly #deps: ProberDriverDeps;
  readonly #convergence: Convergence;
  #sweepBackMs: number | undefined;
  #sweepsUnderWay = 0;
  /** undefined after a cold start. */
  #lastRoundMs: number | undefined;

  constructor(deps: ProberDriverDeps) {
    this.#deps = deps;
    this.#convergence = new Convergence(() => this.#converge());
  }

  /** Something about the assigned pods has changed. Resolves when it is taken in, not when anything is probed. */
  async poke(): Promise<void> {
    const { engine, registry, prober, clock } = this.#deps;
    try {
      await this.#convergence.poke();
      await registry.convergedAt(prober, engine.revision ?? 0);
    } finally {
      const nowMs = clock.nowMs();
      const dueMs = engine.nextDueMs(nowMs);
      if (dueMs !== undefined && dueMs <= nowMs) this.#deps.waitUntil(this.#roundAndArm());
      else await this.#arm();
    }
  }

  /** The sweep's call. It comes back at the time it is told. */
  async runDue(): Promise<RoundReport> {
    this.#sweepsUnderWay += 1;
    try {
      await this.#load();
      await this.#round();
      const { engine, clock } = this.#deps;
      this.#sweepBackMs = engine.nextDueMs(clock.nowMs());
      return { nextDueMs: this.#sweepBackMs, empty: engine.podCount === 0 };
    } finally {
      this.#sweepsUnderWay -= 1;
      await this.#arm();
    }
  }

  async alarm(): Promise<void> {
    try {
      await this.#load();
      await this.#round();
    } catch (error) {
      this.#deps.report(error);
    } finally {
      await this.#arm();
    }
  }

  /** Writes nothing and arms nothing, or asking would pass for life. */
  async pulse(): Promise<ProberPulse> {
    const { engine, alarm } = this.#deps;
    if (engine.revision === undefined) await this.#convergence.poke();
    const periodMs = engine.shortestPeriodMs;
    if (periodMs === undefined || this.#lastRoundMs !== undefined) return { lastRoundMs: this.#lastRoundMs, periodMs };
    const alarmMs = await alarm.get();
    return { lastRoundMs: alarmMs === null ? undefined : earliestRoundMs(alarmMs), periodMs };
  }

  async #converge(): Promise<void> {
    const { engine, registry, prober, clock } = this.#deps;
    await engine.reconcile(await registry.readAssigned(prober), clock.nowMs());
  }

  /**
   * After a cold start the table is empty, and nothing is known of the pods but what the registry says. Of a lease that
   * would be over it alone knows whether it was renewed; while it cannot be read, probing goes on and no lease expires.
   */
  async #load(): Promise<void> {
    const { engine, clock, report } = this.#deps;
    if (engine.revision === undefined) await this.#convergence.poke();
    else if (engine.beginReading(clock.nowMs())) await this.#convergence.poke().catch(report);
  }

  async #round(): Promise<void> {
    const { engine, clock } = this.#deps;
    await this.#runDue();
    // What is due only in a while, after an initial delay, is as good as a round until then.
    const nowMs = clock.nowMs();
    const aheadMs = (engine.nextDueMs(nowMs) ?? nowMs) - (engine.shortestPeriodMs ?? 0);
    this.#lastRoundMs = Math.max(nowMs, aheadMs);
  }

  /** Ends when all that was due is judged, or when the next probes are due: a slow pod delays nobody. */
  async #runDue(): Promise<void> {
    const { engine, clock, waitUntil, report } = this.#deps;
    const nowMs = clock.nowMs();
    const judged = engine.runDue(nowMs).catch(report);
    waitUntil(judged);
    const nextMs = engine.nextDueMs(nowMs);
    if (nextMs === undefined) return judged;
    const next = deadlineIn(clock, Math.max(0, nextMs - nowMs));
    await before(next, judged);
    next.cancel();
  }

  async #roundAndArm(): Promise<void> {
    await this.#round();
    await this.#arm();
  }

  async #arm(): Promise<void> {
    // The sweep is here, and what it leaves behind is armed when it goes.
    if (this.#sweepsUnderWay > 0) return;
    const { engine, clock, alarm, report } = this.#deps;
    const nowMs = clock.nowMs();
    const loaded = engine.revision !== undefined;
    try {
      const move = nextAlarm({
        nowMs,
        nextDueMs: loaded ? engine.nextDueMs(nowMs) : nowMs + retryMs,
        sweepBackMs: this.#sweepBackMs,
        alarmMs: (await alarm.get()) ?? undefined,
      });
      if (move.move === "set") await alarm.set(move.alarmMs);
      if (move.move === "clear") await alarm.clear();
    } catch (error) {
      report(error);
    }
  }
}
