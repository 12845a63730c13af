/**
 * Which fields a document has: what a manager that applies it claims. Pure.
 * Source: sigs.k8s.io/structured-merge-diff, typed/tofieldset.go, and fieldpath/set.go (EnsureNamedFieldsAreMembers).
 */
import { isJsonObject, type Json } from "../json.ts";
import { fieldType } from "../schema/schema.ts";
import { fieldSet, thisField, type FieldSet } from "./field-set.ts";
import { partsOf, shapeInside } from "./parts.ts";
import { fieldNameIn } from "./path-element.ts";
import type { Shape } from "./shape.ts";

/** The leaves, and the items and keys that hold them; of a struct's own fields only those that hold nothing. */
export function fieldsOf(value: Json, shape: Shape): FieldSet {
  const parts = partsOf(value, shape);
  if (parts === undefined) return thisField;
  const inner = Array.from(parts, ([element, part]): [string, FieldSet] => {
    const fields = fieldsOf(part.value, part.shape);
    const isMember = fields.isMember || shape.form !== "struct" || isBare(part.value);
    return [element, { ...fields, isMember }];
  });
  return fieldSet(false, inner);
}

/** Adds the fields of structs that the set's members lie in. */
export function withNamedFields({ isMember, inner }: FieldSet, shape: Shape): FieldSet {
  const named = Array.from(inner, ([element, deeper]): [string, FieldSet] => {
    const fields = withNamedFields(deeper, shapeInside(shape, element));
    return [element, isNamed(element, shape) ? { ...fields, isMember: true } : fields];
  });
  return fieldSet(isMember, named);
}

function isNamed(element: string, shape: Shape): boolean {
  const name = fieldNameIn(element);
  return name !== undefined && shape.form === "struct" && fieldType(shape.type, name) !== undefined;
}

function isBare(value: Json): boolean {
  return isJsonObject(value) && Object.keys(value).length === 0;
}
