/**
 * The table of the pods assigned to one prober: converges it with what the registry says, runs what is due, judges what
 * comes back, and asks to write a verdict when, and only when, it changed. Knows no clock and nothing of Cloudflare.
 */
import type { ProbePolicy } from "../access/address-policy.ts";
import type { Pod } from "../domain/pod.ts";
import type { ContainerReadiness } from "../domain/readiness.ts";
import type { ProberSnapshot } from "../registry/registry.ts";
import type { Answer, Question } from "./asker.ts";
import { KeptState, type StateStore } from "./kept-state.ts";
import { PodEntry } from "./pod-entry.ts";
import { PodEvents, type Due, type KeptSeries } from "./pod-events.ts";
import { ProbedPod, type RunnableProbe } from "./probed-pod.ts";
import { ProbeRun, type MovingCounters } from "./probe-run.ts";
import { planProbes, type ProbePlan } from "./probe-spec.ts";
import type { PodIdentity, ProberRegistry } from "./prober-deps.ts";

export interface ProbeEngineDeps {
  /** The prober's name, which is its node's. */
  prober: string;
  policy: ProbePolicy;
  ask(question: Question): Promise<Answer>;
  /** As the registry's, which is told when. */
  writeReadiness(
    pod: PodIdentity,
    node: string,
    containers: ContainerReadiness[],
  ): ReturnType<ProberRegistry["writeReadiness"]>;
  removeTerminated: ProberRegistry["removeTerminated"];
  removeExpired: ProberRegistry["removeExpired"];
  recordEvent: ProberRegistry["recordEvent"];
  /** Counters over an eviction, while they are moving. */
  counters: StateStore<MovingCounters>;
  /** Which events were written, and how often they had happened by then. */
  series: StateStore<KeptSeries>;
  /** Something went wrong that nobody waits for. */
  report: (error: unknown) => void;
}

export class ProbeEngine {
  readonly #deps: ProbeEngineDeps;
  #entries = new Map<string, PodEntry>();
  #asOf: { epoch: string; revision: number } | undefined;
  readonly #counters: KeptState<MovingCounters>;
  readonly #series: KeptState<KeptSeries>;

  constructor(deps: ProbeEngineDeps) {
    this.#deps = deps;
    this.#counters = new KeptState(deps.counters);
    this.#series = new KeptState(deps.series);
  }

  /** The registry's revision that the table follows; undefined before the first reconciliation. */
  get revision(): number | undefined {
    return this.#asOf?.revision;
  }

  get podCount(): number {
    return this.#entries.size;
  }

