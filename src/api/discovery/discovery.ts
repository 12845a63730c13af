/**
 * What is served, as clients ask for it: aggregated in one document a root, or group by group.
 * Source: Kubernetes API reference, apidiscovery.k8s.io/v2, and meta/v1 APIResourceList.
 */
import { apiVersionOf, type Kind } from "../kinds/kind.ts";
import { kinds } from "../kinds/kinds.ts";
import { clausesOf } from "../present/form.ts";

/** Exactly so: without its parameters, kubectl takes the document for something else. */
const aggregatedType = (version: string): string =>
  `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;

const allVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const subresourceVerbs = ["get", "patch", "update"];

/** `/api` or `/apis`, in the form that the client prefers. */
export function discoverRoot(root: "api" | "apis", accept: string): Response {
  const wanted = clausesOf(accept).find(({ mediaType, parameters }) => {
    const isAggregated =
      parameters.get("as") === "APIGroupDiscoveryList" && parameters.get("g") === "apidiscovery.k8s.io";
    return mediaType === "application/json" && (isAggregated || parameters.size === 0);
  });
  const version = wanted?.parameters.get("v");
  if (version === "v2" || version === "v2beta1") {
    return Response.json(aggregated(root, version), {
      headers: { "Content-Type": aggregatedType(version), Vary: "Accept" },
    });
  }
  return Response.json(root === "api" ? coreVersions : groupList(), { headers: { Vary: "Accept" } });
}

/** `/apis/{group}`; undefined for a group that is not served. */
export function discoverGroup(group: string): object | undefined {
  const found = groups().find(({ name }) => name === group);
  return found === undefined ? undefined : { kind: "APIGroup", apiVersion: "v1", ...found };
}

/** `/api/v1` or `/apis/{group}/{version}`; undefined for what is not served. */
export function discoverVersion(group: string, version: string): object | undefined {
  const served = kindsOf(group).filter((kind) => kind.version === version);
  const [first] = served;
  if (first === undefined) return emptyVersions[`${group}/${version}`];
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: apiVersionOf(first),
    resources: served.flatMap((kind) => legacyResources(kind)),
  };
}

export function isServed(group: string, version: string): boolean {
  return kinds.some((kind) => kind.group === group && kind.version === version);
}

/** Nothing is served here, but clients ask, and an empty list is a clearer answer than a missing page. */
const emptyVersions: Readonly<Record<string, object>> = {
  "apiextensions.k8s.io/v1": {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: "apiextensions.k8s.io/v1",
    resources: [],
  },
};

const coreVersions = {
  kind: "APIVersions",
  versions: ["v1"],
  serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress: "" }],
};

function groupList(): object {
  return { kind: "APIGroupList", apiVersion: "v1", groups: groups() };
}

function groups(): { name: string; versions: object[]; preferredVersion: object }[] {
  const names = [...new Set(kinds.map(({ group }) => group))].filter((name) => name !== "");
  return names.map((name) => {
    const versions = versionsOf(name).map((version) => ({ groupVersion: `${name}/${version}`, version }));
    return { name, versions, preferredVersion: versions[0] ?? {} };
  });
}

function legacyResources(kind: Kind): object[] {
  const { plural, singular, namespaced, shortNames, categories } = kind;
  const common = { singularName: singular, namespaced, kind: kind.kind };
  const own = {
    name: plural,
    ...common,
    verbs: verbsOf(kind),
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
  };
  const subresources = subresourcesOf(kind).map(({ name, group, version, kind: responseKind, verbs }) => ({
    name: `${plural}/${name}`,
    singularName: "",
    namespaced,
    // Only where it differs from the list's own.
    ...(group !== kind.group && { group, version }),
    kind: responseKind,
    verbs,
  }));
  return [own, ...subresources];
}

function aggregated(root: "api" | "apis", version: string): object {
  const names = root === "api" ? [""] : groups().map(({ name }) => name);
  const items = names.map((name) => ({
    metadata: { ...(name !== "" && { name }), creationTimestamp: null },
    versions: versionsOf(name).map((served) => ({
      version: served,
      freshness: "Current",
      resources: kindsOf(name)
        .filter((kind) => kind.version === served)
        .map((kind) => aggregatedResource(kind)),
    })),
  }));
  return { kind: "APIGroupDiscoveryList", apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items };
}

function aggregatedResource(kind: Kind): object {
  const responseKind = { group: kind.group, version: kind.version, kind: kind.kind };
  const subresources = subresourcesOf(kind).map(({ name, verbs, ...response }) => ({
    subresource: name,
    responseKind: response,
    verbs,
  }));
  return {
    resource: kind.plural,
    responseKind,
    scope: kind.namespaced ? "Namespaced" : "Cluster",
    singularResource: kind.singular,
    verbs: verbsOf(kind),
    ...(kind.shortNames.length > 0 && { shortNames: kind.shortNames }),
    ...(kind.categories.length > 0 && { categories: kind.categories }),
    ...(subresources.length > 0 && { subresources }),
  };
}

interface Subresource {
  name: string;
  /** The kind that is spoken there. */
  group: string;
  version: string;
  kind: string;
  verbs: string[];
}

/** What has a path of its own below an object of this kind. */
function subresourcesOf(kind: Kind): Subresource[] {
  const { group, version } = kind;
  const eviction = { name: "eviction", group: "policy", version: "v1", kind: "Eviction", verbs: ["create"] };
  const scale = { name: "scale", group: "autoscaling", version: "v1", kind: "Scale", verbs: subresourceVerbs };
  const status = { name: "status", group, version, kind: kind.kind, verbs: subresourceVerbs };
  return [
    ...(kind.resource === "pods" ? [eviction] : []),
    ...(kind.scaling === undefined ? [] : [scale]),
    ...(kind.hasStatus ? [status] : []),
  ];
}

/** What holds other objects is deleted one by one, with thought. */
function verbsOf({ holdsContents }: Kind): string[] {
  return holdsContents === true ? allVerbs.filter((verb) => verb !== "deletecollection") : allVerbs;
}

function kindsOf(group: string): Kind[] {
  return kinds.filter((kind) => kind.group === group);
}

function versionsOf(group: string): string[] {
  return [...new Set(kindsOf(group).map(({ version }) => version))];
}
