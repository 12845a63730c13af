/**
 * The annotation in which `kubectl apply` remembers what it applied, as far as server-side apply minds it: what kubectl
 * wrote that way is its own already, and the annotation follows what it applies now. Pure.
 * Source: k8s.io/apimachinery, pkg/util/managedfields/internal (lastappliedmanager.go, lastappliedupdater.go).
 */
import { parseText } from "../body/parse-text.ts";
import { isJsonList, isJsonObject, ownValue, without, type Json, type JsonObject } from "../json.ts";
import { difference, noFields, union, type FieldSet } from "./field-set.ts";
import { changesBetween, taken } from "./field-changes.ts";
import { fieldsOf } from "./fields-of.ts";
import { ownable } from "./ownable.ts";
import type { Shape } from "./shape.ts";

const annotation = "kubectl.kubernetes.io/last-applied-configuration";

/** The manager that is taken for kubectl. */
export const kubectlManager = "kubectl";

/** The fields that are still as client-side apply left them. */
export function lastAppliedFields(live: JsonObject, apiVersion: string, shape: Shape): FieldSet {
  const applied = parsed(lastApplied(live));
  if (!isJsonObject(applied) || applied["apiVersion"] !== apiVersion) return noFields;
  const configuration = ownable(applied, "");
  const changes = changesBetween(configuration, ownable(live, ""), shape);
  return difference(fieldsOf(configuration, shape), union(taken(changes), changes.removed));
}

/** The document with the annotation, where it has one, saying what was applied now. */
export function withLastApplied(document: JsonObject, applied: JsonObject): JsonObject {
  if (!lastApplied(document)) return document;
  const text = `${JSON.stringify(withSortedKeys(withoutOwnRecord(applied)))}\n`;
  const { metadata, annotations } = annotated(document);
  return { ...document, metadata: { ...metadata, annotations: { ...annotations, [annotation]: text } } };
}

function lastApplied(document: JsonObject): Json | undefined {
  return ownValue(annotated(document).annotations, annotation);
}

function withoutOwnRecord(applied: JsonObject): JsonObject {
  const { metadata, annotations } = annotated(applied);
  const others = without(annotations, annotation);
  const hasAnnotations = Object.hasOwn(metadata, "annotations");
  return { ...applied, metadata: { ...metadata, ...(hasAnnotations && { annotations: others }) } };
}

function annotated(document: JsonObject): { metadata: JsonObject; annotations: JsonObject } {
  const metadata = objectAt(document, "metadata");
  return { metadata, annotations: objectAt(metadata, "annotations") };
}

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = ownValue(object, key);
  return isJsonObject(value) ? value : {};
}

/** As Go writes maps. */
function withSortedKeys(value: Json): Json {
  if (isJsonList(value)) return value.map((item) => withSortedKeys(item));
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, withSortedKeys(inner)]));
}

function parsed(text: Json | undefined): Json | undefined {
  const json = parseText(typeof text === "string" ? text : "", "json");
  return json.outcome === "parsed" ? json.value : undefined;
}