  /**
   * Takes in what is assigned now; a snapshot older than the last one is dropped. A pod goes on as it was unless it is
   * another one by uid, or is reached in another way. Resolves when what follows at once is written; rejects when that failed.
   */
  async reconcile(snapshot: ProberSnapshot, nowMs: number): Promise<void> {
    const held = this.#asOf;
    if (held?.epoch === snapshot.epoch && snapshot.revision < held.revision) return;
    // A registry of another epoch was restored from a copy: nothing that was seen in the other one holds.
    const known = held?.epoch === snapshot.epoch ? this.#entries : new Map<string, PodEntry>();
    this.#asOf = { epoch: snapshot.epoch, revision: snapshot.revision };
    this.#entries = new Map(
      snapshot.pods.map((pod) => [pod.metadata.uid, this.#entryOf(pod, known.get(pod.metadata.uid), nowMs)]),
    );
    for (const pod of snapshot.pods) {
      this.#entries.get(pod.metadata.uid)?.update(pod, snapshot.renewedMs.get(pod.metadata.uid), nowMs);
    }
    this.#forgetStrangers();
    await Promise.all([...this.#entries.values()].map((entry) => this.#publish(entry)));
  }

  /** Runs what is due. Resolves when all of it is judged and written; a failure to write is reported, not thrown. */
  async runDue(nowMs: number): Promise<void> {
    const works: Promise<void>[] = [];
    for (const entry of this.#entries.values()) {
      if (entry.unpublished) works.push(this.#publish(entry));
      const removal = entry.beginRemoval(nowMs);
      if (removal !== undefined) works.push(this.#remove(entry, removal));
      for (const probe of entry.probed.runnable()) {
        if (probe.run.begin(nowMs) !== undefined) works.push(this.#probe(entry, probe, nowMs));
      }
    }
    const results = await Promise.allSettled(works);
    for (const result of results) if (result.status === "rejected") this.#deps.report(result.reason);
  }

  /** Whether the registry is to be read again before `runDue`, since a lease may have been renewed that would be over. */
  beginReading(nowMs: number): boolean {
    return [...this.#entries.values()].filter((entry) => entry.beginReading(nowMs)).length > 0;
  }

  /** Between rounds; undefined when there is nothing to probe. */
  get shortestPeriodMs(): number | undefined {
    const runs = [...this.#entries.values()].flatMap(({ probed }) => probed.runnable());
    return runs.length === 0 ? undefined : Math.min(...runs.map(({ run }) => run.spec.periodMs));
  }

  /** When there will next be something to do; undefined when there is nothing to probe, to look after or to remove. */
  nextDueMs(nowMs: number): number | undefined {
    let next = Infinity;
    for (const entry of this.#entries.values()) next = Math.min(next, entry.nextDueMs(nowMs));
    return next === Infinity ? undefined : next;
  }

  #entryOf(pod: Pod, before: PodEntry | undefined, nowMs: number): PodEntry {
    const plans = planProbes(pod, this.#deps.policy);
    if (before?.probed.planText === JSON.stringify(plans)) return before;
    const { prober } = this.#deps;
    const startedMs = Math.min(nowMs, startOf(pod) ?? nowMs);
    const newRun = (plan: ProbePlan | undefined, passing: boolean): ProbeRun | undefined =>
      plan?.plan === "probe" ? new ProbeRun(plan.spec, { prober, startedMs, passing }) : undefined;
    const probed = new ProbedPod(pod, plans, newRun, before !== undefined);
    const { uid } = pod.metadata;
    if (before === undefined) probed.restore(this.#counters.of(uid));
    return new PodEntry(probed, before?.events ?? new PodEvents(this.#series.of(uid)), (entry) => this.#write(entry));
  }

  async #probe(entry: PodEntry, probe: RunnableProbe, nowMs: number): Promise<void> {
    const { spec, suspect, passing: wasPassing } = probe.run;
    const { target, timeoutMs } = spec;
    const answer = await this.#deps.ask({ target, timeoutMs, use: suspect ? "suspect" : "probe" });
    // The pod may have gone, or begun afresh, in the meantime: what was seen of it then says nothing now.
    if (!this.#isCurrent(entry)) return;
    entry.probed.judge(probe, answer, nowMs);
    this.#saveCounters(entry);
    const recovered = !wasPassing && probe.run.passing;
    const due = entry.events.after(entry.probed.subjectOf(probe), answer.outcome, recovered, nowMs);
    const [published] = await Promise.allSettled([this.#publish(entry), this.#record(entry, due)]);
    if (published.status === "rejected") throw published.reason;
    this.#forgetCounters(entry);
    // A pod that the platform cannot reach has not failed.
    if (answer.outcome.result === "failure" && entry.beginOverdueRemoval(nowMs)) await this.#remove(entry, "expired");
  }

  /** An event that could not be written is let go; what goes on is written when its count has doubled again. */
  async #record({ probed }: PodEntry, due: Due): Promise<void> {
    for (const [key, series] of due.keep) this.#series.keep(key, series);
    for (const key of due.forget) this.#series.forget(key);
    const { recordEvent, prober, report } = this.#deps;
    const source = { component: "prober", host: prober };
    for (const { happening, ...event } of due.events) {
      await recordEvent(probed.pod, { ...happening, source }, event).catch(report);
    }
  }

  async #publish(entry: PodEntry): Promise<void> {
    if (entry.probed.news() !== undefined) await entry.publication.poke();
  }

  async #write(entry: PodEntry): Promise<void> {
    const news = entry.probed.news();
    if (news === undefined || !this.#isCurrent(entry)) return;
    const { namespace = "", name, uid } = entry.probed.pod.metadata;
    entry.unpublished = true;
    const result = await this.#deps.writeReadiness({ namespace, name, uid }, this.#deps.prober, news.containers);
    entry.unpublished = false;
    if (result !== "gone") entry.probed.told(news);
    else if (this.#isCurrent(entry)) this.#drop(uid);
  }

  /** The pod leaves the table when the registry no longer assigns it, which the removal makes known by a poke. */
  async #remove({ probed }: PodEntry, removal: "terminated" | "expired"): Promise<void> {
    const { namespace = "", name, uid } = probed.pod.metadata;
    const { removeTerminated, removeExpired } = this.#deps;
    await (removal === "terminated" ? removeTerminated : removeExpired)({ namespace, name, uid });
  }

  #isCurrent(entry: PodEntry): boolean {
    return this.#entries.get(entry.probed.pod.metadata.uid) === entry;
  }

  #drop(uid: string): void {
    this.#entries.delete(uid);
    this.#forgetStrangers();
  }

  #saveCounters({ probed }: PodEntry): void {
    for (const { key, moving } of probed.counters()) if (moving !== undefined) this.#counters.keep(key, moving);
  }

  /** Only after the verdict that the counters led to is written: else a crash in between would lose both. */
  #forgetCounters({ probed }: PodEntry): void {
    for (const { key, moving } of probed.counters()) if (moving === undefined) this.#counters.forget(key);
  }

  #forgetStrangers(): void {
    this.#counters.forgetOthers(this.#entries);
    this.#series.forgetOthers(this.#entries);
  }
}

/** Containers start with their pod. */
function startOf(pod: Pod): number | undefined {
  const startMs = Date.parse(pod.status.startTime ?? pod.metadata.creationTimestamp);
  return Number.isNaN(startMs) ? undefined : startMs;
}
