/**
 * The registry: what was declared and observed. This module states what the rest of Rollcall may ask of it;
 * `d1-registry.ts` is the one implementation. Expected failures (a lost race, a taken address) are values.
 */
import type { EndpointSlice, Endpoints } from "../domain/endpoints.ts";
import type { LabelRequirement } from "../domain/labels.ts";
import type { Node, NodeZones } from "../domain/node.ts";
import type { GroupResource, KubeObject, NamespacedName } from "../domain/object.ts";
import type { Pod } from "../domain/pod.ts";
import type { PolicyRule, RoleRef, Subject } from "../domain/rbac.ts";
import type { ReplicationController } from "../domain/replication-controller.ts";
import type { Service, ServiceKey, ServiceKind } from "../domain/service.ts";

/** Who has to look again after a write. Decided inside the write's transaction, and pending until they have looked. */
export interface Concerned {
  services: ServiceKey[];
  replicationControllers: NamespacedName[];
  /** Names of edge nodes. */
  probers: string[];
}

export interface Written<T extends KubeObject = KubeObject> {
  outcome: "written";
  object: T;
  concerned: Concerned;
  /** Whether this is a deletion that reaches further, so that there is more to do. */
  unfinished: boolean;
}

/** Somebody else was faster. `current` is what they left, undefined when they deleted it. */
export interface LostRace<T extends KubeObject = KubeObject> {
  outcome: "lost-race";
  current: T | undefined;
}

export type CreateResult<T extends KubeObject = KubeObject> =
  | Written<T>
  | { outcome: "exists" }
  | { outcome: "namespace-missing" }
  | { outcome: "namespace-terminating" }
  /** The namespace holds as many objects of the resource as it may: `used`. */
  | { outcome: "quota-exceeded"; used: number }
  /** A cluster IP of the service belongs to another one. */
  | { outcome: "address-taken"; address: string };

export type UpdateResult<T extends KubeObject = KubeObject> =
  | Written<T>
  | LostRace<T>
  | { outcome: "address-taken"; address: string };

export type DeleteResult<T extends KubeObject = KubeObject> = Written<T> | LostRace<T>;

export interface ListQuery {
  /** All namespaces when absent. */
  namespace?: string;
  labels?: readonly LabelRequirement[];
  /** Whether to leave out what is being deleted. */
  staying?: boolean;
  /** At most so many items; the rest is asked for with `after`. */
  limit?: number;
  /** The key of the last item of the page before. */
  after?: NamespacedName;
}

export interface ListResult<T extends KubeObject = KubeObject> {
  /** In order of namespace, then name. */
  items: T[];
  /** The registry's revision at which this was true. */
  revision: number;
  /** Set when `limit` cut the list. */
  more: boolean;
}

/** A write that was planned, by whoever derives what there should be. */
export type PlannedWrite =
  | { verb: "create"; resource: GroupResource; object: KubeObject; quota?: number | undefined }
  | { verb: "update"; resource: GroupResource; before: KubeObject; object: KubeObject }
  | { verb: "delete"; resource: GroupResource; before: KubeObject };

export interface Dependent {
  resource: GroupResource;
  object: KubeObject;
}

/** A deletion that reaches further than its object: to what a namespace holds, to an owner's dependents. */
export interface Deletion {
  uid: string;
  resource: GroupResource;
  /** Empty for cluster-scoped kinds. */
  namespace: string;
  name: string;
}

