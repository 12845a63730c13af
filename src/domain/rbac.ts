/**
 * Who may do what, as Kubernetes declares it: roles list rules, bindings give roles to users, groups and accounts.
 * Source: Kubernetes API reference, rbac.authorization.k8s.io/v1.
 */
import type { GroupResource, KubeObject } from "./object.ts";

export const rbacGroup = "rbac.authorization.k8s.io";

export interface PolicyRule {
  verbs?: readonly string[];
  apiGroups?: readonly string[];
  resources?: readonly string[];
  /** All, where none is named. */
  resourceNames?: readonly string[];
  nonResourceURLs?: readonly string[];
}

export interface RoleRef {
  apiGroup?: string;
  kind: string;
  name: string;
}

/** `kind` is User, Group or ServiceAccount. A manifest may leave anything out until it has been validated. */
export interface Subject {
  kind?: string;
  apiGroup?: string;
  name?: string;
  namespace?: string;
}

interface WithRules extends KubeObject {
  rules?: PolicyRule[];
}

interface WithSubjects extends KubeObject {
  roleRef: RoleRef;
  subjects?: Subject[];
}

export interface Role extends WithRules {
  kind: "Role";
}

export interface ClusterRole extends WithRules {
  kind: "ClusterRole";
  aggregationRule?: unknown;
}

export interface RoleBinding extends WithSubjects {
  kind: "RoleBinding";
}

export interface ClusterRoleBinding extends WithSubjects {
  kind: "ClusterRoleBinding";
}

/** What somebody wants to do to a resource. */
export interface ResourceAttributes {
  verb: string;
  group: string;
  /** `pods` */
  resource: string;
  /** Empty for the object itself. */
  subresource: string;
  /** Empty for cluster-scoped resources and for all namespaces. */
  namespace: string;
  /** Empty where no one object is meant. */
  name: string;
}

/** What somebody wants to do with a path that leads to no resource. */
export interface PathAttributes {
  verb: string;
  path: string;
}

export type Attributes = ResourceAttributes | PathAttributes;

/** Whoever is of this group may do everything, whatever the rules say, so that nobody is ever locked out for good. */
export const mastersGroup = "system:masters";

/** The ClusterRoles that Rollcall brings along (migrations/). They stay as they are. */
export const builtInRoles: ReadonlySet<string> = new Set([
  "cluster-admin",
  "admin",
  "edit",
  "view",
  "system:auth-delegator",
  "system:basic-user",
  "system:discovery",
  "system:monitoring",
  "system:node",
  "system:public-info-viewer",
]);

/** What decides about who may do what: when one of these changes, so may the answer. */
export const accessResources: ReadonlySet<GroupResource> = new Set([
  "serviceaccounts",
  "roles.rbac.authorization.k8s.io",
  "rolebindings.rbac.authorization.k8s.io",
  "clusterroles.rbac.authorization.k8s.io",
  "clusterrolebindings.rbac.authorization.k8s.io",
]);
