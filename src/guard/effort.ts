/** Which requests are worth a gate of their own: those that may hold much in memory, and those that D1 writes one by one. */

import { booleanOption } from "../api/options.ts";

export type Effort = "list" | "write" | "small";

/** `/api/v1/pods`, `/apis/apps/v1/namespaces/x/things`: what names a collection and not an object in it. */
const collections = /^\/(?:api\/[^/]+|apis\/[^/]+\/[^/]+)(?:\/namespaces\/[^/]+)?\/[^/]+\/?$/;

/**
 * A watch is none of them: it has a bound of its own, and many clients come back to theirs at once after a restart.
 * `path` is the one that routes are chosen by, its percent-encoding undone.
 */
export function effortOf(method: string, path: string, query: URLSearchParams): Effort {
  if (method !== "GET" && method !== "HEAD") return "write";
  return collections.test(path) && !booleanOption(query, "watch") ? "list" : "small";
}
