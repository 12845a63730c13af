/** Small valid objects for tests of the registry and of what stands on it. */
import type { EndpointSlice } from "../src/domain/endpoints.ts";
import { serviceNameLabel } from "../src/domain/endpoints.ts";
import type { Pod, PodSpec, PodStatus } from "../src/domain/pod.ts";
import type { ReplicationController } from "../src/domain/replication-controller.ts";
import type { Service, ServiceSpec } from "../src/domain/service.ts";

interface Meta {
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

function metadata(name: string, meta: Meta): Pod["metadata"] {
  return {
    name,
    namespace: "default",
    uid: crypto.randomUUID(),
    resourceVersion: "",
    creationTimestamp: "2026-11-01T00:00:00Z",
    ...meta,
  };
}

export function pod(name: string, meta: Meta = {}, spec: Partial<PodSpec> = {}, status: PodStatus = {}): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: metadata(name, meta),
    spec: { containers: [{ name: "main" }], ...spec },
    status: { phase: "Running", ...status },
  };
}

/** A pod that is ready at `ip`. */
export function readyPod(name: string, ip: string, meta: Meta = {}, spec: Partial<PodSpec> = {}): Pod {
  return pod(name, meta, spec, {
    phase: "Running",
    podIP: ip,
    podIPs: [{ ip }],
    conditions: [{ type: "Ready", status: "True" }],
  });
}

export function service(name: string, spec: ServiceSpec = {}, meta: Meta = {}): Service {
  return { apiVersion: "v1", kind: "Service", metadata: metadata(name, meta), spec: { type: "ClusterIP", ...spec } };
}

/** Wishes for three pods with the labels of its selector. */
export function replicationController(
  name: string,
  selector: Record<string, string>,
  meta: Meta = {},
): ReplicationController {
  const template = { metadata: { labels: selector }, spec: { containers: [{ name: "main", image: `${name}:1` }] } };
  return {
    apiVersion: "v1",
    kind: "ReplicationController",
    metadata: metadata(name, meta),
    spec: { replicas: 3, selector, template },
  };
}

export function slice(name: string, ofService: string, endpoints: EndpointSlice["endpoints"] = []): EndpointSlice {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: metadata(name, { labels: { [serviceNameLabel]: ofService } }),
    addressType: "IPv4",
    endpoints,
    ports: [],
  };
}
