/** A body's text, JSON or YAML, as a JSON document of bounded depth, with the keys that it gives twice. */
import { isJsonList, isJsonObject, type Json } from "../json.ts";
import { maxDepth, scanJson } from "./scan-json.ts";
import { yamlToJson } from "./yaml-to-json.ts";

export type TextFormat = "json" | "yaml";

export type ParsedText =
  | { outcome: "parsed"; value: Json; duplicates: readonly string[] }
  | { outcome: "malformed"; message: string };

export function parseText(text: string, format: TextFormat): ParsedText {
  if (format === "json") return parseJson(text);
  const json = yamlToJson(text);
  if ("problem" in json) return { outcome: "malformed", message: `error converting YAML to JSON: ${json.problem}` };
  const parsed = parseJson(json.text);
  return parsed.outcome === "parsed" ? { ...parsed, duplicates: json.duplicates } : parsed;
}

function parseJson(text: string): ParsedText {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    return { outcome: "malformed", message: error instanceof Error ? error.message : "not JSON" };
  }
  const { depth, duplicates } = scanJson(text);
  if (depth > maxDepth) return { outcome: "malformed", message: `exceeded max depth of ${maxDepth}` };
  return { outcome: "parsed", value: halfCharacter.test(text) ? withWholeCharacters(value) : value, duplicates };
}

/** The escape of one half of a character beyond U+FFFF; alone it has no UTF-8, and nothing could store it. */
const halfCharacter = /\\u[dD][89a-fA-F]/;

/** As Go's decoder does, a half that stands alone becomes U+FFFD. The document is of bounded depth. */
function withWholeCharacters(value: Json): Json {
  if (typeof value === "string") return value.toWellFormed();
  if (isJsonList(value)) return value.map((item) => withWholeCharacters(item));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.toWellFormed(), withWholeCharacters(inner)]),
  );
}
