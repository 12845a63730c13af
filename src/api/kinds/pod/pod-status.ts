/**
 * Who owns what in a pod's status: the addresses and the phase are the registrant's; readiness is computed from the
 * probes of the prober that the pod is assigned to, and what is sent for it is ignored with a Warning. A pod on a node
 * of somebody's own reports its whole status itself, as a kubelet does.
 */
import { parseIp } from "../../../domain/ip.ts";
import { isProberName } from "../../../domain/node.ts";
import { toTimestamp, type Condition } from "../../../domain/object.ts";
import { podAddresses, type Pod, type PodStatus } from "../../../domain/pod.ts";
import { currentReadiness, registrationReadiness, withReadiness } from "../../../domain/readiness.ts";
import type { Context } from "../../context.ts";
import { sameJson, without } from "../../json.ts";

/** Conditions that are computed here; the others, readiness gates among them, are whoever's they are. */
const computed: ReadonlySet<string> = new Set(["Initialized", "Ready", "ContainersReady", "PodScheduled"]);

/** A valid new pod, as ready as its probes let it be from the start. */
export function statusOfNewPod(pod: Pod, context: Context): Pod {
  const status: PodStatus = { phase: "Running", ...pod.status, startTime: toTimestamp(context.nowMs) };
  if (!isProbedHere(pod)) return { ...pod, status };
  const { containerStatuses, ...sent } = status;
  if (containerStatuses !== undefined || computedPart(pod).length > 0) warnIgnored(context);
  const fresh: Pod = { ...pod, status: { ...sent, conditions: ownPart(pod) } };
  return withReadiness(fresh, registrationReadiness(fresh), context.nowMs);
}

/** `pod` is the new state as it was sent on the status path, `before` what it replaces. */
export function statusOfKnownPod(pod: Pod, before: Pod, context: Context): Pod {
  if (!isProbedHere(before)) return pod;
  if (contradicts(pod, before)) warnIgnored(context);
  const { containerStatuses, startTime, phase = "Running" } = before.status;
  const next: Pod = {
    ...pod,
    status: {
      phase,
      ...without(pod.status, "containerStatuses"),
      conditions: [...computedPart(before), ...ownPart(pod)],
      ...(containerStatuses && { containerStatuses }),
      ...(startTime && { startTime }),
    },
  };
  // At another address there is another program, of which no probe has told anything yet.
  if (!sameJson(podAddresses(before), podAddresses(next))) {
    return withReadiness(next, registrationReadiness(next), context.nowMs);
  }
  const steered = !sameJson([ownPart(next), next.status.phase], [ownPart(before), before.status.phase]);
  return steered ? withReadiness(next, currentReadiness(next), context.nowMs) : next;
}

/** The status with podIP and podIPs in accord with each other, in canonical text; what is no address stays as it is. */
export function withCanonicalAddresses(status: PodStatus): PodStatus {
  const ips = (status.podIPs ?? []).flatMap(({ ip }) => canonical(ip) ?? []);
  const first = canonical(status.podIP) ?? ips[0];
  const rest = without(status, "podIP", "podIPs");
  if (first === undefined) return rest;
  return { ...rest, podIP: first, podIPs: (ips.length === 0 ? [first] : ips).map((ip) => ({ ip })) };
}

/** Of podIP and podIPs, the one that a replacement changes is followed by the other. */
export function withFollowingAddresses(pod: Pod, before: Pod): Pod {
  const status = pod.status ?? {};
  const [sameIP, sameIPs] = [status.podIP === before.status.podIP, sameJson(status.podIPs, before.status.podIPs)];
  if (sameIP === sameIPs) return pod;
  return { ...pod, status: sameIP ? without(status, "podIP") : without(status, "podIPs") };
}

/** A pod whose node is not known yet is about to be assigned to a prober. */
function isProbedHere({ spec }: Pod): boolean {
  return spec.nodeName === undefined || isProberName(spec.nodeName);
}

/** Undefined for the empty text, which to Go is the same as none. */
function canonical(ip: string | undefined): string | undefined {
  return ip ? (parseIp(ip)?.text ?? ip) : undefined;
}

function ownPart({ status }: Pod): Condition[] {
  return (status.conditions ?? []).filter(({ type }) => !computed.has(type));
}

function computedPart({ status }: Pod): Condition[] {
  return (status.conditions ?? []).filter(({ type }) => computed.has(type));
}

/** Whether a status claims a readiness other than the computed one; one that repeats it is only a status sent back. */
function contradicts(sent: Pod, known: Pod): boolean {
  const computedClaims = claims(known);
  return claims(sent).some((claim) => !computedClaims.includes(claim));
}

function claims(pod: Pod): string[] {
  return [
    ...computedPart(pod).map(({ type, status }) => `${type}=${status}`),
    ...(pod.status.containerStatuses ?? []).map(({ name, ready }) => `container ${name}=${ready}`),
  ];
}

function warnIgnored(context: Context): void {
  context.warnings.add(
    "status: Ready, ContainersReady and containerStatuses are computed from the probes, what was sent for them is " +
      "ignored; readinessGates let others decide",
  );
}
