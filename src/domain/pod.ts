/**
 * A pod as Rollcall sees it: addresses, ports, probes and readiness. Fields are those of core/v1 Pod after defaulting.
 */
import type { Condition, KubeObject } from "./object.ts";

export interface ContainerPort {
  name?: string;
  containerPort: number;
  protocol?: "TCP" | "UDP" | "SCTP";
}

export interface Probe {
  exec?: { command?: string[] };
  httpGet?: {
    path?: string;
    port: number | string;
    host?: string;
    scheme?: "HTTP" | "HTTPS";
    httpHeaders?: { name: string; value: string }[];
  };
  tcpSocket?: { port: number | string; host?: string };
  grpc?: { port: number; service?: string };
  initialDelaySeconds?: number;
  periodSeconds?: number;
  timeoutSeconds?: number;
  successThreshold?: number;
  failureThreshold?: number;
}

export interface Container {
  name: string;
  image?: string;
  ports?: ContainerPort[];
  readinessProbe?: Probe;
  startupProbe?: Probe;
  livenessProbe?: Probe;
  /** "Always" on an init container makes it a sidecar, which runs beside the others. */
  restartPolicy?: string;
}

export interface ContainerStatus {
  name: string;
  ready: boolean;
  started?: boolean;
  restartCount: number;
  image: string;
  imageID: string;
  state?: Record<string, unknown>;
}

export interface PodSpec {
  containers: Container[];
  initContainers?: Container[];
  nodeName?: string;
  hostname?: string;
  subdomain?: string;
  hostNetwork?: boolean;
  readinessGates?: { conditionType: string }[];
  terminationGracePeriodSeconds?: number;
}

export interface PodStatus {
  phase?: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";
  podIP?: string;
  podIPs?: { ip: string }[];
  startTime?: string;
  conditions?: Condition[];
  containerStatuses?: ContainerStatus[];
}

export interface Pod extends KubeObject {
  kind: "Pod";
  spec: PodSpec;
  status: PodStatus;
}

/** The pod's addresses, primary first, without duplicates, as they were written. */
export function podAddresses(pod: Pod): string[] {
  const all = [pod.status.podIP, ...(pod.status.podIPs ?? []).map((entry) => entry.ip)];
  return [...new Set(all.filter((ip): ip is string => ip !== undefined && ip !== ""))];
}

export function isPodReady(pod: Pod): boolean {
  return pod.status.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True") ?? false;
}

export function isPodTerminating(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

/** When a terminating pod is to go; undefined for one that stays, and for one that nothing but its finalizers hold. */
export function graceEndMs({ metadata }: Pod): number | undefined {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = metadata;
  return deletionTimestamp === undefined || deletionGracePeriodSeconds === 0
    ? undefined
    : Date.parse(deletionTimestamp);
}

/** Phase Succeeded or Failed: its containers have ended and will not come back. */
export function isPodFinished(pod: Pick<Pod, "status">): boolean {
  return pod.status.phase === "Succeeded" || pod.status.phase === "Failed";
}

/** Containers that serve while the pod runs, and so may own ports: the containers, then sidecar init containers. */
export function servingContainers(pod: Pod): Container[] {
  const sidecars = (pod.spec.initContainers ?? []).filter((container) => container.restartPolicy === "Always");
  return [...pod.spec.containers, ...sidecars];
}

/**
 * The number of a port that is given by number or by the name of a container port with the same protocol, looked up
 * in `containers`; undefined when there is no such name. A numeric string counts as a number.
 */
export function resolvePort(
  port: number | string,
  containers: readonly Container[],
  protocol: "TCP" | "UDP" | "SCTP" = "TCP",
): number | undefined {
  if (typeof port === "number") return port;
  if (/^\d+$/.test(port)) return Number(port);
  for (const container of containers) {
    for (const candidate of container.ports ?? []) {
      if (candidate.name === port && (candidate.protocol ?? "TCP") === protocol) return candidate.containerPort;
    }
  }
  return undefined;
}
