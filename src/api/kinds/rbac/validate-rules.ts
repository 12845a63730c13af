/**
 * What is wrong with the rules of a role.
 * Source: kubernetes, pkg/apis/rbac/validation/validation.go (ValidatePolicyRule).
 */
import type { PolicyRule } from "../../../domain/rbac.ts";
import { invalid, required, type FieldError } from "../../validation/field-error.ts";

export function validateRules(rules: readonly PolicyRule[], isNamespaced: boolean): FieldError[] {
  return rules.flatMap((rule, index) => ruleErrors(rule, isNamespaced, `rules[${index}]`));
}

function ruleErrors(rule: PolicyRule, isNamespaced: boolean, field: string): FieldError[] {
  const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const errors = verbs.length === 0 ? [required(`${field}.verbs`, "verbs must contain at least one value")] : [];
  if (nonResourceURLs.length > 0) {
    const why = [
      ...(isNamespaced ? ["namespaced rules cannot apply to non-resource URLs"] : []),
      ...(apiGroups.length + resources.length + resourceNames.length > 0
        ? ["rules cannot apply to both regular resources and non-resource URLs"]
        : []),
    ];
    return [...errors, ...why.map((detail) => invalid(`${field}.nonResourceURLs`, nonResourceURLs, detail))];
  }
  return [
    ...errors,
    ...(apiGroups.length === 0
      ? [required(`${field}.apiGroups`, "resource rules must supply at least one api group")]
      : []),
    ...(resources.length === 0
      ? [required(`${field}.resources`, "resource rules must supply at least one resource")]
      : []),
  ];
}
