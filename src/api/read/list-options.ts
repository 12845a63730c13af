/**
 * What a list may be asked besides which objects it holds: how long its pages are, and how fresh.
 * Source: k8s.io/apimachinery, pkg/apis/meta/internalversion/validation, and "Kubernetes API Concepts", resourceVersion.
 */
import { invalidOptions } from "../options.ts";
import { badRequest, type Refusal } from "../refusal.ts";
import { forbidden, notSupported, type FieldError } from "../validation/field-error.ts";
import { parseContinueToken, type ContinueToken } from "./continue-token.ts";

export interface ListOptions {
  limit: number | undefined;
  /** Set on all pages but the first. */
  start: ContinueToken | undefined;
  /** The list may not be older than this; 0 when any will do. */
  atLeast: number;
  /** Whether it may not be newer either. */
  exactly: boolean;
}

/** More than there ever is, and a number that the registry can count to. */
const longestPage = 1_000_000_000;

export function parseListOptions(query: URLSearchParams): ListOptions | Refusal {
  const errors = matchErrors(query);
  if (errors.length > 0) return invalidOptions("ListOptions", errors);
  const limit = parseCount(query.get("limit") || "0");
  if (limit === undefined) return badRequest(`limit: ${notANumber(query.get("limit"))}`);
  const atLeast = parseCount(query.get("resourceVersion") || "0");
  if (atLeast === undefined) return badRequest(`invalid resource version: ${notANumber(query.get("resourceVersion"))}`);
  const token = query.get("continue") ?? "";
  const start = token === "" ? undefined : parseContinueToken(token);
  if (token !== "" && start === undefined) return badRequest("continue key is not valid: it was not given out here");
  if (start !== undefined && atLeast !== 0) {
    return badRequest("specifying resource version is not allowed when using continue");
  }
  const exactly = query.get("resourceVersionMatch") === "Exact";
  return { limit: limit === 0 ? undefined : Math.min(limit, longestPage), start, atLeast, exactly };
}

/** Undefined for what is no number; a number so large that it means nothing exact is one all the same. */
function parseCount(text: string): number | undefined {
  return /^\d{1,19}$/.test(text) ? Number(text) : undefined;
}

function notANumber(text: string | null): string {
  return `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
}

function matchErrors(query: URLSearchParams): FieldError[] {
  const match = query.get("resourceVersionMatch") ?? "";
  const version = query.get("resourceVersion") ?? "";
  const field = "resourceVersionMatch";
  return [
    ...(query.has("sendInitialEvents")
      ? [forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list")]
      : []),
    ...(match === "" ? [] : matchErrorsOf(field, match, version, (query.get("continue") ?? "") !== "")),
  ];
}

function matchErrorsOf(field: string, match: string, version: string, continued: boolean): FieldError[] {
  const isKnown = match === "Exact" || match === "NotOlderThan";
  return [
    ...(version === "" ? [forbidden(field, `${field} is forbidden unless resourceVersion is provided`)] : []),
    ...(continued ? [forbidden(field, `${field} is forbidden when continue is provided`)] : []),
    ...(isKnown ? [] : [notSupported(field, match, ["Exact", "NotOlderThan", ""])]),
    ...(match === "Exact" && version === "0"
      ? [forbidden(field, `${field} "exact" is forbidden for resourceVersion "0"`)]
      : []),
  ];
}
