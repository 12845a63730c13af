/**
 * What is wrong with the lists of a configuration: items that are not told apart from each other. Pure.
 * Source of the wordings: sigs.k8s.io/structured-merge-diff, typed/helpers.go.
 */
import { isJsonList, isJsonObject, ownValue, type Json } from "../json.ts";
import { itemElement, shapeInside } from "./parts.ts";
import { fieldElement, pathText } from "./path-element.ts";
import { keyDefault, type Shape } from "./shape.ts";

export function indistinctItems(value: Json, shape: Shape, path: readonly string[] = []): string[] {
  if (shape.form === "whole") return [];
  if (isJsonList(value)) return problemsOfList(value, shape, path);
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const element = fieldElement(name);
    return indistinctItems(inner, shapeInside(shape, element), [...path, element]);
  });
}

function problemsOfList(list: readonly Json[], shape: Shape, path: readonly string[]): string[] {
  const seen = new Set<string>();
  return list.flatMap((item, index) => {
    const element = itemElement(item, shape);
    if (element === undefined) return [`${pathText(path)}: element ${index}: ${whyNot(item, shape)}`];
    if (seen.has(element)) return [`${pathText(path)}: duplicate entries for key ${pathText([element])}`];
    seen.add(element);
    return indistinctItems(item, shapeInside(shape, element), [...path, element]);
  });
}

function whyNot(item: Json, shape: Shape): string {
  const keys = shape.form === "items" ? shape.keys : [];
  const isMissing = (key: string): boolean =>
    !isJsonObject(item) || (ownValue(item, key) ?? keyDefault(key)) === undefined;
  const missing = keys.find((key) => isMissing(key)) ?? "";
  return `associative list with keys has an element that omits key field ${JSON.stringify(missing)} (and doesn't have default value)`;
}
