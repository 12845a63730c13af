/**
 * What a watch may be asked: from where it begins, what it sends at the start, how long it lasts.
 * Source: "Kubernetes API Concepts", Efficient detection of changes, Streaming lists; apimachinery's validation of
 * ListOptions.
 */
import { booleanOption, invalidOptions } from "../options.ts";
import { badRequest, type Refusal } from "../refusal.ts";
import { forbidden, notSupported, type FieldError } from "../validation/field-error.ts";

export interface WatchOptions {
  /** Undefined: everything that is there comes first, as additions. */
  since: number | undefined;
  /** A list is streamed first, and its end is marked by a bookmark (WatchList). */
  marksInitialEnd: boolean;
  bookmarks: boolean;
  timeoutMs: number;
}

/** Kubernetes' range of its own choice: half an hour, and up to as much again, so that clients do not return at once. */
const shortestDefaultMs = 30 * 60_000;

export function parseWatchOptions(query: URLSearchParams, random: () => number): WatchOptions | Refusal {
  const errors = streamingErrors(query);
  if (errors.length > 0) return invalidOptions("ListOptions", errors);
  const text = query.get("resourceVersion") || "0";
  const seconds = query.get("timeoutSeconds") || "0";
  if (!/^\d{1,19}$/.test(text)) return badRequest(`invalid resource version: ${JSON.stringify(text)}`);
  if (!/^\d{1,9}$/.test(seconds)) return badRequest(`timeoutSeconds: ${JSON.stringify(seconds)} is no number`);
  const streamsList = booleanOption(query, "sendInitialEvents");
  const isLater = query.has("sendInitialEvents") && !streamsList;
  const since = streamsList || (text === "0" && !isLater) ? undefined : Number(text);
  return {
    since,
    marksInitialEnd: streamsList,
    bookmarks: booleanOption(query, "allowWatchBookmarks"),
    timeoutMs: Number(seconds) * 1000 || Math.round(shortestDefaultMs * (1 + random())),
  };
}

function streamingErrors(query: URLSearchParams): FieldError[] {
  const match = query.get("resourceVersionMatch") ?? "";
  const field = "resourceVersionMatch";
  if (!query.has("sendInitialEvents")) {
    return match === ""
      ? []
      : [forbidden(field, `${field} is forbidden for watch unless sendInitialEvents is provided`)];
  }
  if (match === "NotOlderThan") return [];
  return match === ""
    ? [forbidden(field, `sendInitialEvents requires setting ${field} to NotOlderThan`)]
    : [notSupported(field, match, ["NotOlderThan"])];
}