export interface Registry {
  get(resource: GroupResource, namespace: string, name: string): Promise<KubeObject | undefined>;
  list(resource: GroupResource, query: ListQuery): Promise<ListResult>;
  /**
   * Stores a new object under the resourceVersion it returns. A pod without `spec.nodeName` is assigned to a prober
   * inside the same transaction. Cluster IPs named in a service are claimed with it. `quota` is how many objects of the
   * resource the namespace may hold.
   */
  create(resource: GroupResource, object: KubeObject, quota?: number): Promise<CreateResult>;
  /** How many objects of the resource the namespace holds, if by this quota it may hold no more. */
  usedUp(resource: GroupResource, namespace: string, quota: number): Promise<number | undefined>;
  /** Replaces `before` (by uid and resourceVersion) by `after`. */
  update(resource: GroupResource, before: KubeObject, after: KubeObject): Promise<UpdateResult>;
  /** Removes `before` (by uid and resourceVersion); `object` is its last state, under the deletion's resourceVersion. */
  delete(resource: GroupResource, before: KubeObject): Promise<DeleteResult>;
  /** Gives the pod another prober than its own, which takes on nothing while it is cordoned; all else of it stays. */
  reassign(pod: Pod): Promise<Written | LostRace>;
  /** The pod was heard of: its lease, if it has one, runs anew. The prober is concerned when it had expired. */
  renew(namespace: string, name: string): Promise<Concerned>;
  /** When a pod with a lease was last heard of; undefined for one without. */
  renewedMs(namespace: string, name: string): Promise<number | undefined>;
  /** At most `limit` objects that name the uid as an owner; `staying` leaves out those that are being deleted. */
  listDependents(uid: string, query: { limit: number; staying: boolean }): Promise<Dependent[]>;
  /** Whether an object is left that names the uid as an owner whose deletion it blocks. */
  isBlocked(uid: string): Promise<boolean>;
  /** Some of the deletions that have more to do, at most `limit`. */
  listUnfinishedDeletions(limit: number): Promise<Deletion[]>;
  /** There is nothing left to do for the deletion of the object with this uid. */
  finishDeletion(uid: string): Promise<void>;
}

/** Everything that a service's endpoints are derived from, as of one revision. */
export interface ServiceSnapshot {
  epoch: string;
  revision: number;
  service: Service | undefined;
  /** Pods that the selector matches. */
  pods: Pod[];
  zones: NodeZones;
  /** Every EndpointSlice labelled with the service's name, its own and those of others. */
  slices: EndpointSlice[];
  /** The Endpoints object of the service's name. */
  endpoints: Endpoints | undefined;
}

/** One entry of the log. */
export interface LoggedChange {
  revision: number;
  resource: GroupResource;
  change: "ADDED" | "MODIFIED" | "DELETED";
  /** The new state, or the last one before the deletion. */
  object: KubeObject;
}

/** The log above a revision, as far as it concerns one service. */
export interface Following {
  epoch: string;
  /** The head of the log: there is nothing between the last change and it. */
  revision: number;
  changes: LoggedChange[];
}

/** From the change that caused it to the ready list that shows it (Kubernetes' DNS programming latency SLI). */
export interface ProgrammingLatency {
  serviceKind: ServiceKind;
  durationMs: number;
}

/** What a service has looked at, and how long changes took to get there. */
export interface Looked {
  service: ServiceKey;
  revision: number;
  latencies: readonly ProgrammingLatency[];
}

/** What came of what a service published. */
export interface Publication {
  /** The writes that were made, with their objects under their new resourceVersions. */
  written: PlannedWrite[];
  /** Whether there is nothing left to do: false when somebody else wrote meanwhile. */
  complete: boolean;
}

/** What a replication controller counts, as of one revision. */
export interface ReplicasSnapshot {
  revision: number;
  controller: ReplicationController | undefined;
  /** Pods that its selector matches. */
  pods: Pod[];
}

/** What a prober probes, as of one revision. */
export interface ProberSnapshot {
  epoch: string;
  revision: number;
  node: Node | undefined;
  pods: Pod[];
  /** When pods that have a lease were last heard of, by their uid. */
  renewedMs: ReadonlyMap<string, number>;
}

/** What DNS knows of a service without asking anybody. */
export interface CatalogueService {
  namespace: string;
  name: string;
  uid: string;
  service: Service["spec"];
  /** The TTL annotation, as written. */
  ttl: string | undefined;
}

/** Who may do what, as of one revision. The namespace is empty for what holds in the whole cluster. */
export interface PolicySnapshot {
  /** Moves when a role or a binding changes, and then only. */
  revision: number;
  roles: { namespace: string; name: string; rules: PolicyRule[] }[];
  bindings: { namespace: string; roleRef: RoleRef; subjects: Subject[] }[];
}

export interface CatalogueSnapshot {
  /** Moves when a namespace or a service changes, and then only. */
  catalogueRevision: number;
  namespaces: string[];
  services: CatalogueService[];
}
