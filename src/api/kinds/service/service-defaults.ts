/**
 * What Kubernetes fills in where a service's manifest is silent, addresses apart: those are given out when it is
 * written. Source: kubernetes, pkg/apis/core/v1/defaults.go and pkg/registry/core/service/strategy.go.
 */
import type { Service, ServicePort, ServiceSpec } from "../../../domain/service.ts";
import { parseIp } from "../../../domain/ip.ts";
import { sameJson, without } from "../../json.ts";

/** Fields that only some types of service have. */
interface TypedSpec extends ServiceSpec {
  sessionAffinity?: string;
  sessionAffinityConfig?: { clientIP?: { timeoutSeconds?: number } };
  internalTrafficPolicy?: string;
  externalTrafficPolicy?: string;
  allocateLoadBalancerNodePorts?: boolean;
}

/** Source: "Session stickiness timeout", three hours. */
const stickySeconds = 10_800;

export function withServiceDefaults(service: Service): Service {
  const spec = { ...service.spec } as TypedSpec;
  const type = spec.type ?? "ClusterIP";
  const affinity = spec.sessionAffinity ?? "None";
  const outward = type === "NodePort" || type === "LoadBalancer";
  const defaulted: TypedSpec = {
    ...withClusterIPs(spec),
    type,
    sessionAffinity: affinity,
    ...(spec.ports && { ports: spec.ports.map((port) => withPortDefaults(port)) }),
    ...(affinity === "ClientIP" && { sessionAffinityConfig: sticky(spec) }),
    ...(type !== "ExternalName" && { internalTrafficPolicy: spec.internalTrafficPolicy ?? "Cluster" }),
    ...(outward && { externalTrafficPolicy: spec.externalTrafficPolicy ?? "Cluster" }),
    ...(type === "LoadBalancer" && { allocateLoadBalancerNodePorts: spec.allocateLoadBalancerNodePorts ?? true }),
  };
  return { ...service, spec: defaulted, status: service.status ?? { loadBalancer: {} } };
}

/** A replacement that leaves out what was given out keeps it, unless it becomes a service that has none. */
export function withInheritedAddresses(service: Service, before: Service): Service {
  if (before.spec.type === "ExternalName") return service;
  if (service.spec?.type === "ExternalName") return withoutInherited(service, before);
  const { clusterIP, clusterIPs, ipFamilies, ipFamilyPolicy } = before.spec;
  const sent = present(service.spec ?? {});
  const ipChanged = sent.clusterIP !== undefined && sent.clusterIP !== clusterIP;
  const ipsChanged = sent.clusterIPs !== undefined && !sameJson(sent.clusterIPs, clusterIPs);
  return {
    ...service,
    spec: {
      ...(clusterIP && !ipsChanged && { clusterIP }),
      ...(clusterIPs && !ipChanged && { clusterIPs }),
      ...(ipFamilies && { ipFamilies }),
      ...(ipFamilyPolicy && { ipFamilyPolicy }),
      // Of clusterIP and clusterIPs, the one that changed is followed by the other.
      ...(ipChanged && !ipsChanged ? without(sent, "clusterIPs") : sent),
      ...(ipsChanged && !ipChanged && sent.clusterIPs?.[0] && { clusterIP: sent.clusterIPs[0] }),
    },
  };
}

function withoutInherited(service: Service, before: Service): Service {
  const { clusterIP, clusterIPs } = service.spec;
  const same = clusterIP === before.spec.clusterIP && sameJson(clusterIPs, before.spec.clusterIPs);
  return same
    ? { ...service, spec: without(service.spec, "clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy") }
    : service;
}

/** Without an address that is empty, which to Go is the same as none. */
function present(spec: ServiceSpec): ServiceSpec {
  const { clusterIP, clusterIPs, ...rest } = spec;
  return {
    ...rest,
    ...(clusterIP && { clusterIP }),
    ...(clusterIPs && clusterIPs.length > 0 && { clusterIPs }),
  };
}

/** clusterIP and the first of clusterIPs are one and the same; canonical text, as anywhere. */
function withClusterIPs(spec: TypedSpec): TypedSpec {
  const { clusterIP, clusterIPs, ...rest } = present(spec);
  const listed = clusterIPs ?? (clusterIP === undefined ? [] : [clusterIP]);
  const [first, all] = [clusterIP ?? listed[0], listed.map((ip) => canonical(ip))];
  return first === undefined ? rest : { ...rest, clusterIP: canonical(first), clusterIPs: all };
}

function canonical(ip: string): string {
  return parseIp(ip)?.text ?? ip;
}

function withPortDefaults(port: ServicePort): ServicePort {
  const { targetPort } = port;
  return {
    ...port,
    protocol: port.protocol ?? "TCP",
    ...(port.port !== undefined && {
      targetPort: targetPort === undefined || targetPort === 0 || targetPort === "" ? port.port : targetPort,
    }),
  };
}

function sticky({ sessionAffinityConfig }: TypedSpec): NonNullable<TypedSpec["sessionAffinityConfig"]> {
  return { clientIP: { timeoutSeconds: sessionAffinityConfig?.clientIP?.timeoutSeconds ?? stickySeconds } };
}
