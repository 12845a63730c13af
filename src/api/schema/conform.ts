/**
 * Brings a document into the shape of a Kubernetes type: unknown fields and nulls are left out, times and quantities
 * become canonical, fields come in one order. Says what was unknown and the first thing that has the wrong type, in
 * the words of Go's decoder, which is what clients know. Values are not judged here.
 */
import { isJsonList, isJsonObject, ownValue, type Json, type JsonObject } from "../json.ts";
import { fieldNames, fieldType, isTypeName, type FieldType, type Scalar, type TypeName } from "./schema.ts";
import { jsonKind, parseScalar } from "./scalars.ts";

export interface Conformed {
  object: JsonObject;
  /** Paths of unknown fields such as `spec.containers[0].imagee`, at most a hundred. */
  unknown: string[];
  /** `json: cannot unmarshal string into Go struct field …`, when something has the wrong type. */
  mismatch: string | undefined;
}

const maxUnknown = 100;

/** Of a list. What compares items with each other takes time that grows with the square of their number. */
const maxItems = 5000;

/** Where the walk is: `struct` and `goPath` as Go names them, without indexes; `path` with them. */
interface Place {
  struct: string;
  goPath: string;
  path: string;
}

interface Findings {
  unknown: string[];
  mismatch: string | undefined;
}

/** The document must be of bounded depth. */
export function conform(document: JsonObject, type: TypeName): Conformed {
  const findings: Findings = { unknown: [], mismatch: undefined };
  const object = conformStruct(document, type, { struct: type, goPath: "", path: "" }, findings);
  return { object, ...findings };
}

function conformStruct(object: JsonObject, type: TypeName, place: Place, findings: Findings): JsonObject {
  for (const key of Object.keys(object)) {
    if (fieldType(type, key) === undefined) noteUnknown(join(place.path, key), findings);
  }
  const struct = type.slice(type.indexOf(".") + 1);
  const fields = fieldNames(type).flatMap((name): [string, Json][] => {
    const [value, expected] = [ownValue(object, name), fieldType(type, name)];
    if (value === undefined || value === null || expected === undefined) return [];
    const inner: Place = { struct, goPath: join(place.goPath, name), path: join(place.path, name) };
    return [[name, conformField(value, expected, inner, findings)]];
  });
  return Object.fromEntries(fields);
}

function conformField(value: Json, type: FieldType, place: Place, findings: Findings): Json {
  switch (type.form) {
    case "one":
      return conformOne(value, type.of, place, findings);
    case "list":
      if (!isJsonList(value)) return mismatch(value, `[]${goName(type.of)}`, place, findings);
      if (value.length > maxItems) return tooManyItems(value.length, place, findings);
      return value.map((item, index) => {
        return conformOne(item, type.of, { ...place, path: `${place.path}[${index}]` }, findings);
      });
    case "map":
      if (!isJsonObject(value)) return mismatch(value, `map[string]${goName(type.of)}`, place, findings);
      return conformMap(value, type.of, place, findings);
  }
}

function conformMap(map: JsonObject, of: Scalar | TypeName, place: Place, findings: Findings): Json {
  const entries = Object.entries(map).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(
    entries.map(([key, value]) => {
      return [key, conformOne(value, of, { ...place, path: join(place.path, key) }, findings)];
    }),
  );
}

function conformOne(value: Json, of: Scalar | TypeName, place: Place, findings: Findings): Json {
  if (isTypeName(of)) {
    if (value === null) return {};
    if (isJsonObject(value)) return conformStruct(value, of, place, findings);
    return mismatch(value, goName(of), place, findings);
  }
  const scalar = parseScalar(value, of);
  switch (scalar.outcome) {
    case "parsed":
      return scalar.value;
    case "wrong-type":
      return mismatch(value, of === "bool" || of === "int32" || of === "int64" ? of : "string", place, findings);
    case "malformed":
      findings.mismatch ??= scalar.message;
      return null;
  }
}

function mismatch(value: Json, goType: string, place: Place, findings: Findings): null {
  findings.mismatch ??=
    `json: cannot unmarshal ${jsonKind(value, goType)} into Go struct field ` +
    `${place.struct}.${place.goPath} of type ${goType}`;
  return null;
}

function tooManyItems(count: number, { path }: Place, findings: Findings): null {
  findings.mismatch ??= `${path}: too many items: ${count}: must have at most ${maxItems}`;
  return null;
}

function goName(of: Scalar | TypeName): string {
  if (isTypeName(of)) return `v1.${of.slice(of.indexOf(".") + 1)}`;
  return of === "quantity" ? "resource.Quantity" : of;
}

function noteUnknown(path: string, findings: Findings): void {
  if (findings.unknown.length < maxUnknown) findings.unknown.push(path);
}

function join(path: string, field: string): string {
  return path === "" ? field : `${path}.${field}`;
}
