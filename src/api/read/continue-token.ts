/**
 * The token by which a client asks for the next page of a list. Opaque to clients; it says after which object to go
 * on, and which resourceVersion all pages carry. Source of its form: k8s.io/apiserver, pkg/storage/continue.go.
 */
import type { NamespacedName } from "../../domain/object.ts";
import { isJsonObject } from "../json.ts";

export interface ContinueToken {
  /** The registry's revision when the first page was read. */
  revision: number;
  /** The last object that has been given out. */
  after: NamespacedName;
}

const version = "meta.k8s.io/v1";

/** Names of objects are ASCII, so the text is one byte a character. */
export function formatContinueToken({ revision, after }: ContinueToken): string {
  const text = btoa(JSON.stringify({ v: version, rv: revision, start: after }));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Undefined for what `formatContinueToken` has not made. */
export function parseContinueToken(text: string): ContinueToken | undefined {
  try {
    return toToken(JSON.parse(atob(text.replaceAll("-", "+").replaceAll("_", "/"))));
  } catch {
    return undefined;
  }
}

function toToken(value: unknown): ContinueToken | undefined {
  if (!isJsonObject(value) || value["v"] !== version) return undefined;
  const { rv: revision, start: after } = value;
  if (typeof revision !== "number" || !Number.isSafeInteger(revision) || revision < 0) return undefined;
  return typeof after === "string" && isNamespacedName(after) ? { revision, after } : undefined;
}

function isNamespacedName(text: string): text is NamespacedName {
  return text.split("/").length === 2;
}
