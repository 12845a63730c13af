/**
 * Kubernetes' protobuf as the JSON document that says the same. Which fields there are is the schema's to say; those
 * that it does not number are skipped, as Go does, so nothing nests deeper than the types do. Values are not judged here.
 * Source: k8s.io/apimachinery, pkg/runtime/serializer/protobuf, and the generated.proto files of its packages.
 */
import type { Json, JsonObject } from "../json.ts";
import { numberedFields, type NumberedField } from "../schema/protobuf.ts";
import { fieldType, isTypeName, type FieldType, type Scalar, type TypeName } from "../schema/schema.ts";
import { parseText } from "./parse-text.ts";
import { wireFields, type Fault, type WireField } from "./wire-fields.ts";

export type Decoded<T> = { outcome: "decoded"; value: T } | { outcome: "malformed"; message: string };

/** What is around every object: of which kind it is, and its message, which is read when the kind is known. */
export interface Envelope {
  apiVersion: string;
  kind: string;
  message: Uint8Array;
}

/** `k8s\0` */
const prefix = [0x6b, 0x38, 0x73, 0x00];

/** Source: k8s.io/apimachinery, pkg/runtime/generated.proto, Unknown and TypeMeta. */
export function openEnvelope(octets: Uint8Array): Decoded<Envelope> {
  if (!prefix.every((octet, index) => octets[index] === octet)) {
    const message = "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]";
    return { outcome: "malformed", message };
  }
  const [envelope, fault]: [Envelope, Fault] = [
    { apiVersion: "", kind: "", message: new Uint8Array() },
    { message: undefined, fields: 0 },
  ];
  for (const field of wireFields(octets.subarray(prefix.length), fault)) {
    if (field.number === 1) readTypeMeta(field, envelope);
    if (field.number === 2) envelope.message = field.octets("raw");
    if (field.number === 3 && field.text("contentEncoding") !== "") field.fail("unknown content encoding");
  }
  return outcomeOf(envelope, fault);
}

function readTypeMeta(field: WireField, envelope: Envelope): void {
  for (const inner of field.fields("typeMeta")) {
    if (inner.number === 1) envelope.apiVersion = inner.text("apiVersion");
    if (inner.number === 2) envelope.kind = inner.text("kind");
  }
}

export function decodeProtobuf(message: Uint8Array, type: TypeName): Decoded<JsonObject> {
  const fault: Fault = { message: undefined, fields: 0 };
  const document: Draft = {};
  readMessage(wireFields(message, fault), type, type, document);
  return outcomeOf(document, fault);
}

function outcomeOf<T>(value: T, { message }: Fault): Decoded<T> {
  return message === undefined ? { outcome: "decoded", value } : { outcome: "malformed", message };
}

/** A message in the making. Its keys are the schema's; a map, whose keys are the client's, has no prototype. */
type Draft = Record<string, Json>;

/** A value that comes twice counts the second time; a message that comes twice is merged; a list goes on. */
function readMessage(fields: Iterable<WireField>, type: TypeName, table: string, draft: Draft): void {
  const known = numberedFields(table);
  for (const field of fields) {
    const as = known.get(field.number);
    if (as === undefined) continue;
    if (as.isInlined) readMessage(field.fields(as.name), type, as.name, draft);
    else readField(field, as, fieldType(type, as.name), draft);
  }
}

function readField(field: WireField, as: NumberedField, type: FieldType | undefined, draft: Draft): void {
  const { name } = as;
  switch (type?.form) {
    case undefined:
      return;
    case "list": {
      const list = (draft[name] ??= []) as Json[];
      const isPackable = type.of === "int32" || type.of === "int64" || type.of === "bool";
      for (const item of isPackable ? field.unpacked() : [field]) list.push(readOne(item, type.of, name, undefined));
      return;
    }
    case "map":
      readEntry(field, type.of, name, (draft[name] ??= Object.create(null) as Draft) as Draft);
      return;
    case "one": {
      const value = readOne(field, type.of, name, draft[name]);
      // Go writes what is not a pointer even when it was never set.
      if (value === null || (isZero(value) && !as.keepsZero)) delete draft[name];
      else draft[name] = value;
    }
  }
}

/** An entry without a value has the zero of its type. */
function readEntry(field: WireField, of: Scalar | TypeName, name: string, map: Draft): void {
  let [key, value]: [string, Json] = ["", of === "quantity" ? "0" : ""];
  for (const inner of field.fields(name)) {
    if (inner.number === 1) key = inner.text(name);
    if (inner.number === 2) value = readOne(inner, of, name, undefined);
  }
  map[key] = value;
}

/** `before` is the value that the field had already, to which a message is added. */
function readOne(field: WireField, of: Scalar | TypeName, name: string, before: Json | undefined): Json {
  if (isTypeName(of)) {
    const draft = (before ?? {}) as Draft;
    readMessage(field.fields(name), of, of, draft);
    return draft;
  }
  switch (of) {
    case "string":
      return field.text(name);
    case "bool":
      return field.varint(name) !== 0n;
    case "int32":
      return field.int32(name);
    case "int64":
      return field.int64(name);
    case "intOrString":
      return readIntOrString(field, name);
    case "quantity":
      return readText(field, name, "0");
    case "time":
    case "microTime":
      return readTime(field, name);
    case "any":
      return readJson(field, name);
  }
}

/** Source: k8s.io/apimachinery, pkg/util/intstr/generated.proto. */
function readIntOrString(field: WireField, name: string): Json {
  let [isText, number, text] = [false, 0, ""];
  for (const inner of field.fields(name)) {
    if (inner.number === 1) isText = inner.varint("type") !== 0n;
    if (inner.number === 2) number = inner.int32("intVal");
    if (inner.number === 3) text = inner.text("strVal");
  }
  return isText ? text : number;
}

/** What a message holds that has nothing but a text. */
function readText(field: WireField, name: string, zero: string): string {
  let text = zero;
  for (const inner of field.fields(name)) if (inner.number === 1) text = inner.text(name);
  return text;
}

/** An empty message is a time that was never set. Source: k8s.io/apimachinery, pkg/apis/meta/v1, Timestamp. */
function readTime(field: WireField, name: string): Json {
  if (field.octets(name).length === 0) return null;
  let [seconds, nanos] = [0, 0];
  for (const inner of field.fields(name)) {
    if (inner.number === 1) seconds = inner.int64("seconds");
    if (inner.number === 2) nanos = inner.int32("nanos");
  }
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime()) || nanos < 0 || nanos >= 1e9) {
    field.fail("timestamp out of range");
    return null;
  }
  return date.toISOString().replace(".000Z", `.${String(nanos).padStart(9, "0")}Z`);
}

function readJson(field: WireField, name: string): Json {
  const parsed = parseText(readText(field, name, "{}"), "json");
  if (parsed.outcome === "parsed") return parsed.value;
  field.fail(parsed.message);
  return null;
}

function isZero(value: Json): boolean {
  return value === "" || value === 0 || value === false;
}
