/**
 * What a list of rules allows. Pure.
 * Source: kubernetes, pkg/apis/rbac/v1/evaluation_helpers.go; plugin/pkg/auth/authorizer/rbac/rbac.go.
 */
import type { Attributes, PathAttributes, PolicyRule, ResourceAttributes } from "../domain/rbac.ts";

export function rulesAllow(rules: readonly PolicyRule[], attributes: Attributes): boolean {
  return rules.some((rule) => ruleAllows(rule, attributes));
}

function ruleAllows(rule: PolicyRule, attributes: Attributes): boolean {
  if (!holds(rule.verbs, attributes.verb)) return false;
  return "path" in attributes ? reachesPath(rule, attributes) : reachesResource(rule, attributes);
}

function reachesResource(rule: PolicyRule, { group, resource, subresource, name }: ResourceAttributes): boolean {
  const { apiGroups, resources, resourceNames = [] } = rule;
  return (
    holds(apiGroups, group) &&
    (resources ?? []).some((listed) => namesResource(listed, resource, subresource)) &&
    (resourceNames.length === 0 || resourceNames.includes(name))
  );
}

/** `pods`, `pods/status`, everything, or a star before `/scale` for all that can be scaled. */
function namesResource(listed: string, resource: string, subresource: string): boolean {
  if (listed === "*") return true;
  return subresource === ""
    ? listed === resource
    : listed === `${resource}/${subresource}` || listed === `*/${subresource}`;
}

function reachesPath({ nonResourceURLs = [] }: PolicyRule, { path }: PathAttributes): boolean {
  return nonResourceURLs.some((listed) => namesPath(listed, path));
}

function namesPath(listed: string, path: string): boolean {
  return listed === path || (listed.endsWith("*") && path.startsWith(listed.slice(0, -1)));
}

function holds(listed: readonly string[] = [], value: string): boolean {
  return listed.includes("*") || listed.includes(value);
}
