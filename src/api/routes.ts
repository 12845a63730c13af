/** Which verb a request's path and method name. Knows the shape of Kubernetes' paths and nothing of what verbs do. */
import type { Call, ResourcePath, Verb } from "./call.ts";
import { kinds } from "./kinds/kinds.ts";
import type { Kind } from "./kinds/kind.ts";
import { booleanOption } from "./options.ts";
import { Refusal } from "./refusal.ts";
import type { Review } from "./reviews/review.ts";
import { reviews } from "./reviews/reviews.ts";
import { createToken } from "./verbs/create-token.ts";
import { create } from "./verbs/create.ts";
import { deleteCollection } from "./verbs/delete-collection.ts";
import { deleteObject } from "./verbs/delete.ts";
import { evict } from "./verbs/evict.ts";
import { get } from "./verbs/get.ts";
import { list } from "./verbs/list.ts";
import { patch } from "./verbs/patch.ts";
import { replace } from "./verbs/replace.ts";
import { getScale, patchScale, replaceScale } from "./verbs/scale.ts";

export type Destination =
  | { kind: Kind; verb: Verb; answersWithList: boolean }
  | { watch: Kind }
  | { review: Review }
  | Refusal;

export function findDestination(path: ResourcePath, method: string, query: URLSearchParams): Destination {
  const isNamed = ({ group, version, plural }: Kind | Review): boolean => {
    return group === path.group && version === path.version && plural === path.plural;
  };
  const review = reviews.find((candidate) => isNamed(candidate));
  if (review !== undefined) return reviewDestination(review, path, method);
  const kind = kinds.find((candidate) => isNamed(candidate));
  if (kind === undefined || !fitsScope(kind, path)) return new Refusal({ type: "no-such-route" });
  if (path.name === "") return collectionDestination(kind, path, method, query);
  const verb = path.subresource === "" ? objectVerbs[method] : subresourceVerb(kind, path.subresource, method);
  if (verb instanceof Refusal) return verb;
  return verb === undefined ? new Refusal({ type: "method-not-allowed" }) : { kind, verb, answersWithList: false };
}

function reviewDestination(review: Review, { namespace, name }: ResourcePath, method: string): Destination {
  if ((namespace !== "") !== review.namespaced || name !== "") return new Refusal({ type: "no-such-route" });
  return method === "POST" ? { review } : new Refusal({ type: "method-not-allowed" });
}

/** An object of a namespaced kind is found only within its namespace; its collection also across all of them. */
function fitsScope(kind: Kind, { namespace, name }: ResourcePath): boolean {
  return kind.namespaced ? namespace !== "" || name === "" : namespace === "";
}

function collectionDestination(kind: Kind, path: ResourcePath, method: string, query: URLSearchParams): Destination {
  if (method === "HEAD") return { kind, verb: list, answersWithList: true };
  if (method === "GET") {
    return booleanOption(query, "watch") ? { watch: kind } : { kind, verb: list, answersWithList: true };
  }
  const isCleared = method === "DELETE" && kind.holdsContents !== true;
  if (isCleared) return { kind, verb: deleteCollection, answersWithList: true };
  const isPlace = !kind.namespaced || path.namespace !== "";
  if (method === "POST" && isPlace) return { kind, verb: create, answersWithList: false };
  return new Refusal({ type: "method-not-allowed" });
}

const objectVerbs: Readonly<Record<string, Verb>> = {
  GET: get,
  HEAD: get,
  PUT: replace,
  PATCH: patch,
  DELETE: deleteObject,
};
const statusVerbs: Readonly<Record<string, Verb>> = { GET: get, HEAD: get, PUT: replace, PATCH: patch };
const scaleVerbs: Readonly<Record<string, Verb>> = {
  GET: getScale,
  HEAD: getScale,
  PUT: replaceScale,
  PATCH: patchScale,
};

/** What a kubelet would do, and there is none. */
const needsKubelet: Readonly<Record<string, string>> = {
  log: "Rollcall does not run the pod, so it has no logs of it",
  exec: "Rollcall does not run the pod, so nothing can be executed in it",
  attach: "Rollcall does not run the pod, so there is nothing to attach to",
  portforward: "Rollcall does not run the pod; connect to its address instead of forwarding ports",
};

function subresourceVerb(kind: Kind, subresource: string, method: string): Verb | Refusal | undefined {
  if (subresource === "status" && kind.hasStatus) return statusVerbs[method];
  if (subresource === "scale" && kind.scaling !== undefined) return scaleVerbs[method];
  if (subresource === "token" && kind.givesTokens === true) return method === "POST" ? createToken : undefined;
  if (kind.resource === "pods" && subresource === "eviction") return method === "POST" ? evict : undefined;
  const message = kind.resource === "pods" ? needsKubelet[subresource] : undefined;
  return new Refusal(message === undefined ? { type: "no-such-route" } : { type: "not-implemented", message });
}

/** The call that a path makes, once its destination is known. */
export function callOf(
  kind: Kind,
  path: ResourcePath,
  rest: Omit<Call, "kind" | "namespace" | "name" | "subresource">,
): Call {
  const { namespace, name, subresource } = path;
  return { ...rest, kind, namespace, name, subresource };
}
