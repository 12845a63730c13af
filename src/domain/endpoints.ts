/** Endpoints (core/v1) and EndpointSlice (discovery.k8s.io/v1), as published and as written by hand. */
import type { Region } from "./node.ts";
import type { KubeObject } from "./object.ts";

export interface ObjectReference {
  kind?: string;
  namespace?: string;
  name?: string;
  uid?: string;
}

export interface EndpointAddress {
  ip: string;
  hostname?: string;
  nodeName?: string;
  targetRef?: ObjectReference;
}

export interface EndpointPort {
  name?: string;
  port?: number;
  protocol?: "TCP" | "UDP" | "SCTP";
  appProtocol?: string;
}

export interface EndpointSubset {
  addresses?: EndpointAddress[];
  notReadyAddresses?: EndpointAddress[];
  ports?: EndpointPort[];
}

export interface Endpoints extends KubeObject {
  kind: "Endpoints";
  subsets?: EndpointSubset[];
}

export interface SliceEndpoint {
  addresses: string[];
  conditions?: { ready?: boolean; serving?: boolean; terminating?: boolean };
  hostname?: string;
  nodeName?: string;
  zone?: string;
  targetRef?: ObjectReference;
  hints?: { forZones?: { name: string }[]; forNodes?: { name: string }[] };
}

export interface EndpointSlice extends KubeObject {
  kind: "EndpointSlice";
  addressType: "IPv4" | "IPv6" | "FQDN";
  endpoints: SliceEndpoint[];
  ports?: EndpointPort[];
}

/** Ties a slice to its service, by the service's name. */
export const serviceNameLabel = "kubernetes.io/service-name";
/** Says of Endpoints that they were derived from pods, when its value is that of the controller. */
export const endpointsManagedByLabel = "endpoints.kubernetes.io/managed-by";
export const endpointsController = "endpoint-controller";
/** Says which controller owns a slice; slices of others are read, never touched. */
export const sliceManagedByLabel = "endpointslice.kubernetes.io/managed-by";
export const sliceController = "endpointslice-controller.k8s.io";
export const sliceMirroringController = "endpointslicemirroring-controller.k8s.io";

/** Whether Endpoints were derived from pods, unlike those written by hand. */
export function isDerived(endpoints: Endpoints): boolean {
  return endpoints.metadata.labels?.[endpointsManagedByLabel] === endpointsController;
}

/** Whether a slice is published by Rollcall itself, as the two controllers of Kubernetes would. */
export function isPublished(slice: EndpointSlice): boolean {
  const controller = slice.metadata.labels?.[sliceManagedByLabel];
  return controller === sliceController || controller === sliceMirroringController;
}

/**
 * One address that DNS may hand out for a service: ready (or published all the same), with the ports that clients of
 * the headless service dial.
 */
export interface ReadyEndpoint {
  /** Canonical text (RFC 5952 for IPv6). */
  ip: string;
  /** The name below the service's name, where the pod asked for one (hostname and subdomain). */
  hostname?: string;
  /** The pod's name, where there is a pod: the same at all its addresses. */
  pod?: string;
  /** The topology zone of the pod, or else of its node. */
  zone?: string;
  /** Where the pod asks to be probed from. */
  region?: Region;
  ports: { name: string; protocol: "TCP" | "UDP" | "SCTP"; port: number }[];
}

/** What a service's object answers: who is ready, and as of which state of the registry. */
export interface ReadyList {
  /** The service that the list belongs to; a service deleted and made again has another. */
  serviceUid: string;
  /** The registry's revision that the list was derived from. */
  revision: number;
  endpoints: ReadyEndpoint[];
}
