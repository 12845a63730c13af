/**
 * Takes in a body that is to be of one Kubernetes type: read, parsed, checked against the type's fields.
 * Source of the wordings: k8s.io/apiserver, pkg/endpoints/handlers/create.go and rest.go.
 */
import { isJsonObject, ownValue, type Json, type JsonObject } from "../json.ts";
import type { FieldValidation } from "../options.ts";
import { badRequest, Refusal } from "../refusal.ts";
import { conform } from "../schema/conform.ts";
import { jsonKind } from "../schema/scalars.ts";
import { isTypeName, type TypeName } from "../schema/schema.ts";
import type { Warnings } from "../warnings.ts";
import { decodeProtobuf, openEnvelope } from "./decode-protobuf.ts";
import { parseText, unreadable, type TextFormat } from "./parse-text.ts";
import { readBody, textOf, type MediaType } from "./read-body.ts";

const manifestTypes: readonly MediaType<TextFormat | "protobuf">[] = [
  { name: "application/json", format: "json" },
  { name: "application/yaml", format: "yaml" },
  { name: "application/vnd.kubernetes.protobuf", format: "protobuf" },
];

export interface ExpectedType {
  /** `v1`; undefined where any will do. */
  apiVersion: string | undefined;
  kind: string;
  schema: TypeName;
}

/** What is wrong with how a document is written, short of what it means. */
export interface Irregularities {
  unknown: readonly string[];
  duplicates: readonly string[];
}

/** The document, its apiVersion and kind filled in; undefined when the body is empty. */
export async function readTyped(
  request: Request,
  expected: ExpectedType,
  warnings: Warnings,
  fieldValidation: FieldValidation,
): Promise<JsonObject | undefined | Refusal> {
  const body = await readBody(request, manifestTypes);
  if (body instanceof Refusal) return body;
  const { octets, type } = body;
  const document =
    type.format === "protobuf" ? binaryDocument(octets, expected) : textDocument(textOf(octets), type.format);
  if (document === undefined || document instanceof Refusal) return document;
  return typed(document, expected, warnings, fieldValidation);
}

/** A body's content, with the keys that it gives twice. */
interface Document {
  value: Json;
  duplicates: readonly string[];
}

function textDocument(text: string, format: TextFormat): Document | undefined | Refusal {
  if (text.trim() === "") return undefined;
  const parsed = parseText(text, format);
  return parsed.outcome === "parsed" ? parsed : unreadable(parsed, "couldn't get version/kind; json parse error: ");
}

/** A message says of itself neither what it is nor what its fields are called: its envelope and the schema do. */
function binaryDocument(octets: Uint8Array, expected: ExpectedType): Document | undefined | Refusal {
  if (octets.length === 0) return undefined;
  const envelope = openEnvelope(octets);
  if (envelope.outcome === "malformed") return badRequest(`couldn't get version/kind; ${envelope.message}`);
  const { apiVersion, kind, message } = envelope.value;
  const misplaced = mismatchedType({ apiVersion, kind }, expected);
  if (misplaced !== undefined) return badRequest(misplaced);
  const decoded = decodeProtobuf(message, expected.schema);
  if (decoded.outcome === "decoded") return { value: { ...decoded.value, apiVersion, kind }, duplicates: [] };
  return badRequest(cannotBeHandled(expected.kind, apiVersion, expected.kind, decoded.message));
}

function typed(
  { value, duplicates }: Document,
  expected: ExpectedType,
  warnings: Warnings,
  fieldValidation: FieldValidation,
): JsonObject | Refusal {
  if (!isJsonObject(value)) {
    const what = jsonKind(value, "struct");
    return badRequest(`couldn't get version/kind; json parse error: json: cannot unmarshal ${what} into Go value`);
  }
  const misplaced = mismatchedType(value, expected);
  if (misplaced !== undefined) return badRequest(misplaced);
  const { object, unknown, mismatch } = conform(value, expected.schema);
  const apiVersion = expected.apiVersion ?? "v1";
  const problem = mismatch ?? complain({ unknown, duplicates }, fieldValidation, warnings);
  if (problem === undefined) return { ...object, apiVersion, kind: expected.kind };
  return badRequest(cannotBeHandled(expected.kind, apiVersion, expected.kind, problem));
}

/** Warns of irregularities, or says why they are not accepted. */
export function complain(
  { unknown, duplicates }: Irregularities,
  fieldValidation: FieldValidation,
  warnings: Warnings,
): string | undefined {
  const complaints = [
    ...duplicates.map((path) => `duplicate field ${JSON.stringify(path)}`),
    ...unknown.map((path) => `unknown field ${JSON.stringify(path)}`),
  ];
  if (fieldValidation === "Warn") for (const complaint of complaints) warnings.add(complaint);
  if (fieldValidation !== "Strict" || complaints.length === 0) return undefined;
  return `strict decoding error: ${complaints.join(", ")}`;
}

/** What the document claims to be, against what it must be; silence is taken for agreement. */
export function mismatchedType(document: JsonObject, expected: ExpectedType): string | undefined {
  const apiVersion = ownValue(document, "apiVersion") ?? "";
  const kind = ownValue(document, "kind") ?? "";
  if (typeof apiVersion !== "string") return notText("apiVersion", apiVersion);
  if (typeof kind !== "string") return notText("kind", kind);
  const version = apiVersion === "" ? (expected.apiVersion ?? "") : apiVersion;
  if (kind !== "" && kind !== expected.kind) return otherKind(kind, version, expected.kind);
  if (expected.apiVersion === undefined || version === expected.apiVersion) return undefined;
  return `the API version in the data (${version}) does not match the expected API version (${expected.apiVersion})`;
}

function notText(field: string, value: Json): string {
  const what = `json: cannot unmarshal ${jsonKind(value, "string")} into Go struct field .${field} of type string`;
  return `couldn't get version/kind; json parse error: ${what}`;
}

function otherKind(kind: string, apiVersion: string, expected: string): string {
  const version = apiVersion.slice(apiVersion.indexOf("/") + 1);
  const why = isTypeName(kind)
    ? `converting (v1.${kind}) to (core.${expected}): unknown conversion`
    : `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`;
  return cannotBeHandled(kind, version, expected, why);
}

function cannotBeHandled(kind: string, apiVersion: string, expected: string, why: string): string {
  const version = apiVersion.slice(apiVersion.indexOf("/") + 1);
  return `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${expected}: ${why}`;
}
