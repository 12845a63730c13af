import { describe, expect, it } from "vitest";
import { discoverGroup, discoverRoot, discoverVersion } from "../../src/api/discovery/discovery.ts";

const aggregatedAccept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

interface Aggregated {
  items: { versions: { resources: { resource: string; shortNames?: string[]; categories?: string[] }[] }[] }[];
}

interface Legacy {
  resources: { name: string; shortNames?: string[]; categories?: string[]; namespaced: boolean }[];
}

const shortNames = {
  namespaces: ["ns"],
  nodes: ["no"],
  pods: ["po"],
  services: ["svc"],
  replicationcontrollers: ["rc"],
  endpoints: ["ep"],
  events: ["ev"],
  serviceaccounts: ["sa"],
};

describe("discovery tells in both its forms", () => {
  it("which resources the core group has, and how they are called for short", async () => {
    const aggregated = (await discoverRoot("api", aggregatedAccept).json()) as Aggregated;
    const resources = aggregated.items[0]?.versions[0]?.resources ?? [];
    expect(Object.fromEntries(resources.map((each) => [each.resource, each.shortNames]))).toEqual(shortNames);

    const legacy = discoverVersion("", "v1") as Legacy;
    const named = legacy.resources.filter(({ name }) => !name.includes("/"));
    expect(Object.fromEntries(named.map((each) => [each.name, each.shortNames]))).toEqual(shortNames);
    expect(resources.filter(({ categories }) => categories?.includes("all")).map(({ resource }) => resource)).toEqual(
      named.filter(({ categories }) => categories?.includes("all")).map(({ name }) => name),
    );
  });

  it("that replication controllers can be scaled, in the words of another group", async () => {
    const scale = { group: "autoscaling", version: "v1", kind: "Scale" };
    const verbs = ["get", "patch", "update"];
    const legacy = discoverVersion("", "v1") as Legacy;
    expect(legacy.resources).toContainEqual({
      name: "replicationcontrollers/scale",
      singularName: "",
      namespaced: true,
      ...scale,
      verbs,
    });
    const aggregated = (await discoverRoot("api", aggregatedAccept).json()) as Aggregated;
    const rc = aggregated.items[0]?.versions[0]?.resources.find(
      ({ resource }) => resource === "replicationcontrollers",
    );
    expect(rc).toMatchObject({
      subresources: [{ subresource: "scale", responseKind: scale, verbs }, { subresource: "status" }],
    });
  });

  it("that pods can be evicted, which is what kubectl drain looks for", async () => {
    const eviction = { group: "policy", version: "v1", kind: "Eviction" };
    expect((discoverVersion("", "v1") as Legacy).resources).toContainEqual({
      name: "pods/eviction",
      singularName: "",
      namespaced: true,
      ...eviction,
      verbs: ["create"],
    });
    const aggregated = (await discoverRoot("api", aggregatedAccept).json()) as Aggregated;
    const pods = aggregated.items[0]?.versions[0]?.resources.find(({ resource }) => resource === "pods");
    expect(pods).toMatchObject({
      subresources: [{ subresource: "eviction", responseKind: eviction, verbs: ["create"] }, { subresource: "status" }],
    });
  });

  it("which other groups there are", async () => {
    const aggregated = (await discoverRoot("apis", aggregatedAccept).json()) as {
      items: { metadata: { name: string } }[];
    };
    const groups = [
      "discovery.k8s.io",
      "coordination.k8s.io",
      "rbac.authorization.k8s.io",
      "authorization.k8s.io",
      "authentication.k8s.io",
    ];
    expect(aggregated.items.map(({ metadata }) => metadata.name)).toEqual(groups);
    const legacy = (await discoverRoot("apis", "application/json").json()) as { groups: { name: string }[] };
    expect(legacy.groups.map(({ name }) => name)).toEqual(groups);
    expect(discoverGroup("coordination.k8s.io")).toMatchObject({
      preferredVersion: { groupVersion: "coordination.k8s.io/v1" },
    });
    expect(discoverVersion("coordination.k8s.io", "v1")).toMatchObject({
      resources: [{ name: "leases", singularName: "lease", kind: "Lease", namespaced: true }],
    });
  });

  it("that reviews can be put and nothing else, which is what `kubectl auth` looks for", () => {
    expect((discoverVersion("authorization.k8s.io", "v1") as Legacy).resources).toMatchObject([
      { name: "selfsubjectaccessreviews", kind: "SelfSubjectAccessReview", namespaced: false, verbs: ["create"] },
      { name: "subjectaccessreviews", kind: "SubjectAccessReview", namespaced: false, verbs: ["create"] },
      { name: "localsubjectaccessreviews", kind: "LocalSubjectAccessReview", namespaced: true, verbs: ["create"] },
      { name: "selfsubjectrulesreviews", kind: "SelfSubjectRulesReview", namespaced: false, verbs: ["create"] },
    ]);
    expect((discoverVersion("authentication.k8s.io", "v1") as Legacy).resources).toMatchObject([
      { name: "tokenreviews", kind: "TokenReview", namespaced: false, verbs: ["create"] },
      { name: "selfsubjectreviews", kind: "SelfSubjectReview", namespaced: false, verbs: ["create"] },
    ]);
  });
});
