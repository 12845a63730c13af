/**
 * The rules that every object's metadata obeys.
 * Source: k8s.io/apimachinery, pkg/api/validation/objectmeta.go.
 */
import type { KubeObject, ObjectMeta, OwnerReference } from "../../domain/object.ts";
import { sameJson } from "../json.ts";
import { forbidden, invalid, required, tooLong, type FieldError } from "./field-error.ts";
import { isLabelValue, isQualifiedName, type NameRule } from "./names.ts";

const maxAnnotationsLength = 256 * 1024;

export function validateMetadata(meta: ObjectMeta, isName: NameRule): FieldError[] {
  return [
    ...nameErrors(meta, isName),
    ...validateLabels(meta.labels, "metadata.labels"),
    ...annotationErrors(meta.annotations ?? {}),
    ...(meta.ownerReferences ?? []).flatMap((owner, index) => ownerErrors(owner, `metadata.ownerReferences[${index}]`)),
    ...(meta.finalizers ?? []).flatMap((name, index) => check(`metadata.finalizers[${index}]`, name, isQualifiedName)),
  ];
}

/** What an update may not change. */
export function validateMetadataUpdate(before: KubeObject, after: KubeObject): FieldError[] {
  const [was, is] = [before.metadata, after.metadata];
  const fixed = ["name", "namespace", "uid", "creationTimestamp", "deletionTimestamp"] as const;
  const changed = fixed.filter((field) => !sameJson(was[field], is[field]));
  const added = (is.finalizers ?? []).filter((name) => was.finalizers?.includes(name) !== true);
  return [
    ...changed.map((field) => invalid(`metadata.${field}`, is[field] ?? "", "field is immutable")),
    ...(was.deletionTimestamp !== undefined && added.length > 0
      ? [
          forbidden(
            "metadata.finalizers",
            `no new finalizers can be added if the object is being deleted, found new finalizers ${JSON.stringify(added)}`,
          ),
        ]
      : []),
  ];
}

/** Labels, and the maps that select by them. */
export function validateLabels(labels: Readonly<Record<string, string>> | undefined, field: string): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...check(field, key, isQualifiedName),
    ...check(field, value, isLabelValue),
  ]);
}

/** The error, if any, that `rule` finds in `value`. */
export function check(field: string, value: string, rule: NameRule): FieldError[] {
  const problem = rule(value);
  return problem === undefined ? [] : [invalid(field, value, problem)];
}

function nameErrors({ name }: ObjectMeta, isName: NameRule): FieldError[] {
  if (name === "") return [required("metadata.name", "name or generateName is required")];
  return check("metadata.name", name, isName);
}

function annotationErrors(annotations: Record<string, string>): FieldError[] {
  const entries = Object.entries(annotations);
  const length = entries.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  return [
    ...entries.flatMap(([key]) => check("metadata.annotations", key, (text) => isQualifiedName(text.toLowerCase()))),
    ...(length > maxAnnotationsLength
      ? [tooLong("metadata.annotations", `may not be more than ${maxAnnotationsLength} bytes`)]
      : []),
  ];
}

function ownerErrors(owner: OwnerReference, field: string): FieldError[] {
  const needed = ["apiVersion", "kind", "name", "uid"] as const;
  return needed.filter((part) => !owner[part]).map((part) => invalid(`${field}.${part}`, "", "must not be empty"));
}
