/**
 * Strategic merge patch: a merge patch that knows which lists are merged item by item, with its directives. Pure.
 * Source: Kubernetes documentation, "Update API Objects in Place Using kubectl patch", and
 * sig-api-machinery/strategic-merge-patch.md.
 */
import { isJsonList, isJsonObject, ownValue, type Json, type JsonObject } from "../json.ts";
import { fieldType, isTypeName, type TypeName } from "../schema/schema.ts";
import { inOrder } from "./item-order.ts";
import { isMergedSet, mergeKeyOf } from "./merge-keys.ts";

const setElementOrder = "$setElementOrder/";
const deleteFromPrimitiveList = "$deleteFromPrimitiveList/";

/** The document after the patch, which must be one without a `strategicPatchProblem`; `type` is what it is, as far as that is known. */
export function strategicMergePatch(document: JsonObject, patch: JsonObject, type: TypeName | undefined): JsonObject {
  if (ownValue(patch, "$patch") === "replace") return withoutDirectives(patch);
  const merged = new Map<string, Json>(retained(document, patch));
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith("$")) continue;
    const next = mergeField(ownValue(document, key), value, { type, field: key, order: orderOf(patch, key) });
    if (next === undefined) merged.delete(key);
    else merged.set(key, next);
  }
  for (const field of onlyOrdered(patch, type)) {
    const list = merged.get(field);
    const place = { type, field, order: orderOf(patch, field) };
    if (isJsonList(list)) merged.set(field, mergeList(list, [], place, undefined));
  }
  for (const [key, values] of Object.entries(patch)) {
    if (!key.startsWith(deleteFromPrimitiveList) || !isJsonList(values)) continue;
    const field = key.slice(deleteFromPrimitiveList.length);
    const list = merged.get(field);
    if (!isJsonList(list)) continue;
    const gone = new Set(values.map(textOf));
    merged.set(
      field,
      list.filter((item) => !gone.has(textOf(item))),
    );
  }
  return Object.fromEntries(merged);
}

/** The fields of which nothing is to change but the order of their items. */
function onlyOrdered(patch: JsonObject, type: TypeName | undefined): string[] {
  if (type === undefined) return [];
  const named = Object.keys(patch).filter((key) => key.startsWith(setElementOrder));
  return named
    .map((key) => key.slice(setElementOrder.length))
    .filter((field) => !Object.hasOwn(patch, field))
    .filter((field) => mergeKeyOf(type, field) !== undefined || isMergedSet(type, field));
}

interface Place {
  type: TypeName | undefined;
  field: string;
  /** How the items are to be ordered, if the patch says so. */
  order: readonly Json[];
}

/** Undefined when the field goes. */
function mergeField(current: Json | undefined, patch: Json, place: Place): Json | undefined {
  if (patch === null) return undefined;
  const inner = place.type === undefined ? undefined : fieldType(place.type, place.field);
  const innerType = inner !== undefined && isTypeName(inner.of) ? inner.of : undefined;
  if (isJsonList(patch)) return mergeList(isJsonList(current) ? current : [], patch, place, innerType);
  if (!isJsonObject(patch)) return patch;
  if (ownValue(patch, "$patch") === "delete") return undefined;
  const itemType = inner?.form === "one" ? innerType : undefined;
  return strategicMergePatch(isJsonObject(current) ? current : {}, patch, itemType);
}

function mergeList(current: readonly Json[], patch: readonly Json[], place: Place, type: TypeName | undefined): Json {
  const key = place.type === undefined ? undefined : mergeKeyOf(place.type, place.field);
  if (key !== undefined) return mergeItems(current, patch, key, place.order, type);
  if (place.type === undefined || !isMergedSet(place.type, place.field)) return patch;
  const known = new Set(current.map(textOf));
  const union = [...current, ...patch.filter((item) => !known.has(textOf(item)))];
  return inOrder(union, place.order.map(textOf), textOf);
}

function mergeItems(
  current: readonly Json[],
  patch: readonly Json[],
  key: string,
  order: readonly Json[],
  type: TypeName | undefined,
): Json {
  const replaces = patch.some(
    (item) => isJsonObject(item) && item["$patch"] === "replace" && !Object.hasOwn(item, key),
  );
  const keyOf = (item: Json): string | undefined => keyText(item, key);
  const items: (Json | undefined)[] = replaces ? [] : [...current];
  const places = placesByKey(items, keyOf);
  for (const item of patch) {
    const name = keyOf(item);
    if (!isJsonObject(item) || name === undefined) continue;
    // Where items share a key, the first of them is meant.
    const [place] = places.get(name) ?? [];
    const known = place === undefined ? undefined : items[place];
    if (place === undefined || !isJsonObject(known)) {
      if (ownValue(item, "$patch") === "delete") continue;
      places.set(name, [items.length]);
      items.push(withoutDirectives(strategicMergePatch({}, item, type)));
    } else if (ownValue(item, "$patch") === "delete") {
      items[place] = undefined;
      places.get(name)?.shift();
    } else items[place] = strategicMergePatch(known, item, type);
  }
  const left = items.filter((item) => item !== undefined);
  return inOrder(left, order.map(keyOf), keyOf);
}

function placesByKey(items: readonly (Json | undefined)[], keyOf: (item: Json) => string | undefined) {
  const places = new Map<string, number[]>();
  for (const [index, item] of items.entries()) {
    const name = item === undefined ? undefined : keyOf(item);
    if (name === undefined) continue;
    const known = places.get(name);
    if (known === undefined) places.set(name, [index]);
    else known.push(index);
  }
  return places;
}

function orderOf(patch: JsonObject, field: string): readonly Json[] {
  const order = ownValue(patch, setElementOrder + field);
  return isJsonList(order) ? order : [];
}

/** The value of the merge key as text; undefined for what has none. */
function keyText(item: Json, key: string): string | undefined {
  const value = isJsonObject(item) ? ownValue(item, key) : undefined;
  return value === undefined ? undefined : textOf(value);
}

/** Keys and members of sets are scalars. */
function textOf(value: Json): string {
  return JSON.stringify(value);
}

/** `$retainKeys` names what may stay of the document; without it, everything may. */
function retained(document: JsonObject, patch: JsonObject): [string, Json][] {
  const keys = ownValue(patch, "$retainKeys");
  const kept: ReadonlySet<Json> | undefined = isJsonList(keys) ? new Set(keys) : undefined;
  return Object.entries(document).filter(([key]) => kept?.has(key) !== false);
}

function withoutDirectives(patch: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(patch).filter(([key]) => !key.startsWith("$")));
}
