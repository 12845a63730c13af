/** A body's text, JSON or YAML, as a JSON document of bounded depth, with the keys that it gives twice. */
import { isJsonList, isJsonObject, type Json } from "../json.ts";
import { badRequest, Refusal } from "../refusal.ts";
import { maxDepth, maxValues, scanJson } from "./scan-json.ts";
import { yamlToJson } from "./yaml-to-json.ts";

export type TextFormat = "json" | "yaml";

export type ParsedText =
  | { outcome: "parsed"; value: Json; duplicates: readonly string[] }
  /** too-large: there is more in it than is looked at. */
  | { outcome: "malformed" | "too-large"; message: string };

export function parseText(text: string, format: TextFormat): ParsedText {
  if (format === "json") return parseJson(text);
  const json = yamlToJson(text);
  if ("problem" in json) {
    const outcome = json.isTooLarge === true ? "too-large" : "malformed";
    return { outcome, message: `error converting YAML to JSON: ${json.problem}` };
  }
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
  const { depth, values, duplicates } = scanJson(text);
  if (values > maxValues) return { outcome: "too-large", message: `exceeded max number of values of ${maxValues}` };
  if (depth > maxDepth) return { outcome: "malformed", message: `exceeded max depth of ${maxDepth}` };
  return { outcome: "parsed", value: halfCharacter.test(text) ? withWholeCharacters(value) : value, duplicates };
}

/** Why nothing is made of such a text; `context` comes before what is wrong with it. */
export function unreadable({ outcome, message }: Exclude<ParsedText, { outcome: "parsed" }>, context: string): Refusal {
  return outcome === "too-large" ? new Refusal({ type: "too-large", limit: message }) : badRequest(context + message);
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
