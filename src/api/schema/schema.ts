/** The fields of every type, read from the notation that scripts/generate-schema.ts writes. */
import types from "./kubernetes.json" with { type: "json" };

/** A type that has fields, by the name that Go's errors call it. */
export type TypeName = keyof typeof types;

export type Scalar = "string" | "bool" | "int32" | "int64" | "time" | "microTime" | "intOrString" | "quantity" | "any";

export interface FieldType {
  form: "one" | "list" | "map";
  of: Scalar | TypeName;
}

const parsed = new Map<string, FieldType>();

/** The type of a field, undefined when there is no such field. */
export function fieldType(type: TypeName, field: string): FieldType | undefined {
  const fields: Readonly<Record<string, string>> = types[type];
  const notation = Object.hasOwn(fields, field) ? fields[field] : undefined;
  return notation === undefined ? undefined : parseNotation(notation);
}

/** The names of a type's fields, in alphabetical order. */
export function fieldNames(type: TypeName): string[] {
  return Object.keys(types[type]);
}

export function isTypeName(name: string): name is TypeName {
  return Object.hasOwn(types, name);
}

function parseNotation(notation: string): FieldType {
  const known = parsed.get(notation);
  if (known !== undefined) return known;
  const form = notation.startsWith("[]") ? "list" : notation.startsWith("{}") ? "map" : "one";
  const type: FieldType = { form, of: (form === "one" ? notation : notation.slice(2)) as Scalar | TypeName };
  parsed.set(notation, type);
  return type;
}
