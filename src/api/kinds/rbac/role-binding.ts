/**
 * rbac.authorization.k8s.io/v1 RoleBinding and ClusterRoleBinding: who has which role.
 * Source: kubernetes, pkg/apis/rbac/v1/defaults.go; pkg/printers/internalversion/printers.go (printRoleBinding).
 */
import {
  rbacGroup,
  type ClusterRoleBinding,
  type PolicyRule,
  type RoleBinding,
  type Subject,
} from "../../../domain/rbac.ts";
import type { Context } from "../../context.ts";
import { Refusal } from "../../refusal.ts";
import { ageColumn, column, nameColumn, wideColumn } from "../columns.ts";
import type { Column, Kind } from "../kind.ts";
import { common } from "./common.ts";
import { whyNotGranted } from "./no-escalation.ts";
import { validateBinding } from "./validate-binding.ts";

type Binding = RoleBinding | ClusterRoleBinding;

const columns: readonly Column<Binding>[] = [
  nameColumn,
  column("Role", "The role that is given.", ({ roleRef }: Binding) => `${roleRef.kind}/${roleRef.name}`),
  ageColumn,
  wideColumn("Users", "The users who have it.", (binding: Binding) => namesOf(binding, "User")),
  wideColumn("Groups", "The groups that have it.", (binding: Binding) => namesOf(binding, "Group")),
  wideColumn("ServiceAccounts", "The accounts that have it.", (binding: Binding) => namesOf(binding, "ServiceAccount")),
];

export const roleBindingKind: Kind<RoleBinding> = {
  ...common,
  columns,
  kind: "RoleBinding",
  resource: "rolebindings.rbac.authorization.k8s.io",
  plural: "rolebindings",
  singular: "rolebinding",
  namespaced: true,
  schema: "RoleBinding",

  withDefaults: (binding) => withGroups(binding),
  validate: (binding, before) => validateBinding(binding, before),
  whyNotGranted: (binding, before, context) =>
    whyNotGranted(roleBindingKind, binding, before, context, () => rulesGiven(binding, context)),
};

export const clusterRoleBindingKind: Kind<ClusterRoleBinding> = {
  ...common,
  columns,
  kind: "ClusterRoleBinding",
  resource: "clusterrolebindings.rbac.authorization.k8s.io",
  plural: "clusterrolebindings",
  singular: "clusterrolebinding",
  namespaced: false,
  schema: "ClusterRoleBinding",

  withDefaults: (binding) => withGroups(binding),
  validate: (binding, before) => validateBinding(binding, before),
  whyNotGranted: (binding, before, context) =>
    whyNotGranted(clusterRoleBindingKind, binding, before, context, () => rulesGiven(binding, context)),
};

/** Roles, users and groups are of the group that knows of nothing else; accounts are of the core group. */
function withGroups<T extends Binding>(binding: T): T {
  const { roleRef, subjects } = binding;
  return {
    ...binding,
    roleRef: { ...roleRef, apiGroup: roleRef?.apiGroup || rbacGroup },
    ...(subjects !== undefined && { subjects: subjects.map((subject) => withGroup(subject)) }),
  };
}

function withGroup(subject: Subject): Subject {
  const isPerson = subject.kind === "User" || subject.kind === "Group";
  return isPerson && !subject.apiGroup ? { ...subject, apiGroup: rbacGroup } : subject;
}

async function rulesGiven({ roleRef, metadata }: Binding, { deps }: Context): Promise<readonly PolicyRule[] | Refusal> {
  const rules = await deps.access.rulesOfRole(roleRef, metadata.namespace ?? "");
  if (rules !== undefined) return rules;
  const plural = roleRef.kind === "ClusterRole" ? "clusterroles" : "roles";
  return new Refusal({ type: "not-found", subject: { group: rbacGroup, plural, name: roleRef.name } });
}

function namesOf({ subjects = [] }: Binding, kind: string): string {
  const named = subjects.filter((subject) => subject.kind === kind);
  return named.map(({ name = "", namespace }) => (namespace ? `${namespace}/${name}` : name)).join(", ");
}
