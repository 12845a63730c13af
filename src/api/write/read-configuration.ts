/**
 * Takes in what is applied: YAML of the path's own type, in which every field is known and every item of a list that
 * can be owned by itself is told from the others. fieldValidation does not soften that, as in Kubernetes: what is not
 * understood cannot be owned.
 * Source of the wordings: k8s.io/apimachinery, pkg/util/managedfields/internal (structuredmerge.go, versioncheck.go).
 */
import { parseText, unreadable, type ParsedText } from "../body/parse-text.ts";
import { complain } from "../body/read-typed.ts";
import type { Call } from "../call.ts";
import { indistinctItems } from "../fields/indistinct-items.ts";
import { shapeOfType } from "../fields/shape.ts";
import { isJsonObject, ownValue, type JsonObject } from "../json.ts";
import { apiVersionOf } from "../kinds/kind.ts";
import type { FieldValidation } from "../options.ts";
import { badRequest, type Refusal } from "../refusal.ts";
import { conform } from "../schema/conform.ts";

export interface Configuration {
  /** In the shape of its type. */
  document: JsonObject;
  /** As it came. */
  sent: JsonObject;
}

export function readConfiguration(
  { kind, warnings }: Call,
  text: string,
  fieldValidation: FieldValidation,
): Configuration | Refusal {
  const parsed = parseYaml(text);
  if (parsed.outcome !== "parsed") return unreadable(parsed, "error decoding YAML: ");
  const { value: sent, duplicates } = parsed;
  if (!isJsonObject(sent)) return badRequest("error decoding YAML: the document is no object");
  const type = typeText(sent);
  if (type !== typeText({ apiVersion: apiVersionOf(kind), kind: kind.kind })) {
    return badRequest(`invalid object type: ${type}`);
  }
  if (metadataOf(sent)["managedFields"]) return badRequest("metadata.managedFields must be nil");
  const { object, unknown, mismatch } = conform(sent, kind.schema);
  const problems = [
    ...unknown.map((path) => `.${path}: field not declared in schema`),
    ...(mismatch === undefined ? [] : [mismatch]),
    ...indistinctItems(object, shapeOfType(kind.schema)),
  ];
  if (problems.length > 0) return untyped(sent, type, problems);
  const repeated = complain({ unknown: [], duplicates }, fieldValidation, warnings);
  if (repeated !== undefined) return badRequest(`error strict decoding YAML: ${repeated}`);
  return { document: object, sent };
}

/** JSON is YAML too, and most of what comes: then the faster parser will do. */
function parseYaml(text: string): ParsedText {
  const json = parseText(text, "json");
  return json.outcome === "malformed" ? parseText(text, "yaml") : json;
}

/** `/v1, Kind=Service`, as Go writes a GroupVersionKind. */
function typeText(document: JsonObject): string {
  const [apiVersion, kind] = [textAt(document, "apiVersion"), textAt(document, "kind")];
  return `${apiVersion.includes("/") ? apiVersion : `/${apiVersion}`}, Kind=${kind}`;
}

function untyped(sent: JsonObject, type: string, problems: readonly string[]): Refusal {
  const metadata = metadataOf(sent);
  const place = `${textAt(metadata, "namespace")}/${textAt(metadata, "name")}`;
  const [only] = problems.length === 1 ? problems : [];
  const what = only ?? ["errors:", ...problems.map((problem) => `  ${problem}`)].join("\n");
  return badRequest(`failed to create typed patch object (${place}; ${type}): ${what}`);
}

function metadataOf(document: JsonObject): JsonObject {
  const metadata = ownValue(document, "metadata");
  return isJsonObject(metadata) ? metadata : {};
}

function textAt(object: JsonObject, key: string): string {
  const value = ownValue(object, key);
  return typeof value === "string" ? value : "";
}
