/**
 * The options that writes take in their query.
 * Source: k8s.io/apimachinery, pkg/apis/meta/v1/validation.
 */
import { Refusal } from "./refusal.ts";
import { forbidden, invalid, notSupported, required, tooLong, type FieldError } from "./validation/field-error.ts";

export interface WriteOptions {
  /** Do everything but write. */
  dryRun: boolean;
  fieldValidation: FieldValidation;
  /** Who writes, by its own account; empty when it does not say. */
  fieldManager: string;
}

export interface PatchOptions extends WriteOptions {
  /** Apply even what others manage. */
  force: boolean;
}

/** What to do about unknown and repeated fields. */
export type FieldValidation = "Strict" | "Warn" | "Ignore";

/** What Go's unicode.IsPrint is false for: no letter, mark, number, punctuation or symbol, and no space. */
export const unprintable = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;

const fieldValidations: readonly string[] = ["Ignore", "Strict", "Warn"] satisfies FieldValidation[];

/** As many octets as a field manager's name may have. */
export const maxFieldManagerBytes = 128;

export function parsePatchOptions(query: URLSearchParams, isApply: boolean): PatchOptions | Refusal {
  const ownErrors = [
    ...(isApply && !query.get("fieldManager") ? [required("fieldManager", "is required for apply patch")] : []),
    ...(!isApply && query.has("force") ? [forbidden("force", "may not be specified for non-apply patch")] : []),
  ];
  const options = parseWriteOptions(query, "PatchOptions", ownErrors);
  return options instanceof Refusal ? options : { ...options, force: booleanOption(query, "force") };
}

/** `kind` names the options in an error: CreateOptions and the like. */
export function parseWriteOptions(
  query: URLSearchParams,
  kind: string,
  ownErrors: readonly FieldError[] = [],
): WriteOptions | Refusal {
  const fieldManager = query.get("fieldManager") ?? "";
  const fieldValidation = query.get("fieldValidation") || "Warn";
  const dryRun = query.getAll("dryRun").filter((value) => value !== "");
  const errors = [
    ...ownErrors,
    ...fieldManagerErrors(fieldManager),
    ...dryRunErrors(dryRun),
    ...(isFieldValidation(fieldValidation) ? [] : [notSupported("fieldValidation", fieldValidation, fieldValidations)]),
  ];
  if (errors.length > 0 || !isFieldValidation(fieldValidation)) return invalidOptions(kind, errors);
  return { dryRun: dryRun.length > 0, fieldValidation, fieldManager };
}

function fieldManagerErrors(name: string): FieldError[] {
  const isTooLong = new TextEncoder().encode(name).length > maxFieldManagerBytes;
  const position = name.search(unprintable);
  const codePoint = (name.codePointAt(position) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return [
    ...(isTooLong ? [tooLong("fieldManager", `may not be more than ${maxFieldManagerBytes} bytes`)] : []),
    ...(position < 0
      ? []
      : [invalid("fieldManager", name, `invalid character U+${codePoint} (at position ${position})`)]),
  ];
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
