/**
 * What goes on in one namespace: pods and services are created, changed and deleted, each at its own pace, and the
 * pods' servers fall ill and recover. One write at a time, so that it is known what comes after what.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Cause } from "./arrivals.ts";
import type { Chance } from "./chance.ts";
import { HealthLife } from "./health-life.ts";
import { isMember, type ModelledPod, type ModelledService, type NamespaceModel } from "./namespace-model.ts";
import { PodLife } from "./pod-life.ts";
import type { PodServer } from "./pod-servers.ts";
import { complain, type Run } from "./run.ts";
import { ServiceLife } from "./service-life.ts";

/** How long an object is left in peace, in seconds; the pace that nothing is written at is that of the strictest check. */
export type Pace = readonly [fromSeconds: number, toSeconds: number];

export const paces = { hot: [0.2, 1], warm: [5, 30], cold: [60, 240], frozen: [1e6, 1e6] } as const;

/** Something that acts when its time has come. */
export interface Life {
  readonly pace: Pace;
  act(): Promise<void>;
}

export interface LifeDeps {
  run: Run;
  model: NamespaceModel;
  chance: Chance;
  port: number;
  /** The run is over. */
  signal: AbortSignal;
  /** What should be answered has changed. */
  changed(cause: Cause, sinceMs: number): void;
  /** Has DNS asked at once, since a pod that was taken out may not be answered with from `sinceMs` on. */
  dropped(sinceMs: number): Promise<void>;
}

export async function liveIn(deps: Omit<LifeDeps, "changed">, servers: ReadonlyMap<string, PodServer>): Promise<void> {
  const { run, model, chance, signal } = deps;
  if (!(await create(run, model.namespace, signal))) return;
  const changed = (cause: Cause, sinceMs: number): void => expectChanges(run, model, cause, sinceMs);
  const all = { ...deps, changed };
  const lives: Life[] = [
    ...model.services.map((service, index) => new ServiceLife(all, service, servicePaces[index] ?? paces.cold)),
    ...model.pods.map((pod, index) => new PodLife(all, pod, podPaces[index] ?? paces.cold)),
    ...model.pods.flatMap((pod) => {
      const server = servers.get(pod.ip);
      return pod.probe === undefined || server === undefined ? [] : new HealthLife(all, pod, pod.probe, server);
    }),
  ];
  const due = lives.map((life) => ({ life, atMs: Date.now() }));
  while (!signal.aborted) {
    const next = due.reduce((first, each) => (each.atMs < first.atMs ? each : first));
    await sleep(Math.max(0, next.atMs - Date.now()), undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    await next.life.act();
    next.atMs = Date.now() + 1000 * chance.between(...next.life.pace);
  }
}

/** One that never changes, one whose selector moves, one with a cluster IP that comes and goes. */
const servicePaces = [paces.frozen, paces.warm, paces.warm];
const podPaces = [
  paces.frozen,
  paces.frozen,
  paces.hot,
  paces.hot,
  paces.warm,
  paces.warm,
  paces.warm,
  paces.cold,
  paces.cold,
];

export const podsPerNamespace = podPaces.length;

async function create(run: Run, name: string, signal: AbortSignal): Promise<boolean> {
  const manifest = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
  while (!signal.aborted) {
    const status = await run.api("POST", "/api/v1/namespaces", manifest).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 201 || status === 409) return true;
    if (status >= 400 && status < 500) {
      complain(run, "wrong reply", `creating the namespace ${name}: ${status}`);
      return false;
    }
    await sleep(100);
  }
  return false;
}

export function keyOf(model: NamespaceModel, service: ModelledService, pod: ModelledPod): string {
  return `${model.namespace} ${service.name} ${pod.name}`;
}

function expectChanges(run: Run, model: NamespaceModel, cause: Cause, sinceMs: number): void {
  const nowMs = Date.now();
  for (const service of model.services) {
    if (!service.headless) continue;
    for (const pod of model.pods) {
      run.arrivals.expect(keyOf(model, service, pod), isMember(service, pod, nowMs), cause, sinceMs);
    }
  }
}
