/** What a pod costs the prober that it is assigned to. */
import type { Pod, Probe } from "./pod.ts";

/** A prober has six slots (platform limit); the sixth is left for what does not go as planned. */
export const proberCapacityMillislots = 5000;

/** The probes that decide the readiness of a pod. */
export function probesOf(pod: Pod): Probe[] {
  return pod.spec.containers
    .flatMap((container) => [container.readinessProbe, container.startupProbe])
    .filter((probe): probe is Probe => probe !== undefined);
}

/**
 * How much of a slot the pod may hold, in thousandths: for each readiness probe its timeout over its period, at worst. One
 * thousandth for a pod without a probe, since its prober still looks after it.
 */
export function probeLoadMillislots(pod: Pod): number {
  const loads = pod.spec.containers.map(({ readinessProbe: probe }) =>
    probe === undefined ? 0 : Math.ceil((1000 * (probe.timeoutSeconds ?? 1)) / (probe.periodSeconds ?? 10)),
  );
  return Math.max(
    1,
    Math.min(
      proberCapacityMillislots,
      loads.reduce((sum, load) => sum + load, 0),
    ),
  );
}
