/** JSON Merge Patch. Source: RFC 7386, section 2. */
import { isJsonObject, ownValue, type Json } from "../json.ts";

export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isJsonObject(patch)) return patch;
  const merged = new Map<string, Json>(isJsonObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(isJsonObject(target) ? ownValue(target, key) : undefined, value));
  }
  return Object.fromEntries(merged);
}
