/**
 * What a prober knows of one pod: a run for each probe, what follows for its containers, and what the registry was told
 * last. Judges; neither asks nor writes.
 */
import { isPodFinished, isPodTerminating, type Pod } from "../domain/pod.ts";
import { expireAfterMsOf, leaseExpiredReason, unreadySinceMs, type PodLease } from "../domain/pod-lease.ts";
import { needsAgentReason, type ContainerReadiness } from "../domain/readiness.ts";
import type { MovingCounters, ProbeRun } from "./probe-run.ts";
import type { Answer } from "./asker.ts";
import type { ProbeSubject } from "./pod-events.ts";
import type { ContainerPlan, ProbeKind, ProbePlan } from "./probe-spec.ts";
import { isNews, shownTrouble, troubleAfter, type Trouble, type TroubleKind } from "./trouble.ts";

export interface ProbedContainer {
  plan: ContainerPlan;
  startup: ProbeRun | undefined;
  readiness: ProbeRun | undefined;
  trouble: Trouble | undefined;
}

/** A probe that can be run now, and for whom. */
export interface RunnableProbe {
  container: ProbedContainer;
  run: ProbeRun;
}

/** What the registry should hold of the pod's containers. */
export interface News {
  /** In the order of the spec. */
  containers: ContainerReadiness[];
  troubles: (TroubleKind | undefined)[];
}

/** What the registry holds of a container. */
interface Written {
  ready: boolean;
  started: boolean;
  reason: string | undefined;
  trouble: TroubleKind | undefined;
}

/** Makes the run of a plan that can be probed; `passing` is the verdict to begin with. */
export type NewRun = (plan: ProbePlan | undefined, passing: boolean) => ProbeRun | undefined;

export class ProbedPod {
  pod: Pod;
  /** Its lease, when that has expired. */
  expired: PodLease | undefined;
  readonly #containers: ProbedContainer[];
  #written: Map<string, Written>;
  #unreadySinceMs: number | undefined;

