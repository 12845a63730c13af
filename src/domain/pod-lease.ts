/**
 * A pod's promise to say from time to time that it is still there, made in its annotations: by when it has to, and what
 * follows when it does not. Pure, given the time.
 */
import { toTimestamp } from "./object.ts";
import { isPodFinished, type Pod } from "./pod.ts";
import { currentReadiness, type ContainerReadiness } from "./readiness.ts";

/** Seconds within which the pod's lease is to be renewed, by a write of its status or of the Lease of its name. */
export const leaseAnnotation = "rollcall.dev/lease-seconds";

/** Seconds after which a pod is removed whose lease has expired, or that has failed its probes for so long. */
export const expiryAnnotation = "rollcall.dev/expire-after-seconds";

/** The reason of a pod that is not ready since its lease was not renewed. */
export const leaseExpiredReason = "LeaseExpired";

export interface PodLease {
  /** When it expires, if it is not renewed. */
  endMs: number;
  /** When the pod is removed then; Infinity for never. */
  removalMs: number;
  /** For people, once it has expired. */
  message: string;
}

export function leaseMsOf({ metadata }: Pod): number | undefined {
  return millisecondsIn(metadata.annotations?.[leaseAnnotation]);
}

export function expireAfterMsOf({ metadata }: Pod): number | undefined {
  return millisecondsIn(metadata.annotations?.[expiryAnnotation]);
}

/** Whether an annotation's text is a number of seconds that is obeyed. */
export function isSeconds(text: string): boolean {
  return millisecondsIn(text) !== undefined;
}

/** `renewedMs`: when the registry last heard of the pod; undefined stands for its creation. */
export function leaseOf(pod: Pod, renewedMs: number | undefined): PodLease | undefined {
  const leaseMs = leaseMsOf(pod);
  if (leaseMs === undefined || isPodFinished(pod)) return undefined;
  const heardMs = renewedMs ?? Date.parse(pod.metadata.creationTimestamp);
  const endMs = heardMs + leaseMs;
  return {
    endMs,
    removalMs: endMs + (expireAfterMsOf(pod) ?? Infinity),
    message: `the pod's lease of ${leaseMs / 1000} s was last renewed at ${toTimestamp(heardMs)}`,
  };
}

/** What follows for the containers of a pod whose lease has expired. They may still run; nobody vouches for it. */
export function readinessWithoutLease(pod: Pod, { message }: PodLease): ContainerReadiness[] {
  return currentReadiness(pod).map(({ name, started }, index) => ({
    name,
    ready: false,
    started,
    reason: leaseExpiredReason,
    ...(index === 0 && { message }),
  }));
}

export function isMarkedExpired({ status }: Pod): boolean {
  return (
    status.conditions?.some(({ type, reason }) => type === "ContainersReady" && reason === leaseExpiredReason) ?? false
  );
}

/** Since when its containers have not been ready; undefined when they are. */
export function unreadySinceMs({ status }: Pod): number | undefined {
  const condition = status.conditions?.find(({ type }) => type === "ContainersReady");
  return condition?.status === "False" ? Date.parse(condition.lastTransitionTime ?? "") || undefined : undefined;
}

/** A year at most, so that no sum of times becomes nonsense. */
const secondsAtMost = 31_536_000;

function millisecondsIn(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,8}$/.test(text)) return undefined;
  const seconds = Number(text);
  return seconds >= 1 && seconds <= secondsAtMost ? seconds * 1000 : undefined;
}
