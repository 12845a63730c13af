/** What happens to one pod: it is registered, moves between services, terminates or vanishes. */
import { podManifest } from "../lab/manifests.ts";
import type { KubernetesObject } from "../lab/api-client.ts";
import { end } from "./fact.ts";
import { ModelledObject, writeAnnotation } from "./modelled-object.ts";
import type { Life, LifeDeps, Pace } from "./namespace-life.ts";
import type { ModelledPod, PodState } from "./namespace-model.ts";
import { complain } from "./run.ts";

type Pod = NonNullable<PodState>;

const graceSeconds = 2;

export class PodLife implements Life {
  readonly pace: Pace;
  readonly #deps: LifeDeps;
  readonly #pod: ModelledPod;
  readonly #object: ModelledObject<Pod>;
  #writes = 0;
  /** What was last known of it; undefined while there is none. */
  #known: PodState;
  #goneByMs = Infinity;

  constructor(deps: LifeDeps, pod: ModelledPod, pace: Pace) {
    const { run, model, signal } = deps;
    this.#deps = deps;
    this.#pod = pod;
    this.pace = pace;
    const path = `/api/v1/namespaces/${model.namespace}/pods/${pod.name}`;
    const label = `pod ${model.namespace}/${pod.name}`;
    this.#object = new ModelledObject({ run, label, path, state: pod.state, read: readPod, signal });
  }

  async act(): Promise<void> {
    const { chance } = this.#deps;
    if (this.#known === undefined) return this.#register();
    if (this.#known.terminating) return this.#seeItGo();
    const choice = chance.fraction();
    if (choice < 0.6) return this.#relabel(this.#known);
    return choice < 0.85 ? this.#delete() : this.#terminate(this.#known);
  }

  async #register(): Promise<void> {
    const { chance, port, model, run } = this.#deps;
    const { name, ip, probe, state } = this.#pod;
    const next = this.#next(chance.pick(["a", "b"]));
    const readinessProbe = { httpGet: { path: "/ready", port }, ...probe };
    const manifest = podManifest(name, { ip, port, ...(probe !== undefined && { readinessProbe }) });
    const metadata = { name, labels: { app: next.app }, annotations: { [writeAnnotation]: next.write } };
    const path = `/api/v1/namespaces/${model.namespace}/pods`;
    const written = await this.#object.write("create", next, () => run.api("POST", path, { ...manifest, metadata }));
    this.#known = lastKnown(state.possible(Date.now(), Date.now()));
    if (written !== undefined) {
      this.#deps.changed({ kind: probe === undefined ? "write" : "registration" }, written.atMs);
    }
  }

  async #relabel(known: Pod): Promise<void> {
    const next = { ...this.#next(known.app === "a" ? "b" : "a"), uid: known.uid };
    const metadata = { labels: { app: next.app }, annotations: { [writeAnnotation]: next.write } };
    const { run } = this.#deps;
    const written = await this.#object.write("relabel", next, (path) => run.api("PATCH", path, { metadata }));
    await this.#afterTakingOut(written);
  }

  async #delete(): Promise<void> {
    const { run } = this.#deps;
    const send = (path: string): ReturnType<typeof run.api> => run.api("DELETE", `${path}?gracePeriodSeconds=0`);
    await this.#afterTakingOut(await this.#object.write("delete", undefined, send));
  }

  async #terminate(known: Pod): Promise<void> {
    const { run } = this.#deps;
    const next = { ...known, terminating: true };
    const written = await this.#object.write(`delete within ${graceSeconds} s`, next, (path) =>
      run.api("DELETE", `${path}?gracePeriodSeconds=${graceSeconds}`),
    );
    await this.#afterTakingOut(written);
  }

  /** A pod that terminates goes without being told to again. */
  async #seeItGo(): Promise<void> {
    const { run, model } = this.#deps;
    const looked = await this.#object.look();
    this.#know(looked?.state);
    if (looked?.state === undefined || run.faults.calmSince(run.patienceMs, Date.now()) < this.#goneByMs) return;
    const history = this.#pod.state.history(run.startMs, JSON.stringify);
    complain(run, "not converged", `pod ${model.namespace}/${this.#pod.name} terminates for ever`, history);
    this.#goneByMs = Infinity;
  }

  async #afterTakingOut(written: { atMs: number; warnings: string } | undefined): Promise<void> {
    const nowMs = Date.now();
    this.#know(lastKnown(this.#pod.state.possible(nowMs, nowMs)));
    if (written === undefined) return;
    this.#deps.changed({ kind: "write" }, written.atMs);
    if (written.warnings === "") await this.#deps.dropped(written.atMs);
  }

  /** Whoever terminates may be gone at any moment from now on. */
  #know(state: PodState): void {
    const begins = state?.terminating === true && this.#known?.terminating !== true;
    this.#known = state;
    if (state?.terminating !== true) return;
    // A clock that was wrong when the grace period was written down makes it longer.
    const nowMs = Date.now();
    const isTimely = !this.#deps.run.faults.touches(nowMs - 10_000, nowMs);
    if (begins) this.#goneByMs = isTimely ? nowMs + graceSeconds * 1000 : Infinity;
    end(this.#pod.state.begin("go when the grace period is over", undefined, Date.now()), "unknown", Date.now());
  }

  #next(app: string): Pod {
    this.#writes += 1;
    return { uid: "", write: String(this.#writes), app, terminating: false };
  }
}

function lastKnown(possible: readonly PodState[]): PodState {
  return possible.at(-1);
}

export function readPod({ metadata }: KubernetesObject): Pod {
  return {
    uid: metadata.uid,
    write: metadata.annotations?.[writeAnnotation] ?? "",
    app: metadata.labels?.["app"] ?? "",
    terminating: metadata.deletionTimestamp !== undefined,
  };
}
