/** The numbers of every type's fields in protobuf, read from the notation that scripts/generate-protobuf writes. */
import numbers from "./protobuf.json" with { type: "json" };

export interface NumberedField {
  /** The field's name in JSON; for a message whose fields are the type's own there, the name of their table. */
  name: string;
  isInlined: boolean;
  /** Whether a zero is a value, and not an absence. */
  keepsZero: boolean;
}

export type NumberedFields = ReadonlyMap<number, NumberedField>;

const parsed = new Map<string, NumberedFields>();

/** By number; empty for a table that there is none of. */
export function numberedFields(table: string): NumberedFields {
  const known = parsed.get(table);
  if (known !== undefined) return known;
  const notation = (numbers as Readonly<Record<string, string>>)[table] ?? "";
  const fields = new Map(notation.split(" ").flatMap((entry) => parseEntry(entry)));
  parsed.set(table, fields);
  return fields;
}

function parseEntry(entry: string): [number, NumberedField][] {
  const [, inlined, name, optional, number] = /^(\.\.\.)?([^?]+)(\?)?=(\d+)$/.exec(entry) ?? [];
  if (name === undefined) return [];
  return [[Number(number), { name, isInlined: inlined !== undefined, keepsZero: optional !== undefined }]];
}
