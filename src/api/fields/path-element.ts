/**
 * The steps of a path into a document, as `fieldsV1` writes them and as conflicts show them. Pure.
 * Source: sigs.k8s.io/structured-merge-diff, fieldpath (element.go, serialize-pe.go).
 */
import { isJsonObject, type Json, type JsonObject } from "../json.ts";

/** `f:spec`, a field of a struct or a key of a map. */
export function fieldElement(name: string): string {
  return `f:${name}`;
}

/** `k:{"port":80,"protocol":"TCP"}`, an item of a list by the fields that tell its items apart. */
export function keyElement(keys: JsonObject): string {
  return `k:${JSON.stringify(withSortedKeys(keys))}`;
}

/** `v:"example.com/finalizer"`, an item of a list that is a set. */
export function valueElement(value: Json): string {
  return `v:${JSON.stringify(value)}`;
}

/** The name in a field's element; undefined for items of lists. */
export function fieldNameIn(element: string): string | undefined {
  return element.startsWith("f:") ? element.slice(2) : undefined;
}

/** The element in the one form in which elements can be compared; undefined for what is none. */
export function canonicalElement(element: string): string | undefined {
  const [form, text] = [element.slice(0, 2), element.slice(2)];
  if (form === "f:") return element;
  if (form === "i:") return /^(0|[1-9]\d*)$/.test(text) ? element : undefined;
  if (form !== "k:" && form !== "v:") return undefined;
  const value = parsed(text);
  if (form === "v:") return isScalar(value) ? valueElement(value) : undefined;
  return isJsonObject(value) && Object.values(value).every(isScalar) ? keyElement(value) : undefined;
}

/** `.spec.ports[port=80,protocol="TCP"].targetPort` */
export function pathText(path: readonly string[]): string {
  return path.map((element) => elementText(element)).join("");
}

function elementText(element: string): string {
  const text = element.slice(2);
  switch (element.slice(0, 2)) {
    case "f:":
      return `.${text}`;
    case "k:": {
      const keys = parsed(text);
      const pairs = Object.entries(isJsonObject(keys) ? keys : {});
      return `[${pairs.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(",")}]`;
    }
    case "v:":
      return `[=${text}]`;
    default:
      return `[${text}]`;
  }
}

function isScalar(value: Json | undefined): value is Json {
  return value !== undefined && (typeof value !== "object" || value === null);
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function withSortedKeys(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
