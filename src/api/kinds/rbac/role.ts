/**
 * rbac.authorization.k8s.io/v1 Role and ClusterRole: lists of what may be done. The ClusterRoles that Rollcall brings
 * along stay as they are.
 */
import { builtInRoles, type ClusterRole, type PolicyRule, type Role } from "../../../domain/rbac.ts";
import { sameJson } from "../../json.ts";
import { forbidden, type FieldError } from "../../validation/field-error.ts";
import { nameColumn } from "../columns.ts";
import type { Column, Kind } from "../kind.ts";
import { common } from "./common.ts";
import { whyNotGranted } from "./no-escalation.ts";
import { validateRules } from "./validate-rules.ts";

const createdColumn: Column = {
  name: "Created At",
  type: "date",
  description: "When the role was created.",
  priority: 0,
  cell: ({ metadata }) => metadata.creationTimestamp,
};

const columns = [nameColumn, createdColumn];

export const roleKind: Kind<Role> = {
  ...common,
  columns,
  kind: "Role",
  resource: "roles.rbac.authorization.k8s.io",
  plural: "roles",
  singular: "role",
  namespaced: true,
  schema: "Role",

  withDefaults: (role) => role,
  validate: ({ rules = [] }) => validateRules(rules, true),
  whyNotGranted: (role, before, context) => whyNotGranted(roleKind, role, before, context, () => rulesOf(role)),
};

export const clusterRoleKind: Kind<ClusterRole> = {
  ...common,
  columns,
  kind: "ClusterRole",
  resource: "clusterroles.rbac.authorization.k8s.io",
  plural: "clusterroles",
  singular: "clusterrole",
  namespaced: false,
  schema: "ClusterRole",

  withDefaults: (role) => role,
  validate: (role, before) => [...validateRules(role.rules ?? [], false), ...builtInErrors(role, before)],
  prepareCreate: (role, context) => {
    if (role.aggregationRule !== undefined) {
      context.warnings.add("aggregationRule: kept and ignored, list the rules themselves");
    }
    return role;
  },
  whyNotGranted: (role, before, context) => whyNotGranted(clusterRoleKind, role, before, context, () => rulesOf(role)),
  whyKept({ metadata }) {
    return builtInRoles.has(metadata.name) ? "this role belongs to Rollcall" : undefined;
  },
};

async function rulesOf({ rules = [] }: Role | ClusterRole): Promise<readonly PolicyRule[]> {
  return rules;
}

/** Who is bound to one of them has what its name has promised since they were bound. */
function builtInErrors(role: ClusterRole, before: ClusterRole | undefined): FieldError[] {
  if (before === undefined || !builtInRoles.has(before.metadata.name) || sameJson(role.rules, before.rules)) return [];
  return [forbidden("rules", "this role belongs to Rollcall and does not change: make one of your own")];
}
