/**
 * JSON as a type, and what can be asked of it without knowing what it means. Objects that come from outside may hold
 * any key, `__proto__` and `constructor` included: they are read by own keys only and built without assignment.
 */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `Array.isArray` narrows to `any[]`. */
export function isJsonList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The value of an own key. */
export function ownValue(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Equal as JSON documents: the order of keys does not matter, and an undefined value is an absent key. */
export function sameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one) || Array.isArray(other)) return sameLists(one, other);
  if (!isJsonObject(one) || !isJsonObject(other)) return false;
  const [keys, otherKeys] = [presentKeys(one), presentKeys(other)];
  return keys.length === otherKeys.length && keys.every((key) => sameJson(one[key], ownValue(other, key)));
}

function sameLists(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return false;
  return one.length === other.length && one.every((item, index) => sameJson(item, other[index]));
}

function presentKeys(object: JsonObject): string[] {
  return Object.keys(object).filter((key) => object[key] !== undefined);
}

/** How many objects and lists are nested in one another; 0 for a scalar. Only for values of known, bounded depth. */
export function jsonDepth(value: Json): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Object.values(value).reduce((deepest: number, inner: Json) => Math.max(deepest, jsonDepth(inner)), 0);
}

/** The object without some of its keys. */
export function without<T extends object, K extends keyof T>(object: T, ...keys: K[]): Omit<T, K> {
  const kept = Object.entries(object).filter(([key]) => !keys.includes(key as K));
  return Object.fromEntries(kept) as Omit<T, K>;
}
