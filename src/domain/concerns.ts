/**
 * Which part of a pod somebody depends on, in a form that can be compared: a write that leaves it alone wakes nobody.
 */
import { probesOf } from "./probe-load.ts";
import { isPodFinished, isPodReady, isPodTerminating, podAddresses, servingContainers, type Pod } from "./pod.ts";
import { safeToStopAnnotation } from "./safe-to-stop.ts";

/** All that endpoints are derived from. */
export function endpointsView(pod: Pod): string {
  return JSON.stringify([
    pod.metadata.uid,
    pod.metadata.labels,
    podAddresses(pod),
    isPodReady(pod),
    isPodTerminating(pod),
    isPodFinished(pod),
    pod.spec.hostname,
    pod.spec.subdomain,
    pod.spec.nodeName,
    servingContainers(pod).map((container) => container.ports),
  ]);
}

/** All that a prober decides by; not what it writes itself. */
export function probingView(pod: Pod): string {
  const annotations = Object.entries(pod.metadata.annotations ?? {})
    .filter(([key]) => key.startsWith("rollcall.dev/") && key !== safeToStopAnnotation)
    .map((entry) => entry.join("="));
  return JSON.stringify([
    pod.metadata.uid,
    annotations.sort((a, b) => (a < b ? -1 : 1)),
    podAddresses(pod),
    isPodTerminating(pod),
    pod.metadata.deletionGracePeriodSeconds,
    isPodFinished(pod),
    probesOf(pod),
  ]);
}
