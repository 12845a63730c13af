/**
 * What is served, as clients ask for it: aggregated in one document a root, or group by group.
 * Source: Kubernetes API reference, apidiscovery.k8s.io/v2, and meta/v1 APIResourceList.
 */
import { apiVersionOf } from "../kinds/kind.ts";
import { clausesOf } from "../present/form.ts";
import { resources, type Resource } from "./resources.ts";

/** Exactly so: without its parameters, kubectl takes the document for something else. */
const aggregatedType = (version: string): string =>
  `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;

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
  const served = resourcesOf(group).filter((resource) => resource.version === version);
  const [first] = served;
  if (first === undefined) return emptyVersions[`${group}/${version}`];
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: apiVersionOf(first),
    resources: served.flatMap((resource) => legacyResources(resource)),
  };
}

export function isServed(group: string, version: string): boolean {
  return resources.some((resource) => resource.group === group && resource.version === version);
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
  const names = [...new Set(resources.map(({ group }) => group))].filter((name) => name !== "");
  return names.map((name) => {
    const versions = versionsOf(name).map((version) => ({ groupVersion: `${name}/${version}`, version }));
    return { name, versions, preferredVersion: versions[0] ?? {} };
  });
}

function legacyResources(resource: Resource): object[] {
  const { plural, singular, namespaced, kind, verbs, shortNames, categories } = resource;
  const own = {
    name: plural,
    singularName: singular,
    namespaced,
    kind,
    verbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
  };
  const subresources = resource.subresources.map(({ name, group, version, kind, verbs }) => ({
    name: `${plural}/${name}`,
    singularName: "",
    namespaced,
    // Only where it differs from the list's own.
    ...(group !== resource.group && { group, version }),
    kind,
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
      resources: resourcesOf(name)
        .filter((resource) => resource.version === served)
        .map((resource) => aggregatedResource(resource)),
    })),
  }));
  return { kind: "APIGroupDiscoveryList", apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items };
}

function aggregatedResource(resource: Resource): object {
  const { group, version, kind, verbs, shortNames, categories } = resource;
  const subresources = resource.subresources.map(({ name, verbs, ...responseKind }) => ({
    subresource: name,
    responseKind,
    verbs,
  }));
  return {
    resource: resource.plural,
    responseKind: { group, version, kind },
    scope: resource.namespaced ? "Namespaced" : "Cluster",
    singularResource: resource.singular,
    verbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
    ...(subresources.length > 0 && { subresources }),
  };
}

function resourcesOf(group: string): Resource[] {
  return resources.filter((resource) => resource.group === group);
}

function versionsOf(group: string): string[] {
  return [...new Set(resourcesOf(group).map(({ version }) => version))];
}
