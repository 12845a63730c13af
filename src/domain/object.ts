/**
 * What every Kubernetes object has in common. Only fields that Rollcall reads are named; whatever else a manifest
 * holds is kept as it came, so these types are views of an object, never its full shape.
 * Source: Kubernetes API conventions, "Objects" and "Metadata".
 */

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** Which fields a manager has written or applied. */
export interface ManagedFieldsEntry {
  manager?: string;
  operation?: string;
  apiVersion?: string;
  time?: string;
  fieldsType?: string;
  fieldsV1?: unknown;
  subresource?: string;
}

export interface ObjectMeta {
  name: string;
  /** Absent for cluster-scoped kinds. */
  namespace?: string;
  generateName?: string;
  uid: string;
  /** The registry's log sequence number of the last write, in decimal. */
  resourceVersion: string;
  generation?: number;
  /** RFC 3339, whole seconds, UTC. */
  creationTimestamp: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
  managedFields?: ManagedFieldsEntry[];
}

export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  spec?: unknown;
  status?: unknown;
}

/** A condition as pods and nodes carry them (core/v1 PodCondition, NodeCondition). */
export interface Condition {
  type: string;
  status: "True" | "False" | "Unknown";
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  lastProbeTime?: string;
  lastHeartbeatTime?: string;
}

/** `resource.group`, or the bare plural for the core group; Kubernetes' GroupResource in its text form. */
export type GroupResource =
  | "namespaces"
  | "nodes"
  | "pods"
  | "services"
  | "endpoints"
  | "endpointslices.discovery.k8s.io"
  | "events"
  | "replicationcontrollers"
  | "leases.coordination.k8s.io"
  | "serviceaccounts"
  | "roles.rbac.authorization.k8s.io"
  | "rolebindings.rbac.authorization.k8s.io"
  | "clusterroles.rbac.authorization.k8s.io"
  | "clusterrolebindings.rbac.authorization.k8s.io";

/** A moment as Kubernetes' metav1.Time writes it: RFC 3339 in UTC with whole seconds. */
export function toTimestamp(nowMs: number): string {
  return `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
}

/** `namespace/name`, the form in which objects are named in keys, pending rows and Durable Object names. */
export type NamespacedName = `${string}/${string}`;

export function namespacedName(meta: { namespace?: string; name: string }): NamespacedName {
  return `${meta.namespace ?? ""}/${meta.name}`;
}
