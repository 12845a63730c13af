/** All that discovery tells of: the kinds, with what each has below it, and the reviews. */
import type { Kind } from "../kinds/kind.ts";
import { kinds } from "../kinds/kinds.ts";
import type { Review } from "../reviews/review.ts";
import { reviews } from "../reviews/reviews.ts";

export interface Resource {
  group: string;
  version: string;
  kind: string;
  plural: string;
  singular: string;
  namespaced: boolean;
  shortNames: readonly string[];
  categories: readonly string[];
  verbs: readonly string[];
  subresources: readonly Subresource[];
}

export interface Subresource {
  name: string;
  /** The kind that is spoken there. */
  group: string;
  version: string;
  kind: string;
  verbs: string[];
}

const allVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const subresourceVerbs = ["get", "patch", "update"];

export const resources: readonly Resource[] = [
  ...kinds.map((kind) => ofKind(kind)),
  ...reviews.map((review) => ofReview(review)),
];

function ofKind(kind: Kind): Resource {
  const { group, version, plural, singular, namespaced, shortNames, categories } = kind;
  const named = { group, version, kind: kind.kind, plural, singular, namespaced, shortNames, categories };
  return { ...named, verbs: verbsOf(kind), subresources: subresourcesOf(kind) };
}

/** A review is put, and there is nothing to be read afterwards. */
function ofReview({ group, version, kind, plural, singular, namespaced }: Review): Resource {
  const named = { group, version, kind, plural, singular, namespaced, shortNames: [], categories: [] };
  return { ...named, verbs: ["create"], subresources: [] };
}

/** What has a path of its own below an object of this kind. */
function subresourcesOf(kind: Kind): Subresource[] {
  const { group, version } = kind;
  const eviction = { name: "eviction", group: "policy", version: "v1", kind: "Eviction", verbs: ["create"] };
  const scale = { name: "scale", group: "autoscaling", version: "v1", kind: "Scale", verbs: subresourceVerbs };
  const status = { name: "status", group, version, kind: kind.kind, verbs: subresourceVerbs };
  const token = {
    name: "token",
    group: "authentication.k8s.io",
    version: "v1",
    kind: "TokenRequest",
    verbs: ["create"],
  };
  return [
    ...(kind.resource === "pods" ? [eviction] : []),
    ...(kind.scaling === undefined ? [] : [scale]),
    ...(kind.hasStatus ? [status] : []),
    ...(kind.givesTokens === true ? [token] : []),
  ];
}

/** What holds other objects is deleted one by one, with thought. */
function verbsOf({ holdsContents }: Kind): string[] {
  return holdsContents === true ? allVerbs.filter((verb) => verb !== "deletecollection") : allVerbs;
}
