/** What a review asks about: somebody, and what they would do. Parsed from a document that has the type's shape. */
import type { Attributes } from "../../domain/rbac.ts";
import type { User } from "../../domain/user.ts";
import { isJsonObject, type JsonObject } from "../json.ts";

export function attributesOf({ resourceAttributes, nonResourceAttributes }: JsonObject): Attributes {
  if (isJsonObject(nonResourceAttributes)) {
    return { verb: textOf(nonResourceAttributes, "verb"), path: textOf(nonResourceAttributes, "path") };
  }
  const asked = isJsonObject(resourceAttributes) ? resourceAttributes : {};
  return {
    verb: textOf(asked, "verb"),
    group: textOf(asked, "group"),
    resource: textOf(asked, "resource"),
    subresource: textOf(asked, "subresource"),
    namespace: textOf(asked, "namespace"),
    name: textOf(asked, "name"),
  };
}

export function subjectOf(spec: JsonObject): User {
  const groups = Array.isArray(spec["groups"]) ? spec["groups"].map((group) => String(group)) : [];
  return { username: textOf(spec, "user"), groups };
}

export function textOf(object: JsonObject, key: string): string {
  const value = object[key];
  return typeof value === "string" ? value : "";
}
