/**
 * What is wrong with a field, and how Kubernetes says it.
 * Source: k8s.io/apimachinery, pkg/util/validation/field/errors.go.
 */
export type FieldErrorReason =
  | "FieldValueInvalid"
  | "FieldValueRequired"
  | "FieldValueNotSupported"
  | "FieldValueForbidden"
  | "FieldValueDuplicate"
  | "FieldValueTooLong"
  | "FieldValueTooMany";

export interface FieldError {
  /** `spec.containers[0].name` */
  field: string;
  reason: FieldErrorReason;
  /** Without the field: `Invalid value: "x": must be …`. */
  message: string;
}

export function required(field: string, detail = ""): FieldError {
  return { field, reason: "FieldValueRequired", message: detailed("Required value", detail) };
}

export function invalid(field: string, value: unknown, detail: string): FieldError {
  return { field, reason: "FieldValueInvalid", message: detailed(`Invalid value: ${shown(value)}`, detail) };
}

export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  const choices = supported.map((choice) => JSON.stringify(choice)).join(", ");
  const message = detailed(`Unsupported value: ${shown(value)}`, `supported values: ${choices}`);
  return { field, reason: "FieldValueNotSupported", message };
}

export function forbidden(field: string, detail: string): FieldError {
  return { field, reason: "FieldValueForbidden", message: detailed("Forbidden", detail) };
}

export function duplicate(field: string, value: unknown): FieldError {
  return { field, reason: "FieldValueDuplicate", message: `Duplicate value: ${shown(value)}` };
}

export function tooLong(field: string, detail: string): FieldError {
  return { field, reason: "FieldValueTooLong", message: detailed("Too long", detail) };
}

export function tooMany(field: string, count: number, most: number): FieldError {
  return { field, reason: "FieldValueTooMany", message: `Too many: ${count}: must have at most ${most} items` };
}

/** The error as a sentence, its field first. */
export function fieldErrorText({ field, message }: FieldError): string {
  return `${field}: ${message}`;
}

function detailed(what: string, detail: string): string {
  return detail === "" ? what : `${what}: ${detail}`;
}

/** Values come from clients; a message need not repeat a megabyte. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "null";
  return text.length > 1000 ? `${text.slice(0, 1000)}…` : text;
}
