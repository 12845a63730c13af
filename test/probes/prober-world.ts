/** A prober with all that is around it: a registry, a network with production's rules, storage that outlives evictions, a clock. */
import { withReadiness, type ContainerReadiness } from "../../src/domain/readiness.ts";
import { initialReadiness } from "../../src/domain/readiness.ts";
import type { Pod, Probe } from "../../src/domain/pod.ts";
import { newOverflow, newProber, type Overflow } from "../../src/probes/new-prober.ts";
import type { Happening } from "../../src/domain/event.ts";
import type { StateStore } from "../../src/probes/kept-state.ts";
import type { DueEvent, KeptSeries } from "../../src/probes/pod-events.ts";
import type { ProberDriver } from "../../src/probes/prober-driver.ts";
import type { PodIdentity } from "../../src/probes/prober-deps.ts";
import type { MovingCounters } from "../../src/probes/probe-run.ts";
import type { ProberSnapshot } from "../../src/registry/registry.ts";
import { policyOf } from "../probe-policy.ts";
import { StrictPlatform } from "./strict-platform.ts";
import { VirtualClock } from "./virtual-clock.ts";

export const proberName = "edge-0";

/** A pod of one container with this probe, registered at `nowMs`. */
export function probedPod(name: string, ip: string, readinessProbe: Probe, nowMs: number): Pod {
  const created = `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
  const pod: Pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default", uid: `uid-of-${name}`, resourceVersion: "1", creationTimestamp: created },
    spec: { nodeName: proberName, containers: [{ name: "web", readinessProbe }] },
    status: { phase: "Running", podIP: ip, podIPs: [{ ip }], startTime: created },
  };
  return withReadiness(pod, pod.spec.containers.map(initialReadiness), nowMs);
}

export class ProberWorld {
  readonly clock = new VirtualClock();
  readonly network: StrictPlatform;
  readonly registry = new FakeRegistry(this.clock);
  readonly storage = {
    counters: new Map<string, MovingCounters>(),
    series: new Map<string, KeptSeries>(),
    alarmMs: undefined as number | undefined,
    rows: 0,
  };
  readonly reported: unknown[] = [];
  /** The overflow objects by name: each has a network of its own, to the same pods. */
  readonly overflowNetworks = new Map<string, StrictPlatform>();
  readonly #overflows = new Map<string, Overflow>();
  /** Whom it was asked about. */
  readonly overflowed: string[] = [];
  overflowFails = false;
  alarmsWork = true;
  readonly #unansweredMs: number;
  #driver: ProberDriver;

  /** `unansweredMs`: after how long the platform gives up a connection that nobody answers. */
  constructor(unansweredMs = 20_000) {
    this.#unansweredMs = unansweredMs;
    this.network = new StrictPlatform(this.clock, new Map(), unansweredMs);
    this.#driver = this.#newDriver();
  }

  /** The object as it is in memory now. */
  get prober(): ProberDriver {
    return this.#driver;
  }

  /** The object loses its memory and keeps its storage. */
  evict(): void {
    this.#driver = this.#newDriver();
  }

  /** Registers pods and pokes the prober. */
  async register(...pods: Pod[]): Promise<void> {
    for (const pod of pods) this.registry.put(pod);
    await this.#driver.poke();
  }

  /** Calls the prober as the sweep does, for so long. */
  async sweepFor(durationMs: number): Promise<void> {
    // Its last call may outlast it, as the real one's.
    this.#sweepUntil(this.clock.nowMs() + durationMs).catch((error: unknown) => this.reported.push(error));
    await this.clock.pass(durationMs);
  }

  async #sweepUntil(endMs: number): Promise<void> {
    for (;;) {
      const { nextDueMs } = await this.#driver.runDue();
      const againMs = Math.min(nextDueMs ?? Infinity, this.clock.nowMs() + 60_000);
      if (againMs >= endMs) return;
      await this.clock.sleep(againMs - this.clock.nowMs());
    }
  }

  #newDriver(): ProberDriver {
    const { clock, network, storage, registry } = this;
    return newProber({
      prober: proberName,
      policy: policyOf(),
      registry,
      clock,
      connect: network.connect,
      fetch: network.fetch,
      overflow: (name) => async (question) => {
        this.overflowed.push(question.target.hostname);
        if (this.overflowFails) throw new Error("the object cannot be reached");
        return this.#overflowNamed(name)(question);
      },
      counters: this.#storeOf(storage.counters),
      series: this.#storeOf(storage.series),
      alarm: {
        get: async () => storage.alarmMs ?? null,
        set: async (atMs) => {
          storage.rows += 1;
          storage.alarmMs = atMs;
          this.clock.after(atMs - clock.nowMs(), () => this.#ring(atMs));
        },
        clear: async () => {
          storage.rows += 1;
          storage.alarmMs = undefined;
        },
      },
      waitUntil: () => {},
      report: (error) => this.reported.push(error),
    });
  }

  #overflowNamed(name: string): Overflow {
    const network =
      this.overflowNetworks.get(name) ?? new StrictPlatform(this.clock, this.network.peers, this.#unansweredMs);
    const overflow =
      this.#overflows.get(name) ?? newOverflow({ connect: network.connect, fetch: network.fetch, clock: this.clock });
    this.overflowNetworks.set(name, network);
    this.#overflows.set(name, overflow);
    return overflow;
  }

  #storeOf<T>(stored: Map<string, T>): StateStore<T> {
    return {
      load: () => new Map(stored),
      save: (key, value) => {
        this.storage.rows += 1;
        stored.set(key, value);
      },
      remove: (key) => {
        this.storage.rows += 1;
        stored.delete(key);
      },
    };
  }

  #ring(atMs: number): void {
    if (!this.alarmsWork || this.storage.alarmMs !== atMs) return;
    this.storage.alarmMs = undefined;
    void this.#driver.alarm();
  }
}

/** A registry that keeps what it was told, and a log of the verdicts. */
export class FakeRegistry {
  readonly #clock: VirtualClock;
  readonly #pods = new Map<string, Pod>();
  #revision = 1;
  epoch = "first";
  readonly verdicts: {
    pod: string;
    ready: boolean;
    started: boolean;
    message: string;
    decidedMs: number;
    atMs: number;
  }[] = [];
  readonly removals: { pod: string; atMs: number }[] = [];
  readonly expiries: { pod: string; atMs: number }[] = [];
  /** By uid. */
  readonly renewedMs = new Map<string, number>();
  /** By name. */
  readonly events = new Map<string, Happening & { times: number; lastMs: number }>();
  eventWrites = 0;
  convergedTo = 0;
  reads = 0;
  writesTakeMs = 0;
  /** Fails the next calls of this kind. */
  failing: "reads" | "writes" | undefined;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  get(name: string): Pod {
    const pod = this.#pods.get(name);
    if (pod === undefined) throw new Error(`no pod ${name}`);
    return pod;
  }

  put(pod: Pod): void {
    this.#revision += 1;
    this.#pods.set(pod.metadata.name, pod);
  }

  remove(name: string): void {
    this.#revision += 1;
    this.#pods.delete(name);
  }

  isReady(name: string): boolean {
    return this.get(name).status.conditions?.find(({ type }) => type === "Ready")?.status === "True";
  }

  /** The message of the ContainersReady condition. */
  message(name: string): string | undefined {
    return this.get(name).status.conditions?.find(({ type }) => type === "ContainersReady")?.message;
  }

  snapshot(): ProberSnapshot {
    return {
      epoch: this.epoch,
      revision: this.#revision,
      node: undefined,
      pods: [...this.#pods.values()],
      renewedMs: new Map(this.renewedMs),
    };
  }

  async readAssigned(): Promise<ProberSnapshot> {
    this.reads += 1;
    if (this.failing === "reads") throw new Error("D1 cannot be read");
    return this.snapshot();
  }

  async writeReadiness(
    { name, uid }: PodIdentity,
    node: string,
    containers: ContainerReadiness[],
    decidedMs: number,
  ): Promise<"written" | "unchanged" | "gone"> {
    if (this.writesTakeMs > 0) await this.#clock.sleep(this.writesTakeMs);
    if (this.failing === "writes") throw new Error("D1 cannot be written");
    const pod = this.#pods.get(name);
    if (pod?.metadata.uid !== uid || pod.spec.nodeName !== node) return "gone";
    const after = withReadiness(pod, containers, this.#clock.nowMs());
    if (after === pod) return "unchanged";
    this.put(after);
    const [first] = containers;
    this.verdicts.push({
      pod: name,
      ready: containers.every(({ ready }) => ready),
      started: first?.started ?? false,
      message: first?.message ?? "",
      decidedMs,
      atMs: this.#clock.nowMs(),
    });
    return "written";
  }

  async removeTerminated({ name, uid }: PodIdentity): Promise<void> {
    if (this.failing === "writes") throw new Error("D1 cannot be written");
    const pod = this.#pods.get(name);
    if (pod?.metadata.uid !== uid) return;
    this.removals.push({ pod: name, atMs: this.#clock.nowMs() });
    const isHeld = (pod.metadata.finalizers ?? []).length > 0;
    if (isHeld) this.put({ ...pod, metadata: { ...pod.metadata, deletionGracePeriodSeconds: 0 } });
    else this.remove(name);
  }

  async removeExpired(pod: PodIdentity): Promise<void> {
    this.expiries.push({ pod: pod.name, atMs: this.#clock.nowMs() });
    if (this.get(pod.name).metadata.uid === pod.uid) this.remove(pod.name);
  }

  /** The pod is heard of. */
  renew(name: string): void {
    this.renewedMs.set(this.get(name).metadata.uid, this.#clock.nowMs());
  }

  async recordEvent(pod: Pod, happening: Happening, event: Omit<DueEvent, "happening">): Promise<void> {
    this.eventWrites += 1;
    if (this.failing === "writes") throw new Error("D1 cannot be written");
    const name = `${pod.metadata.name}.${event.suffix}`;
    const { times = 0 } = this.events.get(name) ?? {};
    this.events.set(name, { ...happening, times: times + event.times, lastMs: event.atMs });
  }

  async convergedAt(_prober: string, revision: number): Promise<void> {
    this.convergedTo = revision;
  }
}
