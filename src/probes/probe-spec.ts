/**
 * Which probes a pod asks for, with every default filled in and every target resolved, or why a probe cannot be made
 * from here. Pure; decides nothing about readiness.
 * Source: Kubernetes pkg/kubelet/prober, pkg/probe/http/request.go, pkg/probe/util.go.
 */
import { admitDestination, type ProbePolicy } from "../access/address-policy.ts";
import { parseIp } from "../domain/ip.ts";
import { podAddresses, type Container, type Pod, type Probe } from "../domain/pod.ts";
import { isCloudflareAddress } from "./cloudflare-ranges.ts";
import { encodePath } from "./encode-path.ts";
import type { HttpTarget, ProbeTarget, TcpTarget } from "./probe-target.ts";
import type { Thresholds } from "./thresholds.ts";
import { withoutBrackets } from "./within-policy.ts";

/** Says only how the prober connects to a pod (name, SNI, Host), not what DNS hands out. */
export const hostAnnotation = "rollcall.dev/host";

export type ProbeKind = "readiness" | "startup";

export interface ProbeSpec extends Thresholds {
  kind: ProbeKind;
  initialDelayMs: number;
  periodMs: number;
  timeoutMs: number;
  target: ProbeTarget;
}

/** An unknown plan changes no readiness: it is our own fault or the platform's, or a spec that cannot be followed. */
export type ProbePlan =
  | { plan: "probe"; spec: ProbeSpec }
  | { plan: "needs-agent"; message: string }
  | { plan: "unknown"; message: string };

export interface ContainerPlan {
  name: string;
  startup: ProbePlan | undefined;
  readiness: ProbePlan | undefined;
}

/** The plans of a pod's containers in the order of its spec. `policy` says where probes may go. */
export function planProbes(pod: Pod, policy: ProbePolicy): ContainerPlan[] {
  return pod.spec.containers.map((container) => {
    const plan = (kind: ProbeKind, probe: Probe | undefined): ProbePlan | undefined =>
      probe && planProbe({ pod, container, policy }, kind, probe);
    return {
      name: container.name,
      startup: plan("startup", container.startupProbe),
      readiness: plan("readiness", container.readinessProbe),
    };
  });
}

interface Site {
  pod: Pod;
  container: Container;
  policy: ProbePolicy;
}

function planProbe(site: Site, kind: ProbeKind, probe: Probe): ProbePlan {
  const target = targetOf(site, kind, probe);
  if ("plan" in target) return target;
  const spec: ProbeSpec = {
    kind,
    initialDelayMs: toMs(probe.initialDelaySeconds, 0),
    periodMs: toMs(probe.periodSeconds, 10),
    timeoutMs: toMs(probe.timeoutSeconds, 1),
    successThreshold: probe.successThreshold || 1,
    failureThreshold: probe.failureThreshold || 3,
    target,
  };
  return { plan: "probe", spec };
}

/** Zero is no value of its own: it stands for the default, as in kubelet. */
function toMs(seconds: number | undefined, orElseSeconds: number): number {
  return 1000 * (seconds || orElseSeconds);
}

function targetOf(site: Site, kind: ProbeKind, probe: Probe): ProbeTarget | Exclude<ProbePlan, { plan: "probe" }> {
  if (probe.exec !== undefined || probe.grpc !== undefined) {
    const how = probe.exec === undefined ? "gRPC" : "exec";
    return {
      plan: "needs-agent",
      message: `${kind} probe of container ${site.container.name} is by ${how}, which needs an agent beside the pod`,
    };
  }
  const action = probe.httpGet ?? probe.tcpSocket;
  if (action === undefined) return unknown("missing probe handler");
  const port = portNumber(action.port, site.container);
  if (typeof port !== "number") return unknown(port.message);
  const place = placeOf(site.pod, action.host);
  if (place === undefined) return unknown("the pod has no IP address yet");
  const refused = refusalOf(place, port, site.policy);
  if (refused !== undefined) return unknown(refused);
  return probe.httpGet === undefined ? tcpTarget(place, port) : httpTarget(place, port, probe.httpGet);
}

function unknown(message: string): { plan: "unknown"; message: string } {
  return { plan: "unknown", message };
}

/** Where to connect to, and the address that is known to lie behind it. */
interface Place {
  hostname: string;
  behindProxy: boolean;
}

/** The probe's own host comes first, then the annotation, then the pod's address, as kubelet has only the first and the last. */
function placeOf(pod: Pod, ownHost: string | undefined): Place | undefined {
  const [podIp] = podAddresses(pod);
  const hostname = ownHost || pod.metadata.annotations?.[hostAnnotation] || podIp;
  if (hostname === undefined) return undefined;
  const literal = parseIp(withoutBrackets(hostname));
  const address = literal ?? (ownHost ? undefined : parseIp(podIp ?? ""));
  return { hostname: literal?.text ?? hostname, behindProxy: address !== undefined && isCloudflareAddress(address) };
}

function refusalOf({ hostname, behindProxy }: Place, port: number, policy: ProbePolicy): string | undefined {
  if (port === 25) return "the platform connects to no port 25";
  const admission = admitDestination({ hostname, port }, policy);
  if (!admission.allowed) return admission.why;
  if (!behindProxy || parseIp(hostname) === undefined) return undefined;
  return `the platform connects to no address of Cloudflare's proxy such as ${hostname}; name the host in the annotation ${hostAnnotation}`;
}

/** A host behind the proxy accepts TCP at the proxy, whatever its origin does: only HTTP says something about the pod. */
function tcpTarget({ hostname, behindProxy }: Place, port: number): TcpTarget | { plan: "unknown"; message: string } {
  if (!behindProxy) return { transport: "tcp", hostname, port };
  return unknown(`${hostname} is behind Cloudflare's proxy, where a tcpSocket probe cannot reach the pod; use httpGet`);
}

function httpTarget(place: Place, port: number, action: NonNullable<Probe["httpGet"]>): HttpTarget {
  return {
    transport: place.behindProxy ? "fetch" : "http",
    scheme: action.scheme === "HTTPS" ? "https" : "http",
    hostname: place.hostname,
    port,
    path: encodePath(action.path ?? "/"),
    headers: action.httpHeaders ?? [],
  };
}

/** By number, by the name of a port of this container, or a number in a string, in this order; errors in kubelet's words. */
function portNumber(port: number | string, container: Container): number | { message: string } {
  const named = container.ports?.find(({ name }) => name !== undefined && name === port)?.containerPort;
  const number = named ?? (typeof port === "number" || /^[+-]?\d+$/.test(port) ? Number(port) : undefined);
  if (number === undefined) return { message: `strconv.Atoi: parsing ${JSON.stringify(port)}: invalid syntax` };
  if (number > 0 && number < 65536) return number;
  return { message: `invalid port number: ${number}` };
}
