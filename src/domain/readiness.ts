/**
 * How containers' readiness becomes a pod's conditions, as kubelet computes them: pure, given the time, and written
 * only where something changed. Who probes and how often is not known here.
 * Source: Kubernetes pkg/kubelet/status/generate.go, and "Pod Lifecycle", Pod conditions.
 */
import { toTimestamp, type Condition } from "./object.ts";
import type { Container, ContainerStatus, Pod, PodStatus } from "./pod.ts";

/** What a prober, or the lack of a probe, says of one container. */
export interface ContainerReadiness {
  name: string;
  ready: boolean;
  /** No startup probe, or it has succeeded. */
  started: boolean;
  /** Replaces the reason ContainersNotReady while the container is not ready, for what Kubernetes has no word for. */
  reason?: string;
  /** Why it is not ready; follows Kubernetes' own message. */
  message?: string;
}

/** A condition's part that readiness decides; times are filled in when it is merged into the list. */
type Verdict = Pick<Condition, "type" | "status" | "reason" | "message">;

/** Before any probe has run: ready at once without probes, else not ready, and not started while a startup probe waits. */
export function initialReadiness(container: Container): ContainerReadiness {
  return {
    name: container.name,
    ready: container.readinessProbe === undefined && container.startupProbe === undefined,
    started: container.startupProbe === undefined,
  };
}

/** What is known of all containers when the pod registers. A probe that cannot be made from the edge is told of at once. */
export function registrationReadiness(pod: Pod): ContainerReadiness[] {
  return pod.spec.containers.map((container) => {
    const initial = initialReadiness(container);
    const probe = container.startupProbe ?? container.readinessProbe;
    if (probe?.exec === undefined && probe?.grpc === undefined) return initial;
    return { ...initial, reason: needsAgentReason };
  });
}

const notReadyReason = "ContainersNotReady";
const completedReason = "PodCompleted";

/** The reason of a pod whose probe only something beside the pod could make. */
export const needsAgentReason = "ProbeNeedsAgent";

/**
 * The pod with its containerStatuses and its conditions Initialized, Ready, ContainersReady and PodScheduled in
 * accord with `containers`, to be given in the order of the spec. Conditions of other types stay as they are. The same pod (by identity) when
 * nothing changes. lastTransitionTime moves only when a status does.
 */
export function withReadiness(pod: Pod, containers: readonly ContainerReadiness[], nowMs: number): Pod {
  const status: PodStatus = {
    ...pod.status,
    conditions: mergeConditions(pod.status.conditions ?? [], verdicts(pod, containers), toTimestamp(nowMs)),
    containerStatuses: containers.map((container) => containerStatus(pod, container)),
  };
  return JSON.stringify(status) === JSON.stringify({ ...pod.status, ...pick(pod.status) }) ? pod : { ...pod, status };
}

/** What the pod's status says, for a recomputation that brings no news of its own (a readiness gate moved). */
export function currentReadiness(pod: Pod): ContainerReadiness[] {
  const containers = pod.spec.containers.map((container): ContainerReadiness => {
    const known = pod.status.containerStatuses?.find((status) => status.name === container.name);
    if (known === undefined) return initialReadiness(container);
    return { name: container.name, ready: known.ready, started: known.started ?? false };
  });
  // Whose reason and message they were is not known any more; together they say the same.
  const firstUnready = containers.find(({ ready }) => !ready);
  return containers.map((container) => (container === firstUnready ? { ...container, ...whyUnready(pod) } : container));
}

function whyUnready(pod: Pod): Pick<ContainerReadiness, "reason" | "message"> {
  const condition = pod.status.conditions?.find(({ type }) => type === "ContainersReady");
  const message = /^containers with unready status: \[[^\]]*\]; (.*)$/s.exec(condition?.message ?? "")?.[1];
  const reason = [notReadyReason, completedReason].includes(condition?.reason ?? "") ? undefined : condition?.reason;
  return { ...(reason !== undefined && { reason }), ...(message !== undefined && { message }) };
}

function pick(status: PodStatus): Pick<PodStatus, "conditions" | "containerStatuses"> {
  return { conditions: status.conditions ?? [], containerStatuses: status.containerStatuses ?? [] };
}

function verdicts(pod: Pod, containers: readonly ContainerReadiness[]): Verdict[] {
  const containersReady = containersReadyVerdict(pod, containers);
  return [
    { type: "Initialized", status: "True" },
    readyVerdict(pod, containersReady),
    containersReady,
    { type: "PodScheduled", status: "True" },
  ];
}

function containersReadyVerdict(pod: Pod, containers: readonly ContainerReadiness[]): Verdict {
  const type = "ContainersReady";
  if (pod.status.phase === "Succeeded") return { type, status: "False", reason: completedReason };
  const unready = containers.filter((container) => !container.ready);
  if (unready.length === 0) return { type, status: "True" };
  const why = unready.flatMap((container) => (container.message === undefined ? [] : [container.message]));
  return {
    type,
    status: "False",
    reason: unready.find((container) => container.reason !== undefined)?.reason ?? notReadyReason,
    message: [`containers with unready status: [${unready.map(({ name }) => name).join(" ")}]`, ...why].join("; "),
  };
}

function readyVerdict(pod: Pod, containersReady: Verdict): Verdict {
  if (containersReady.status !== "True") return { ...containersReady, type: "Ready" };
  const complaints = (pod.spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const gate = pod.status.conditions?.find((condition) => condition.type === conditionType);
    if (gate === undefined) return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    if (gate.status === "True") return [];
    return [`the status of pod readiness gate "${conditionType}" is not "True", but ${gate.status}`];
  });
  if (complaints.length === 0) return { type: "Ready", status: "True" };
  return { type: "Ready", status: "False", reason: "ReadinessGatesNotReady", message: complaints.join(", ") };
}

function mergeConditions(existing: readonly Condition[], verdicts: readonly Verdict[], now: string): Condition[] {
  const decided = verdicts.map((verdict): Condition => {
    const before = existing.find((condition) => condition.type === verdict.type);
    const sameStatus = before?.status === verdict.status;
    return { ...verdict, lastTransitionTime: (sameStatus ? before?.lastTransitionTime : undefined) ?? now };
  });
  const others = existing.filter((condition) => !verdicts.some((verdict) => verdict.type === condition.type));
  return [...decided, ...others];
}

function containerStatus(pod: Pod, readiness: ContainerReadiness): ContainerStatus {
  const image = pod.spec.containers.find((container) => container.name === readiness.name)?.image ?? "";
  const known = pod.status.containerStatuses?.find((status) => status.name === readiness.name);
  return {
    restartCount: 0,
    image,
    imageID: "",
    state: { running: pod.status.startTime === undefined ? {} : { startedAt: pod.status.startTime } },
    ...known,
    name: readiness.name,
    ready: readiness.ready,
    started: readiness.started,
  };
}
