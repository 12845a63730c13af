/**
 * Strategic merge patch: a merge patch that knows which lists are merged item by item, with its directives. Pure.
 * Source: Kubernetes documentation, "Update API Objects in Place Using kubectl patch", and
 * sig-api-machinery/strategic-merge-patch.md.
 */
import { isJsonList, isJsonObject, ownValue, sameJson, type Json, type JsonObject } from "../json.ts";
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
    const kept = list.filter((item) => !values.some((value) => sameJson(item, value)));
    merged.set(field, kept);
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
  const union = [...current, ...patch.filter((item) => !current.some((other) => sameJson(item, other)))];
  return inOrder(union, place.order, sameJson);
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
  let items = replaces ? [] : [...current];
  for (const item of patch) {
    if (!isJsonObject(item)) continue;
    const keyValue = ownValue(item, key);
    if (keyValue === undefined) continue;
    const known = items.find((other) => hasKey(other, key, keyValue));
    if (ownValue(item, "$patch") === "delete") items = items.filter((other) => other !== known);
    else if (!isJsonObject(known)) items.push(withoutDirectives(strategicMergePatch({}, item, type)));
    else items = items.map((other) => (other === known ? strategicMergePatch(known, item, type) : other));
  }
  return inOrder(items, order, (item, named) => isJsonObject(named) && hasKey(item, key, ownValue(named, key)));
}

function orderOf(patch: JsonObject, field: string): readonly Json[] {
  const order = ownValue(patch, setElementOrder + field);
  return isJsonList(order) ? order : [];
}

function hasKey(item: Json, key: string, value: Json | undefined): boolean {
  return isJsonObject(item) && value !== undefined && sameJson(ownValue(item, key), value);
}

/** `$retainKeys` names what may stay of the document; without it, everything may. */
function retained(document: JsonObject, patch: JsonObject): [string, Json][] {
  const keys = ownValue(patch, "$retainKeys");
  return Object.entries(document).filter(([key]) => !isJsonList(keys) || keys.includes(key));
}

function withoutDirectives(patch: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(patch).filter(([key]) => !key.startsWith("$")));
}
