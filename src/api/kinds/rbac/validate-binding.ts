/**
 * What is wrong with a binding.
 * Source: kubernetes, pkg/apis/rbac/validation/validation.go (ValidateRoleBinding, ValidateRoleBindingSubject).
 */
import { rbacGroup, type ClusterRoleBinding, type RoleBinding, type Subject } from "../../../domain/rbac.ts";
import { sameJson } from "../../json.ts";
import { invalid, notSupported, required, type FieldError } from "../../validation/field-error.ts";
import { check } from "../../validation/metadata.ts";
import { isDnsSubdomain, isPathSegment } from "../../validation/names.ts";

type Binding = RoleBinding | ClusterRoleBinding;

export function validateBinding(binding: Binding, before: Binding | undefined): FieldError[] {
  const isNamespaced = binding.kind === "RoleBinding";
  const { roleRef, subjects = [] } = binding;
  const isMoved = before !== undefined && !sameJson(roleRef, before.roleRef);
  return [
    ...roleErrors(binding, isNamespaced ? ["ClusterRole", "Role"] : ["ClusterRole"]),
    ...subjects.flatMap((subject, index) => subjectErrors(subject, isNamespaced, `subjects[${index}]`)),
    ...(isMoved ? [invalid("roleRef", roleRef, "cannot change roleRef")] : []),
  ];
}

function roleErrors({ roleRef: { apiGroup, kind, name } }: Binding, kinds: readonly string[]): FieldError[] {
  return [
    ...(apiGroup === rbacGroup ? [] : [notSupported("roleRef.apiGroup", apiGroup, [rbacGroup])]),
    ...(kinds.includes(kind) ? [] : [notSupported("roleRef.kind", kind ?? "", kinds)]),
    ...(name ? check("roleRef.name", name, isPathSegment) : [required("roleRef.name")]),
  ];
}

function subjectErrors(subject: Subject, isNamespaced: boolean, field: string): FieldError[] {
  const { kind = "", name = "", apiGroup = "", namespace = "" } = subject;
  const nameErrors = name === "" ? [required(`${field}.name`)] : [];
  const groupErrors = (group: string): FieldError[] =>
    apiGroup === group ? [] : [notSupported(`${field}.apiGroup`, apiGroup, [group])];
  switch (kind) {
    case "ServiceAccount":
      return [
        ...nameErrors,
        ...(name === "" ? [] : check(`${field}.name`, name, isDnsSubdomain)),
        ...groupErrors(""),
        ...(isNamespaced || namespace !== "" ? [] : [required(`${field}.namespace`)]),
      ];
    case "User":
    case "Group":
      return [...nameErrors, ...groupErrors(rbacGroup)];
    default:
      return [...nameErrors, notSupported(`${field}.kind`, kind, ["Group", "ServiceAccount", "User"])];
  }
}
