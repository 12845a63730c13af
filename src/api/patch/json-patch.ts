/**
 * JSON Patch. Source: RFC 6902, and RFC 6901 for pointers. Thousands of operations may meet thousands of fields, so they
 * are carried out in place, on a copy; and as a few bytes may copy a document into itself over and over, depth and what
 * is copied or moved in all are bounded.
 */
import { maxDepth } from "../body/scan-json.ts";
import { isJsonList, isJsonObject, jsonDepth, ownValue, sameJson, type Json, type JsonObject } from "../json.ts";

/** The patched document, or why the patch does not apply. */
export type Patched = { outcome: "patched"; document: Json } | { outcome: "failed"; why: string };

/** Kubernetes' bound. */
export const maxOperations = 10_000;
const maxCarriedLength = 4 * 1024 * 1024;

/** What may be edited: the copy that is being worked on. */
type Editable = null | boolean | number | string | Editable[] | { [key: string]: Editable };

interface Work {
  document: Editable;
  /** How many characters have been copied and moved so far. */
  carried: number;
}

/** Why an operation does not apply; undefined when it has been carried out. */
type Failure = string | undefined;

export function jsonPatch(document: Json, operations: readonly Json[]): Patched {
  const work: Work = { document: copyOf(document), carried: 0 };
  for (const operation of operations) {
    const why = apply(work, operation);
    if (why !== undefined) return { outcome: "failed", why };
  }
  return { outcome: "patched", document: work.document };
}

function apply(work: Work, operation: Json): Failure {
  if (!isJsonObject(operation)) return "an operation is no object";
  const path = parsePointer(ownValue(operation, "path"));
  if (path === undefined) return "path is no JSON pointer";
  const [op, value] = [ownValue(operation, "op"), ownValue(operation, "value")];
  switch (typeof op === "string" ? op : "") {
    case "add":
      return value === undefined ? "value is missing" : put(work, path, copyOf(value), "add");
    case "replace":
      return value === undefined ? "value is missing" : put(work, path, copyOf(value), "replace");
    case "test":
      return value !== undefined && sameJson(valueAt(work.document, path), value) ? undefined : "test failed";
    case "remove":
      return remove(work, path);
    case "copy":
      return carry(work, operation, (carried) => put(work, path, copyOf(carried), "add"));
    case "move":
      return carry(work, operation, (carried, from) => move(work, from, path, carried));
    default:
      return "unknown op";
  }
}

function parsePointer(pointer: Json | undefined): string[] | undefined {
  if (pointer === "") return [];
  if (typeof pointer !== "string" || !pointer.startsWith("/")) return undefined;
  return pointer
    .slice(1)
    .split("/")
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function carry(work: Work, operation: JsonObject, use: (value: Editable, from: string[]) => Failure): Failure {
  const from = parsePointer(ownValue(operation, "from"));
  const value = from === undefined ? undefined : valueAt(work.document, from);
  if (from === undefined || value === undefined) return "from names nothing";
  work.carried += JSON.stringify(value).length;
  return work.carried > maxCarriedLength ? "it copies and moves too much" : use(value, from);
}

function move(work: Work, from: string[], path: string[], value: Editable): Failure {
  if (path.length > from.length && from.every((token, index) => token === path[index])) {
    return "a value cannot be moved into itself";
  }
  return remove(work, from) ?? put(work, path, value, "add");
}

function valueAt(document: Editable, path: readonly string[]): Editable | undefined {
  let value: Editable | undefined = document;
  for (const token of path) {
    if (Array.isArray(value)) value = value[indexIn(value, token)];
    else value = isEditableObject(value) && Object.hasOwn(value, token) ? value[token] : undefined;
  }
  return value;
}

/** -1 for what is no index. */
function indexIn(list: readonly unknown[], token: string): number {
  if (token === "-") return list.length;
  return /^(0|[1-9]\d{0,8})$/.test(token) ? Number(token) : -1;
}

function put(work: Work, path: readonly string[], value: Editable, how: "add" | "replace"): Failure {
  if (path.length + jsonDepth(value) > maxDepth) return "it nests too deep";
  const token = path.at(-1);
  if (token === undefined) {
    work.document = value;
    return undefined;
  }
  const parent = valueAt(work.document, path.slice(0, -1));
  if (Array.isArray(parent)) {
    const index = indexIn(parent, token);
    const last = how === "replace" ? parent.length - 1 : parent.length;
    if (index < 0 || index > last) return leadsNowhere;
    parent.splice(index, how === "replace" ? 1 : 0, value);
    return undefined;
  }
  if (!isEditableObject(parent) || (how === "replace" && !Object.hasOwn(parent, token))) return leadsNowhere;
  // Defined, since the assignment of `__proto__` would do something else.
  Object.defineProperty(parent, token, { value, writable: true, enumerable: true, configurable: true });
  return undefined;
}

function remove(work: Work, path: readonly string[]): Failure {
  const token = path.at(-1);
  if (token === undefined) {
    work.document = null;
    return undefined;
  }
  const parent = valueAt(work.document, path.slice(0, -1));
  if (Array.isArray(parent)) {
    const index = indexIn(parent, token);
    if (index < 0 || index >= parent.length) return leadsNowhere;
    parent.splice(index, 1);
    return undefined;
  }
  if (!isEditableObject(parent) || !Object.hasOwn(parent, token)) return leadsNowhere;
  Reflect.deleteProperty(parent, token);
  return undefined;
}

const leadsNowhere = "path leads nowhere";

function isEditableObject(value: Editable | undefined): value is { [key: string]: Editable } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** So that neither the stored object nor the patch, which may be applied again, is edited. */
function copyOf(value: Json): Editable {
  if (isJsonList(value)) return value.map((item) => copyOf(item));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copyOf(inner)]));
}
