/**
 * Nobody hands out more than they hold, unless they were given leave for just that: the verb escalate for roles, bind for
 * the role that a binding names.
 * Source: kubernetes, pkg/registry/rbac/role/policybased/storage.go and rolebinding/policybased/storage.go.
 */
import { missingRules, quoted } from "../../../access/missing-rules.ts";
import { isMaster } from "../../../access/policy.ts";
import {
  rbacGroup,
  type ClusterRole,
  type ClusterRoleBinding,
  type PolicyRule,
  type ResourceAttributes,
  type Role,
  type RoleBinding,
} from "../../../domain/rbac.ts";
import type { Context } from "../../context.ts";
import { sameJson } from "../../json.ts";
import { Refusal } from "../../refusal.ts";

type Grant = Role | ClusterRole | RoleBinding | ClusterRoleBinding;

interface Granting {
  group: string;
  plural: string;
  kind: string;
}

/** Why the user may not write it, if so. `rulesGranted` says what would be handed out by it. */
export async function whyNotGranted(
  { group, plural, kind }: Granting,
  grant: Grant,
  before: Grant | undefined,
  { deps }: Context,
  rulesGranted: () => Promise<readonly PolicyRule[] | Refusal>,
): Promise<Refusal | undefined> {
  const { user, access } = deps;
  const isNews = before === undefined || !sameJson(grantOf(grant), grantOf(before));
  if (!isNews || isMaster(user) || (await access.allows(user, leaveFor(grant, plural)))) return undefined;
  const granted = await rulesGranted();
  if (granted instanceof Refusal) return granted;
  const { name, namespace = "" } = grant.metadata;
  const missing = missingRules(await access.rulesOf(user, namespace), granted);
  if (missing.length === 0) return undefined;
  const who = `user ${JSON.stringify(user.username)} (groups=${quoted(user.groups)})`;
  const why = `${who} is attempting to grant RBAC permissions not currently held:\n${missing.join("\n")}`;
  return new Refusal({ type: "forbidden", subject: { group, plural, kind, name }, why });
}

function grantOf(grant: Grant): object {
  return "roleRef" in grant ? [grant.roleRef, grant.subjects ?? []] : (grant.rules ?? []);
}

function leaveFor(grant: Grant, plural: string): ResourceAttributes {
  const { name, namespace = "" } = grant.metadata;
  const attributes = { group: rbacGroup, subresource: "", namespace };
  if (!("roleRef" in grant)) return { ...attributes, verb: "escalate", resource: plural, name };
  const { kind, name: role } = grant.roleRef;
  return { ...attributes, verb: "bind", resource: kind === "ClusterRole" ? "clusterroles" : "roles", name: role };
}
