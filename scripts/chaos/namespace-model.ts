/**
 * What the outside knows of one namespace: its pods, its services, and which pods must, may or must not be behind which
 * service at a moment. Pure; who writes and who looks are elsewhere.
 */
import type { Fact } from "./fact.ts";

/** A pod as far as the chaos cares; undefined when there is none. */
export type PodState = { uid: string; write: string; app: string; terminating: boolean } | undefined;

export type ServiceState = { uid: string; write: string; app: string; clusterIP: string } | undefined;

export interface ModelledPod {
  name: string;
  ip: string;
  /** Whether its server's state decides; a pod without a probe is ready at once. */
  probe: ModelledProbe | undefined;
  state: Fact<PodState>;
  /** Whether the pod's server answers its probe well. */
  healthy: Fact<boolean>;
}

export interface ModelledProbe {
  periodSeconds: number;
  timeoutSeconds: number;
  failureThreshold: number;
}

export interface ModelledService {
  name: string;
  headless: boolean;
  state: Fact<ServiceState>;
}

export interface NamespaceModel {
  namespace: string;
  pods: readonly ModelledPod[];
  services: readonly ModelledService[];
}

/** Since when what is asked about must be certain, for it to have to show. */
export interface Window {
  /** For what was written. */
  fromMs: number;
  /** For the state of a pod's server, which has to be found out first. */
  healthFromMs: number;
  toMs: number;
}

/** How long it may take to notice that a pod fails. */
export function detectionBoundMs({ periodSeconds, timeoutSeconds, failureThreshold }: ModelledProbe): number {
  return (failureThreshold * periodSeconds + timeoutSeconds) * 1000;
}

export interface Membership {
  mayBeIn: boolean;
  mayBeOut: boolean;
}

/** Whether the pod may have been behind the service, and whether it may not have been, at some moment of the window. */
export function membership(service: ModelledService, pod: ModelledPod, window: Window): Membership {
  const { fromMs, healthFromMs, toMs } = window;
  const selected = new Set(service.state.possible(fromMs, toMs).map((state) => state?.app));
  const labelled = new Set(
    pod.state.possible(fromMs, toMs).map((state) => (state?.terminating ? undefined : state?.app)),
  );
  const healthy = new Set(pod.probe === undefined ? [true] : pod.healthy.possible(healthFromMs, toMs));
  const common = [...selected].filter((app) => app !== undefined && labelled.has(app));
  return {
    mayBeIn: common.length > 0 && healthy.has(true),
    mayBeOut: common.length === 0 || selected.size > 1 || labelled.size > 1 || healthy.has(false),
  };
}

/** Whether it is behind the service at this moment, if that is certain, whoever had noticed. */
export function isMember(service: ModelledService, pod: ModelledPod, atMs: number): boolean | undefined {
  const { mayBeIn, mayBeOut } = membership(service, pod, { fromMs: atMs, healthFromMs: atMs, toMs: atMs });
  return mayBeIn && mayBeOut ? undefined : mayBeIn;
}

/** What is wrong with the addresses that were seen for the service; nothing when they may have been right. */
export function findWrong(
  model: NamespaceModel,
  service: ModelledService,
  addresses: readonly string[],
  windowOf: (pod: ModelledPod) => Window,
): { pod: ModelledPod | undefined; why: string }[] {
  const known = new Set(model.pods.map(({ ip }) => ip));
  const strangers = addresses.filter((address) => !known.has(address));
  return [
    ...strangers.map((address) => ({ pod: undefined, why: `${address} belongs to no pod of the namespace` })),
    ...model.pods.flatMap((pod) => {
      const { mayBeIn, mayBeOut } = membership(service, pod, windowOf(pod));
      const seen = addresses.includes(pod.ip);
      if (seen ? mayBeIn : mayBeOut) return [];
      return [{ pod, why: `${pod.ip} (${pod.name}) ${seen ? "is in the answer" : "is missing"}` }];
    }),
  ];
}

/** The cluster IPs that the service may have had in the window; undefined among them when it may not have existed. */
export function possibleClusterIps(service: ModelledService, { fromMs, toMs }: Window): (string | undefined)[] {
  return service.state.possible(fromMs, toMs).map((state) => state?.clusterIP);
}
