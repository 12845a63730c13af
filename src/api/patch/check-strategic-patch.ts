/**
 * Whether a strategic merge patch makes sense at all: its directives are ones that there are, in the shape that they
 * have, and items of lists that are merged say which item they mean. Pure.
 * Source of the wordings: k8s.io/apimachinery, pkg/util/strategicpatch and pkg/util/mergepatch.
 */
import { isJsonList, isJsonObject, ownValue, type Json, type JsonObject } from "../json.ts";
import { fieldType, isTypeName, type TypeName } from "../schema/schema.ts";
import { mergeKeyOf } from "./merge-keys.ts";

const patchTypes: ReadonlySet<Json> = new Set(["replace", "delete", "merge"]);

/** What is wrong with the patch, if anything; `type` is what it patches, as far as that is known. */
export function strategicPatchProblem(patch: JsonObject, type: TypeName | undefined): string | undefined {
  for (const [key, value] of Object.entries(patch)) {
    const problem = key.startsWith("$") ? directiveProblem(key, value) : fieldProblem(key, value, type);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function directiveProblem(key: string, value: Json): string | undefined {
  if (key === "$patch") {
    return patchTypes.has(value) ? undefined : `Unknown patch type found: ${JSON.stringify(value)}`;
  }
  return isJsonList(value) ? undefined : `invalid patch format of ${key}`;
}

function fieldProblem(field: string, value: Json, type: TypeName | undefined): string | undefined {
  const inner = type === undefined ? undefined : fieldType(type, field);
  const innerType = inner !== undefined && isTypeName(inner.of) ? inner.of : undefined;
  if (isJsonObject(value)) return strategicPatchProblem(value, inner?.form === "one" ? innerType : undefined);
  const key = type === undefined ? undefined : mergeKeyOf(type, field);
  if (key === undefined || !isJsonList(value)) return undefined;
  return value.map((item) => itemProblem(item, key, innerType)).find((problem) => problem !== undefined);
}

function itemProblem(item: Json, key: string, type: TypeName | undefined): string | undefined {
  if (!isJsonObject(item)) return `expected an object with the merge key ${key}, found ${JSON.stringify(item)}`;
  const replacesAll = ownValue(item, "$patch") === "replace";
  if (!Object.hasOwn(item, key) && !replacesAll) {
    return `map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`;
  }
  return strategicPatchProblem(item, type);
}
