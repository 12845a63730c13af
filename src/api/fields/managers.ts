/**
 * Who manages which fields of an object, and how that is stored in its `metadata.managedFields`. Pure.
 * Source: k8s.io/apimachinery, pkg/util/managedfields/internal/managedfields.go.
 */
import type { ManagedFieldsEntry } from "../../domain/object.ts";
import type { Json } from "../json.ts";
import { isEmpty, parseFieldsV1, toFieldsV1, type FieldSet } from "./field-set.ts";

/** Who writes, by which path, and when. */
export interface Author {
  name: string;
  operation: "Apply" | "Update";
  apiVersion: string;
  /** Empty for the object itself. */
  subresource: string;
  time: string | undefined;
}

export interface Manager extends Author {
  fields: FieldSet;
}

/** Whether both are one entry. A manager that applies is one and the same in all versions of the API. */
export function isSameManager(one: Author, other: Author): boolean {
  return identity(one) === identity(other);
}

/** Sorts managers as conflicts name them. */
export function byIdentity(one: Author, other: Author): number {
  return identity(one) < identity(other) ? -1 : 1;
}

function identity({ name, operation, apiVersion, subresource }: Author): string {
  return JSON.stringify([name, operation, operation === "Apply" ? "" : apiVersion, subresource]);
}

/** Undefined when an entry is none that Kubernetes would write. */
export function parseManagers(entries: readonly ManagedFieldsEntry[]): Manager[] | undefined {
  const managers = entries.map((entry) => parseManager(entry));
  return managers.every((manager) => manager !== undefined) ? managers : undefined;
}

function parseManager(entry: ManagedFieldsEntry): Manager | undefined {
  const { manager: name = "", operation, apiVersion = "", time, fieldsType, fieldsV1, subresource = "" } = entry;
  if ((operation !== "Apply" && operation !== "Update") || apiVersion === "" || fieldsType !== "FieldsV1") {
    return undefined;
  }
  const fields = parseFieldsV1((fieldsV1 ?? {}) as Json);
  return fields === undefined ? undefined : { name, operation, apiVersion, time, subresource, fields };
}

/** Those that manage anything, in Kubernetes' order. */
export function toEntries(managers: readonly Manager[]): ManagedFieldsEntry[] {
  return managers
    .filter(({ fields }) => !isEmpty(fields))
    .toSorted((one, other) => (sortKey(one) < sortKey(other) ? -1 : 1))
    .map(({ name, operation, apiVersion, time, subresource, fields }) => ({
      manager: name,
      operation,
      apiVersion,
      ...(time !== undefined && { time }),
      fieldsType: "FieldsV1",
      fieldsV1: toFieldsV1(fields),
      ...(subresource !== "" && { subresource }),
    }));
}

/** Times are in a form that sorts as text. */
function sortKey({ operation, time = "", name, apiVersion, subresource }: Manager): string {
  return [operation, time, name, apiVersion, subresource].join("\u0000");
}
