/**
 * JSON Patch. Source: RFC 6902, and RFC 6901 for pointers. A patch of a few bytes may copy a document into itself over
 * and over, so depth and what is copied in all are bounded.
 */
import { maxDepth } from "../body/scan-json.ts";
import { isJsonList, isJsonObject, jsonDepth, ownValue, sameJson, type Json, type JsonObject } from "../json.ts";

/** The patched document, or why the patch does not apply. */
export type Patched = { outcome: "patched"; document: Json } | { outcome: "failed"; why: string };

/** Kubernetes' bound. */
export const maxOperations = 10_000;
const maxCopiedLength = 1024 * 1024;

type Edit = { outcome: "edited"; document: Json } | { outcome: "failed"; why: string };

export function jsonPatch(document: Json, operations: readonly Json[]): Patched {
  let [current, copied] = [document, 0];
  for (const operation of operations) {
    const edit = apply(current, operation);
    if (edit.outcome === "failed") return edit;
    current = edit.document;
    copied += isJsonObject(operation) && operation["op"] === "copy" ? JSON.stringify(current).length : 0;
    if (copied > maxCopiedLength) return failed("it copies too much");
  }
  return { outcome: "patched", document: current };
}

function apply(document: Json, operation: Json): Edit {
  if (!isJsonObject(operation)) return failed("an operation is no object");
  const path = parsePointer(ownValue(operation, "path"));
  if (path === undefined) return failed("path is no JSON pointer");
  const op = ownValue(operation, "op");
  switch (typeof op === "string" ? op : "") {
    case "add":
      return withValue(operation, (value) => put(document, path, value, "add"));
    case "replace":
      return withValue(operation, (value) => put(document, path, value, "replace"));
    case "test":
      return withValue(operation, (value) => test(document, path, value));
    case "remove":
      return remove(document, path);
    case "copy":
      return withSource(document, operation, (value) => put(document, path, value, "add"));
    case "move":
      return move(document, operation, path);
    default:
      return failed("unknown op");
  }
}

function failed(why: string): { outcome: "failed"; why: string } {
  return { outcome: "failed", why };
}

function edited(document: Json): Edit {
  return { outcome: "edited", document };
}

function parsePointer(pointer: Json | undefined): string[] | undefined {
  if (pointer === "") return [];
  if (typeof pointer !== "string" || !pointer.startsWith("/")) return undefined;
  return pointer
    .slice(1)
    .split("/")
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function withValue(operation: JsonObject, use: (value: Json) => Edit): Edit {
  const value = ownValue(operation, "value");
  return value === undefined ? failed("value is missing") : use(value);
}

function withSource(document: Json, operation: JsonObject, use: (value: Json, from: string[]) => Edit): Edit {
  const from = parsePointer(ownValue(operation, "from"));
  const value = from === undefined ? undefined : valueAt(document, from);
  return from === undefined || value === undefined ? failed("from names nothing") : use(value, from);
}

function move(document: Json, operation: JsonObject, path: string[]): Edit {
  return withSource(document, operation, (value, from) => {
    if (path.length > from.length && from.every((token, index) => token === path[index])) {
      return failed("a value cannot be moved into itself");
    }
    const removed = remove(document, from);
    return removed.outcome === "failed" ? removed : put(removed.document, path, value, "add");
  });
}

function test(document: Json, path: readonly string[], value: Json): Edit {
  return sameJson(valueAt(document, path), value) ? edited(document) : failed("test failed");
}

function valueAt(document: Json, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (value, token) => (value === undefined ? undefined : child(value, token)),
    document,
  );
}

function child(value: Json, token: string): Json | undefined {
  if (isJsonList(value)) return value[indexIn(value, token)];
  return isJsonObject(value) ? ownValue(value, token) : undefined;
}

/** -1 for what is no index. */
function indexIn(list: readonly Json[], token: string): number {
  if (token === "-") return list.length;
  return /^(0|[1-9]\d{0,8})$/.test(token) ? Number(token) : -1;
}

function put(document: Json, path: readonly string[], value: Json, how: "add" | "replace"): Edit {
  if (path.length + jsonDepth(value) > maxDepth) return failed("it nests too deep");
  return editAt(
    document,
    path,
    (parent, token) => {
      if (isJsonObject(parent)) {
        if (how === "replace" && !Object.hasOwn(parent, token)) return undefined;
        return { ...parent, [token]: value };
      }
      const index = indexIn(parent, token);
      if (index < 0 || index > parent.length - (how === "replace" ? 1 : 0)) return undefined;
      return parent.toSpliced(index, how === "replace" ? 1 : 0, value);
    },
    value,
  );
}

function remove(document: Json, path: readonly string[]): Edit {
  return editAt(
    document,
    path,
    (parent, token) => {
      if (isJsonObject(parent)) {
        if (!Object.hasOwn(parent, token)) return undefined;
        return Object.fromEntries(Object.entries(parent).filter(([key]) => key !== token));
      }
      const index = indexIn(parent, token);
      return index < 0 || index >= parent.length ? undefined : parent.toSpliced(index, 1);
    },
    null,
  );
}

type EditParent = (parent: JsonObject | readonly Json[], token: string) => Json | undefined;

/** Edits the container that the last token of the path is looked up in; `whole` replaces the document itself. */
function editAt(document: Json, path: readonly string[], edit: EditParent, whole: Json): Edit {
  const [token, ...rest] = path;
  if (token === undefined) return edited(whole);
  if (!isJsonObject(document) && !isJsonList(document)) return failed("path leads nowhere");
  if (rest.length === 0) {
    const result = edit(document, token);
    return result === undefined ? failed("path leads nowhere") : edited(result);
  }
  const inner = child(document, token);
  const result = inner === undefined ? failed("path leads nowhere") : editAt(inner, rest, edit, whole);
  if (result.outcome === "failed") return result;
  if (isJsonList(document)) return edited(document.with(indexIn(document, token), result.document));
  return edited({ ...document, [token]: result.document });
}
