/**
 * The rules that every object's metadata obeys.
 * Source: k8s.io/apimachinery, pkg/api/validation/objectmeta.go.
 */
import type { KubeObject, ObjectMeta, OwnerReference } from "../../domain/object.ts";
import { sameJson } from "../json.ts";
import { forbidden, invalid, required, tooLong, tooMany, type FieldError } from "./field-error.ts";
import { isLabelValue, isQualifiedName, type NameRule } from "./names.ts";

const maxAnnotationsBytes = 256 * 1024;

/** Each is looked up when an object is created. Kubernetes has no such limit. */
export const maxOwners = 64;

export function validateMetadata(meta: ObjectMeta, isName: NameRule): FieldError[] {
  return [
    ...nameErrors(meta, isName),
    ...validateLabels(meta.labels, "metadata.labels"),
    ...annotationErrors(meta.annotations ?? {}),
    ...ownersErrors(meta.ownerReferences ?? []),
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
  const bytes = entries.reduce((sum, [key, value]) => sum + bytesOf(key) + bytesOf(value), 0);
  return [
    ...entries.flatMap(([key]) => check("metadata.annotations", key, (text) => isQualifiedName(text.toLowerCase()))),
    ...(bytes > maxAnnotationsBytes
      ? [tooLong("metadata.annotations", `may not be more than ${maxAnnotationsBytes} bytes`)]
      : []),
  ];
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

function ownersErrors(owners: readonly OwnerReference[]): FieldError[] {
  const field = "metadata.ownerReferences";
  if (owners.length > maxOwners) return [tooMany(field, owners.length, maxOwners)];
  const [first, ...others] = owners
    .filter(({ controller }) => controller === true)
    .map(({ kind, name }) => `${kind}/${name}`);
  return [
    ...owners.flatMap((owner, index) => ownerErrors(owner, `${field}[${index}]`)),
    ...others.map((other) => {
      const only = "Only one reference can have Controller set to true.";
      return invalid(field, owners, `${only} Found "true" in references for ${first} and ${other}`);
    }),
  ];
}

function ownerErrors(owner: OwnerReference, field: string): FieldError[] {
  const needed = ["apiVersion", "kind", "name", "uid"] as const;
  return needed.filter((part) => !owner[part]).map((part) => invalid(`${field}.${part}`, "", "must not be empty"));
}
