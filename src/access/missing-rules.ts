/**
 * Which of the rules that somebody wants to hand out they do not hold themselves. Pure.
 * Source: kubernetes, pkg/registry/rbac/validation/policy_comparator.go and rule.go (ConfirmNoEscalation).
 */
import type { PolicyRule } from "../domain/rbac.ts";

/** Of so many, the one who asks learns enough from the first. */
const mostTold = 100;

/** A rule of more is looked at as a whole: lists in three dimensions take a megabyte to write and an age to go through. */
const mostParts = 10_000;

/** What `wanted` allows and `held` does not, in Kubernetes' notation, one rule each; empty where there is nothing. */
export function missingRules(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): string[] {
  const missing = new Map<string, { rule: PolicyRule; verbs: string[] }>();
  for (const rule of wanted) {
    if (held.some((own) => covers(own, rule))) continue;
    for (const part of countParts(rule) > mostParts ? [rule] : partsOf(rule)) {
      if (missing.size === mostTold) break;
      if (held.some((own) => covers(own, part))) continue;
      const { verbs = [], ...rest } = part;
      const key = JSON.stringify(rest);
      const known = missing.get(key)?.verbs ?? [];
      missing.set(key, { rule: rest, verbs: [...new Set([...known, ...verbs])] });
    }
  }
  return [...missing.values()].map(({ rule, verbs }) => notation({ ...rule, verbs })).sort();
}

function countParts(rule: PolicyRule): number {
  const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const ofResources = apiGroups.length * resources.length * Math.max(1, resourceNames.length);
  return verbs.length * (ofResources + nonResourceURLs.length);
}

/** One verb, one group, one resource and one name each: as much as can be held by itself. */
function* partsOf(rule: PolicyRule): Generator<PolicyRule> {
  const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const names = resourceNames.length === 0 ? [[]] : resourceNames.map((name) => [name]);
  for (const verb of verbs) {
    for (const url of nonResourceURLs) yield { nonResourceURLs: [url], verbs: [verb] };
    for (const group of apiGroups) {
      for (const resource of resources) {
        for (const resourceNames of names) {
          yield {
            apiGroups: [group],
            resources: [resource],
            ...(resourceNames.length > 0 && { resourceNames }),
            verbs: [verb],
          };
        }
      }
    }
  }
}

/** Whether `own` allows everything that `wanted` does. */
function covers(own: PolicyRule, wanted: PolicyRule): boolean {
  const { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [], verbs = [] } = wanted;
  const ownNames = own.resourceNames ?? [];
  const coversNames =
    ownNames.length === 0 || (resourceNames.length > 0 && resourceNames.every((name) => ownNames.includes(name)));
  return (
    coversAll(own.verbs, verbs) &&
    coversAll(own.apiGroups, apiGroups) &&
    resources.every((resource) => coversResource(own.resources, resource)) &&
    (resources.length === 0 || coversNames) &&
    nonResourceURLs.every((url) => coversUrl(own.nonResourceURLs, url))
  );
}

function coversAll(own: readonly string[] = [], wanted: readonly string[]): boolean {
  return own.includes("*") || wanted.every((value) => own.includes(value));
}

function coversResource(own: readonly string[] = [], resource: string): boolean {
  const slash = resource.indexOf("/");
  return own.includes("*") || own.includes(resource) || (slash >= 0 && own.includes(`*${resource.slice(slash)}`));
}

function coversUrl(own: readonly string[] = [], url: string): boolean {
  return own.some((listed) => listed === url || (listed.endsWith("*") && url.startsWith(listed.slice(0, -1))));
}

/** `{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}` */
function notation(rule: PolicyRule): string {
  const parts = [
    ["APIGroups", rule.apiGroups],
    ["Resources", rule.resources],
    ["NonResourceURLs", rule.nonResourceURLs],
    ["ResourceNames", rule.resourceNames],
    ["Verbs", rule.verbs],
  ] as const;
  const told = parts.flatMap(([name, values = []]) => (values.length === 0 ? [] : [`${name}:${quoted(values)}`]));
  return `{${told.join(", ")}}`;
}

/** As Go writes a list of strings. */
export function quoted(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(" ")}]`;
}
