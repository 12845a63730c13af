import type { KubeObject, NamespacedName } from "./object.ts";

export interface ServicePort {
  name?: string;
  protocol?: "TCP" | "UDP" | "SCTP";
  appProtocol?: string;
  port: number;
  targetPort?: number | string;
  nodePort?: number;
}

/** Every endpoint is told with each of its ports, so that both multiply. Kubernetes has no such limit. */
export const maxPorts = 256;

export interface ServiceSpec {
  type?: "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName";
  selector?: Record<string, string>;
  ports?: ServicePort[];
  clusterIP?: string;
  clusterIPs?: string[];
  ipFamilies?: ("IPv4" | "IPv6")[];
  ipFamilyPolicy?: "SingleStack" | "PreferDualStack" | "RequireDualStack";
  externalName?: string;
  publishNotReadyAddresses?: boolean;
  trafficDistribution?: string;
}

export interface Service extends KubeObject {
  kind: "Service";
  spec: ServiceSpec;
}

/** `clusterIP: None`: DNS answers with the pods themselves. */
export function isHeadless(service: Service): boolean {
  return service.spec.clusterIP === "None";
}

/** An empty selector is none, and selects nothing. */
export function hasSelector(service: Service): boolean {
  return Object.keys(service.spec.selector ?? {}).length > 0;
}

/** Whether endpoints are derived for it: it selects pods and is not a mere alias (ExternalName). */
export function selectsPods(service: Service): boolean {
  return service.spec.type !== "ExternalName" && hasSelector(service);
}

/** The cluster IPs, none for a headless or ExternalName service. */
export function clusterIPs(service: Service): string[] {
  if (service.spec.type === "ExternalName" || isHeadless(service)) return [];
  const listed = service.spec.clusterIPs ?? [];
  if (listed.length > 0) return listed;
  return service.spec.clusterIP ? [service.spec.clusterIP] : [];
}

/** Annotation: seconds that DNS answers about this service may be kept, in place of `DNS_TTL`. */
export const ttlAnnotation = "rollcall.dev/dns-ttl";
export const maxTtlSeconds = 3600;

/** The annotation's text in seconds; what is no number from 0 to `maxTtlSeconds` counts as not written. */
export function parseTtlSeconds(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,4}$/.test(text)) return undefined;
  return Number(text) <= maxTtlSeconds ? Number(text) : undefined;
}

export function ttlSecondsOf({ metadata }: Service): number | undefined {
  return parseTtlSeconds(metadata.annotations?.[ttlAnnotation]);
}

/** Names a service's Durable Object and its pending rows. */
export type ServiceKey = NamespacedName;

/** How Kubernetes' DNS programming latency SLI sorts services. */
export type ServiceKind = "cluster_ip" | "headless_with_selector" | "headless_without_selector";

export function serviceKindOf(service: Service): ServiceKind {
  if (!isHeadless(service)) return "cluster_ip";
  return selectsPods(service) ? "headless_with_selector" : "headless_without_selector";
}