  /**
   * `afresh`: the pod begins from nothing whatever its status says, since its address or the way to it changed.
   * Otherwise it goes on from the verdicts in its status.
   */
  constructor(pod: Pod, plans: readonly ContainerPlan[], newRun: NewRun, afresh: boolean) {
    this.pod = pod;
    this.#unreadySinceMs = unreadySinceMs(pod);
    this.#written = new Map(plans.map((plan) => [plan.name, writtenOf(pod, plan)]));
    this.#containers = plans.map((plan) => {
      const before = afresh ? undefined : this.#written.get(plan.name);
      const started = before?.started ?? false;
      return {
        plan,
        startup: newRun(plan.startup, started),
        readiness: newRun(plan.readiness, started && (before?.ready ?? false)),
        trouble: unplanned(plan),
      };
    });
  }

  /** What decides whether a new state of the same pod is probed on or begins afresh. */
  get planText(): string {
    return JSON.stringify(this.#containers.map(({ plan }) => plan));
  }

  /** Readiness goes on being probed while a pod terminates; startup does not, and a finished pod is left alone. */
  runnable(): RunnableProbe[] {
    if (isPodFinished(this.pod)) return [];
    return this.#containers.flatMap((container) => {
      const started = this.#isStarted(container);
      const run = started ? container.readiness : isPodTerminating(this.pod) ? undefined : container.startup;
      return run === undefined ? [] : [{ container, run }];
    });
  }

  /** Takes in an outcome of a probe that `runnable` named. */
  judge({ container, run }: RunnableProbe, { outcome, swallowed }: Answer, nowMs: number): void {
    run.end(outcome.result, swallowed);
    const { plan, trouble } = container;
    container.trouble = troubleAfter(trouble, run.spec.kind, plan.name, outcome) ?? unplanned(plan);
    const isReady = this.#containers.every((each) => this.#readiness(each).ready);
    this.#unreadySinceMs = isReady ? undefined : (this.#unreadySinceMs ?? nowMs);
  }

  /** Whether it has not been ready for as long as it said that it would be waited for. */
  isOverdue(nowMs: number): boolean {
    const { pod } = this;
    return nowMs - (this.#unreadySinceMs ?? nowMs) >= (expireAfterMsOf(pod) ?? Infinity) && !isPodTerminating(pod);
  }

  /** Takes in a new state of the same pod, reached in the same way. */
  update(pod: Pod): void {
    this.pod = pod;
    // What others have written is not what this prober remembers to have written.
    this.#written = new Map(this.#containers.map(({ plan }) => [plan.name, writtenOf(pod, plan)]));
  }

  /** What events about the probe are about. */
  subjectOf({ container, run }: RunnableProbe): ProbeSubject {
    const { periodMs, passing, spec } = run;
    return { uid: this.pod.metadata.uid, container: container.plan.name, kind: spec.kind, periodMs, passing };
  }

  /** What the registry does not hold yet; undefined when it holds everything. */
  news(): News | undefined {
    const containers = this.#containers.map((container) => this.#readiness(container));
    if (!containers.some((now, index) => this.#isNews(now, this.#containers[index]?.trouble))) return undefined;
    const troubles = this.#containers.map(({ trouble }, index) =>
      containers[index]?.message === undefined ? undefined : trouble?.kind,
    );
    return { containers, troubles };
  }

  /** The registry has taken the news in. */
  told({ containers, troubles }: News): void {
    for (const [index, { name, ready, started, reason }] of containers.entries()) {
      this.#written.set(name, { ready, started, reason, trouble: troubles[index] });
    }
  }

  /** Counters that an eviction would lose, by a key that belongs to this pod alone. */
  counters(): { key: string; moving: MovingCounters | undefined }[] {
    return this.#runs().map(({ key, run }) => ({ key, moving: run.movingCounters }));
  }

  restore(stored: ReadonlyMap<string, MovingCounters>): void {
    for (const { key, run } of this.#runs()) {
      const counters = stored.get(key);
      if (counters !== undefined) run.restore(counters);
    }
  }

  #runs(): { key: string; run: ProbeRun }[] {
    return this.#containers.flatMap(({ plan, startup, readiness }) =>
      [startup, readiness].flatMap((run) =>
        run === undefined ? [] : [{ key: counterKey(this.pod.metadata.uid, plan.name, run.spec.kind), run }],
      ),
    );
  }

  #readiness(container: ProbedContainer): ContainerReadiness {
    const { name, readiness } = container.plan;
    if (isPodFinished(this.pod)) return { name, ready: false, started: false };
    const started = this.#isStarted(container);
    if (this.expired !== undefined) return this.#expiredReadiness(container, started);
    const agent = agentPlan(container.plan);
    if (agent !== undefined) return { name, ready: false, started, reason: needsAgentReason, message: agent.message };
    if (started && isPassing(readiness, container.readiness, this.#written.get(name)?.ready)) {
      return { name, ready: true, started };
    }
    const { trouble } = container;
    return { name, ready: false, started, ...(trouble === undefined ? {} : { message: trouble.message }) };
  }

  /** The pod's containers share the lease, and the first of them says what became of it. */
  #expiredReadiness(container: ProbedContainer, started: boolean): ContainerReadiness {
    const message = container === this.#containers[0] ? this.expired?.message : undefined;
    const { name } = container.plan;
    return { name, ready: false, started, reason: leaseExpiredReason, ...(message !== undefined && { message }) };
  }

  #isStarted({ plan, startup }: ProbedContainer): boolean {
    return isPassing(plan.startup, startup, this.#written.get(plan.name)?.started);
  }

  #isNews(now: ContainerReadiness, trouble: Trouble | undefined): boolean {
    const known = this.#written.get(now.name);
    if (known === undefined) return true;
    if (known.ready !== now.ready || known.started !== now.started || known.reason !== now.reason) return true;
    return !now.ready && now.reason === undefined && now.message !== undefined && isNews(trouble, known.trouble);
  }
}

function counterKey(uid: string, container: string, kind: ProbeKind): string {
  return `${uid}/${container}/${kind}`;
}

/** Without a probe there is nothing to wait for; what cannot be judged stays as it is. */
function isPassing(plan: ProbePlan | undefined, run: ProbeRun | undefined, asWritten: boolean | undefined): boolean {
  if (plan === undefined) return true;
  return run === undefined ? (asWritten ?? false) : run.passing;
}

function agentPlan({ startup, readiness }: ContainerPlan): { message: string } | undefined {
  return [startup, readiness].find((plan) => plan?.plan === "needs-agent");
}

/** A probe that cannot be made is a trouble from the start. */
function unplanned({ name, startup, readiness }: ContainerPlan): Trouble | undefined {
  for (const [kind, plan] of [
    ["startup", startup],
    ["readiness", readiness],
  ] as const) {
    if (plan?.plan !== "unknown") continue;
    return troubleAfter(undefined, kind, name, { result: "unknown", message: plan.message });
  }
  return undefined;
}

function writtenOf(pod: Pod, plan: ContainerPlan): Written {
  const status = pod.status.containerStatuses?.find(({ name }) => name === plan.name);
  const reason = pod.status.conditions?.find(({ type }) => type === "ContainersReady")?.reason;
  return {
    ready: status?.ready ?? false,
    started: status?.started ?? false,
    // The reason is the pod's as a whole; it may be another container's that needs an agent.
    reason:
      reason === leaseExpiredReason || (reason === needsAgentReason && agentPlan(plan) !== undefined)
        ? reason
        : undefined,
    trouble: shownTrouble(pod, plan.name),
  };
}
