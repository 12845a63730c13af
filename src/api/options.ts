/**
 * The options that writes take in their query.
 * Source: k8s.io/apimachinery, pkg/apis/meta/v1/validation.
 */
import { Refusal } from "./refusal.ts";
import { notSupported, type FieldError } from "./validation/field-error.ts";

export interface WriteOptions {
  /** Do everything but write. */
  dryRun: boolean;
  fieldValidation: FieldValidation;
}

/** What to do about unknown and repeated fields. */
export type FieldValidation = "Strict" | "Warn" | "Ignore";

const fieldValidations: readonly string[] = ["Ignore", "Strict", "Warn"] satisfies FieldValidation[];

/** `kind` names the options in an error: CreateOptions and the like. */
export function parseWriteOptions(query: URLSearchParams, kind: string): WriteOptions | Refusal {
  const fieldValidation = query.get("fieldValidation") || "Warn";
  const dryRun = query.getAll("dryRun").filter((value) => value !== "");
  const errors = [
    ...dryRunErrors(dryRun),
    ...(isFieldValidation(fieldValidation) ? [] : [notSupported("fieldValidation", fieldValidation, fieldValidations)]),
  ];
  if (errors.length > 0 || !isFieldValidation(fieldValidation)) return invalidOptions(kind, errors);
  return { dryRun: dryRun.length > 0, fieldValidation };
}

export function dryRunErrors(dryRun: readonly string[]): FieldError[] {
  return dryRun.filter((value) => value !== "All").map((value) => notSupported("dryRun", value, ["All"]));
}

export function invalidOptions(kind: string, errors: readonly FieldError[]): Refusal {
  return new Refusal({ type: "invalid", subject: { group: "meta.k8s.io", kind, name: "" }, errors });
}

/** As Kubernetes reads them: absent, `false` and `0` are false, whatever else there is, even nothing, is true. */
export function booleanOption(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && value !== "false" && value !== "0";
}

function isFieldValidation(value: string): value is FieldValidation {
  return fieldValidations.includes(value);
}
