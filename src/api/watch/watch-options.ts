/**
 * What a watch may be asked: from where it begins, what it sends at the start, how long it lasts.
 * Source: "Kubernetes API Concepts", Efficient detection of changes, Streaming lists; apimachinery's validation of
 * ListOptions.
 */
import { booleanOption, invalidOptions } from "../options.ts";
import { badRequest, type Refusal } from "../refusal.ts";
import { forbidden, notSupported, type FieldError } from "../validation/field-error.ts";

export type WatchStart =
  /** Everything that is there comes first, as additions; it may not be older than the revision. */
  | { from: "state"; atLeast: number }
  /** What comes from this moment on. */
  | { from: "now" }
  /** What came after the revision. */
  | { from: "revision"; revision: number };

export interface WatchOptions {
  start: WatchStart;
  /** A list is streamed first, and its end is marked by a bookmark (WatchList). */
  marksInitialEnd: boolean;
  bookmarks: boolean;
  timeoutMs: number;
}

/** Kubernetes' range of its own choice: half an hour, and up to as much again, so that clients do not return at once. */
const shortestDefaultMs = 30 * 60_000;

/** Timers hold no more than 24 days. */
const longestMs = 24 * 3_600_000;

export function parseWatchOptions(query: URLSearchParams, random: () => number): WatchOptions | Refusal {
  const errors = streamingErrors(query);
  if (errors.length > 0) return invalidOptions("ListOptions", errors);
  const text = query.get("resourceVersion") || "0";
  const seconds = query.get("timeoutSeconds") || "0";
  if (!/^\d{1,19}$/.test(text)) return badRequest(`invalid resource version: ${JSON.stringify(text)}`);
  if (!/^\d{1,9}$/.test(seconds)) return badRequest(`timeoutSeconds: ${JSON.stringify(seconds)} is no number`);
  const streamsList = booleanOption(query, "sendInitialEvents");
  const declinesState = query.has("sendInitialEvents") && !streamsList;
  return {
    start: startOf(Number(text), streamsList, declinesState),
    marksInitialEnd: streamsList,
    bookmarks: booleanOption(query, "allowWatchBookmarks"),
    timeoutMs: Math.min(Number(seconds) * 1000, longestMs) || Math.round(shortestDefaultMs * (1 + random())),
  };
}

function startOf(revision: number, streamsList: boolean, declinesState: boolean): WatchStart {
  if (streamsList) return { from: "state", atLeast: revision };
  if (revision > 0) return { from: "revision", revision };
  return declinesState ? { from: "now" } : { from: "state", atLeast: 0 };
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
