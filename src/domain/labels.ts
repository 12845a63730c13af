/**
 * Label selectors: the equality maps of services and the expressions of list requests.
 * Source: Kubernetes documentation, "Labels and Selectors".
 */

/** One requirement; a selector is the conjunction of its requirements. */
export type LabelRequirement =
  | { operator: "in" | "notin"; key: string; values: readonly string[] }
  | { operator: "exists" | "absent"; key: string };

export type Labels = Readonly<Record<string, string>>;

/** Whether `labels` hold every pair of `selector`. An empty selector selects nothing, as a service's does. */
export function selectorMatches(selector: Labels | undefined, labels: Labels | undefined): boolean {
  const pairs = Object.entries(selector ?? {});
  return pairs.length > 0 && pairs.every(([key, value]) => labelValue(labels, key) === value);
}

/** Own keys only: `constructor` is a legal label, and no object has it by birth. */
function labelValue(labels: Labels | undefined, key: string): string | undefined {
  return labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
}

/** Whether `labels` meet every requirement; no requirement is met by everything. A missing key meets `notin`. */
export function requirementsMatch(requirements: readonly LabelRequirement[], labels: Labels | undefined): boolean {
  return requirements.every((requirement) => {
    const value = labelValue(labels, requirement.key);
    switch (requirement.operator) {
      case "in":
        return value !== undefined && requirement.values.includes(value);
      case "notin":
        return value === undefined || !requirement.values.includes(value);
      case "exists":
        return value !== undefined;
      case "absent":
        return value === undefined;
    }
  });
}
