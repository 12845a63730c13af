/**
 * What a request wants to do, in the words that rules are written in, and whether whoever makes it may.
 * Source: k8s.io/apiserver, pkg/endpoints/request/requestinfo.go.
 */
import type { Attributes, ResourceAttributes } from "../domain/rbac.ts";
import type { ResourcePath } from "./call.ts";
import type { ApiDeps } from "./deps.ts";
import { booleanOption } from "./options.ts";
import { Refusal } from "./refusal.ts";
import { exactName } from "./selectors/field-selector.ts";

/** What Kubernetes tells anybody (system:public-info-viewer). */
const publicPaths: ReadonlySet<string> = new Set(["/version", "/healthz", "/livez"]);

export function isPublicPath(path: string): boolean {
  return publicPaths.has(path.replace(/\/$/, ""));
}

const verbs: Readonly<Record<string, string>> = {
  POST: "create",
  GET: "get",
  HEAD: "get",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
};

/** A collection of which a field selector chooses one object by its name is asked for that object alone. */
export function resourceAttributes(path: ResourcePath, method: string, query: URLSearchParams): ResourceAttributes {
  const { group, plural: resource, subresource, name } = path;
  // A namespace is a thing within itself.
  const namespace = group === "" && resource === "namespaces" ? name : path.namespace;
  const attributes = { group, resource, subresource, namespace, name };
  const verb = verbs[method] ?? "";
  if (name !== "" || (verb !== "get" && verb !== "delete")) return { ...attributes, verb };
  const ofMany = verb === "delete" ? "deletecollection" : booleanOption(query, "watch") ? "watch" : "list";
  return { ...attributes, verb: ofMany, name: exactName(query.get("fieldSelector") ?? "") ?? "" };
}

/** Why the one who asks may not, if so. */
export async function whyNotAllowed(
  { access, user }: Pick<ApiDeps, "access" | "user">,
  attributes: Attributes,
): Promise<Refusal | undefined> {
  if ("path" in attributes && isPublicPath(attributes.path)) return undefined;
  if (await access.allows(user, attributes)) return undefined;
  return new Refusal({ type: "not-allowed", username: user.username, attributes });
}
