/**
 * Takes documents apart into the parts that can be owned by different managers, and puts them together again. Pure.
 */
import { isJsonList, isJsonObject, ownValue, type Json, type JsonObject } from "../json.ts";
import { fieldElement, fieldNameIn, keyElement, valueElement } from "./path-element.ts";
import { keyDefault, shapeOfField, type Shape } from "./shape.ts";

export interface Part {
  value: Json;
  shape: Shape;
}

/** The parts of a value by path element, in their order; undefined for what is owned as one. */
export type Parts = ReadonlyMap<string, Part>;

/** A list that has two items of one key, or one without, cannot be told apart and is owned as one. */
export function partsOf(value: Json | undefined, shape: Shape): Parts | undefined {
  switch (shape.form) {
    case "whole":
      return undefined;
    case "struct":
    case "map":
      if (!isJsonObject(value)) return undefined;
      return new Map(Object.entries(value).map(([name, inner]) => fieldPart(name, inner, shape)));
    case "items":
    case "set": {
      if (!isJsonList(value)) return undefined;
      const parts = new Map<string, Part>();
      for (const item of value) {
        const element = itemElement(item, shape);
        if (element !== undefined) parts.set(element, { value: item, shape: shapeInside(shape, element) });
      }
      return parts.size === value.length ? parts : undefined;
    }
  }
}

function fieldPart(name: string, value: Json, shape: Shape): [string, Part] {
  const element = fieldElement(name);
  return [element, { value, shape: shapeInside(shape, element) }];
}

/** How an item of a list is told from the others; undefined when it lacks what tells them apart. */
export function itemElement(item: Json, shape: Shape): string | undefined {
  if (shape.form === "set") return typeof item === "object" ? undefined : valueElement(item);
  if (shape.form !== "items" || !isJsonObject(item)) return undefined;
  const keys = shape.keys.map((key): [string, Json | undefined] => [key, ownValue(item, key) ?? keyDefault(key)]);
  const known = keys.filter((entry): entry is [string, Json] => entry[1] !== undefined);
  return known.length === keys.length ? keyElement(Object.fromEntries(known)) : undefined;
}

/** The shape of what a path element leads to. */
export function shapeInside(shape: Shape, element: string): Shape {
  const name = fieldNameIn(element);
  if (shape.form === "struct" && name !== undefined) return shapeOfField(shape.type, name);
  return shape.form === "items" ? shape.of : { form: "whole" };
}

/** The value that has these parts, which must be those of the shape. */
export function assembled(parts: Iterable<readonly [element: string, Json]>, shape: Shape): Json {
  if (shape.form === "items" || shape.form === "set") return Array.from(parts, ([, value]) => value);
  const fields = Array.from(parts, ([element, value]) => [fieldNameIn(element) ?? "", value] as const);
  return Object.fromEntries(fields) satisfies JsonObject;
}
