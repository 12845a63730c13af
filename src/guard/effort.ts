/** Which requests are worth a gate of their own: those that may hold much in memory, and those that D1 writes one by one. */

export type Effort = "list" | "write" | "small";

/** `/api/v1/pods`, `/apis/apps/v1/namespaces/x/things`: what names a collection and not an object in it. */
const collections = /^\/(?:api\/[^/]+|apis\/[^/]+\/[^/]+)(?:\/namespaces\/[^/]+)?\/[^/]+\/?$/;

export function effortOf(method: string, path: string): Effort {
  if (method !== "GET" && method !== "HEAD") return "write";
  return collections.test(path) ? "list" : "small";
}
