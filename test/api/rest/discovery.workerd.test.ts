import { describe, expect, it } from "vitest";
import { fetchApi, get, send } from "./client.ts";

const kubectlAccept =
  "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList," +
  "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

interface Discovered {
  resource: string;
  scope: string;
  singularResource: string;
  verbs: string[];
  shortNames?: string[];
  categories?: string[];
  responseKind: object;
  subresources?: { subresource: string; verbs: string[] }[];
}

function resourcesOf(text: string): Map<string, Discovered> {
  const list = JSON.parse(text) as { items: { versions: { resources: Discovered[] }[] }[] };
  const all = list.items.flatMap(({ versions }) => versions.flatMap(({ resources }) => resources));
  return new Map(all.map((found) => [found.resource, found]));
}

describe("aggregated discovery", () => {
  it.each(["/api", "/apis"])("of %s has exactly the content type that kubectl looks for", async (root) => {
    const reply = await get(root, kubectlAccept);
    expect(reply.code).toBe(200);
    expect(reply.headers.get("Content-Type")).toBe(
      "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
    );
    expect(reply.headers.get("Vary")).toBe("Accept");
    expect(JSON.parse(reply.text)).toMatchObject({
      kind: "APIGroupDiscoveryList",
      apiVersion: "apidiscovery.k8s.io/v2",
      metadata: {},
    });
  });

  it("answers kubectl before 1.30 in the beta version", async () => {
    const { headers, body } = await get(
      "/api",
      "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json",
    );
    expect(headers.get("Content-Type")).toBe(
      "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList",
    );
    expect(body.apiVersion).toBe("apidiscovery.k8s.io/v2beta1");
  });

  it("names pods as kubectl needs them: short name, category, verbs, status", async () => {
    const pods = resourcesOf((await get("/api", kubectlAccept)).text).get("pods");
    expect(pods).toMatchObject({
      responseKind: { group: "", version: "v1", kind: "Pod" },
      scope: "Namespaced",
      singularResource: "pod",
      shortNames: ["po"],
      categories: ["all"],
      verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
    });
    expect(pods?.subresources).toContainEqual(
      expect.objectContaining({ subresource: "status", verbs: ["get", "patch", "update"] }),
    );
  });

  it("has the short names that fingers know", async () => {
    const resources = resourcesOf((await get("/api", kubectlAccept)).text);
    const shortNames = ["namespaces", "nodes", "pods", "services", "endpoints"].map(
      (name) => resources.get(name)?.shortNames?.[0],
    );
    expect(shortNames).toEqual(["ns", "no", "po", "svc", "ep"]);
  });

  it("offers no deletion of all namespaces at once", async () => {
    const namespaces = resourcesOf((await get("/api", kubectlAccept)).text).get("namespaces");
    expect(namespaces?.verbs).not.toContain("deletecollection");
    expect(namespaces?.scope).toBe("Cluster");
  });
});

describe("discovery group by group", () => {
  it("begins with the versions and the groups", async () => {
    expect((await get("/api")).body).toMatchObject({ kind: "APIVersions", versions: ["v1"] });
    expect((await get("/apis", "application/json")).body).toMatchObject({
      kind: "APIGroupList",
      groups: expect.arrayContaining([
        {
          name: "discovery.k8s.io",
          versions: [{ groupVersion: "discovery.k8s.io/v1", version: "v1" }],
          preferredVersion: { groupVersion: "discovery.k8s.io/v1", version: "v1" },
        },
      ]) as unknown,
    });
  });

  it("goes on with the group and its resources", async () => {
    expect((await get("/apis/discovery.k8s.io")).body).toMatchObject({ kind: "APIGroup", name: "discovery.k8s.io" });
    expect((await get("/apis/discovery.k8s.io/v1")).body).toMatchObject({
      kind: "APIResourceList",
      groupVersion: "discovery.k8s.io/v1",
      resources: [{ name: "endpointslices", singularName: "endpointslice", namespaced: true, kind: "EndpointSlice" }],
    });
    const { body } = await get("/api/v1");
    expect(body).toMatchObject({
      groupVersion: "v1",
      resources: expect.arrayContaining([
        expect.objectContaining({ name: "pods", shortNames: ["po"], namespaced: true }),
        expect.objectContaining({ name: "pods/status", kind: "Pod", verbs: ["get", "patch", "update"] }),
      ]) as unknown,
    });
  });

  it.each(["/api", "/api/", "/apis/", "/api/v1/", "/apis/discovery.k8s.io/", "/apis/discovery.k8s.io/v1/"])(
    "does not mind a slash at the end: %s",
    async (path) => {
      expect((await get(path)).code).toBe(200);
    },
  );
});

describe("what clients ask of any server", () => {
  it("is which version it is", async () => {
    for (const path of ["/version", "/version/"]) {
      expect(JSON.parse((await get(path)).text)).toMatchObject({
        major: "1",
        minor: "32",
        gitVersion: expect.stringMatching(/^v1\.32\.\d+/) as unknown,
        platform: "workers/any",
      });
    }
  });

  it.each(["/healthz", "/livez", "/readyz"])("is whether it is well: %s", async (path) => {
    const plain = await get(path);
    expect([plain.code, plain.text]).toEqual([200, "ok"]);
    const verbose = await get(`${path}?verbose`);
    expect(verbose.code).toBe(200);
    expect(verbose.text).toMatch(new RegExp(`^(\\[\\+\\]\\w+ ok\\n)+${path.slice(1)} check passed\\n$`));
    expect((await get(`${path}/`)).code).toBe(200);
  });

  it("is the schema, in protobuf and without types, which leaves validation to the server", async () => {
    const response = await fetchApi("/openapi/v2", {
      headers: { Accept: "application/com.github.proto-openapi.spec.v2@v1.0+protobuf" },
    });
    expect([response.status, response.headers.get("Content-Type")]).toEqual([200, "application/octet-stream"]);
    expect(await response.text()).toContain("/api/v1/namespaces/{namespace}/pods/{name}");
  });

  it("is the schema of each version with a text for every field, to be kept for as long as its address is told", async () => {
    const index = JSON.parse((await get("/openapi/v3")).text) as {
      paths: Record<string, { serverRelativeURL: string }>;
    };
    const address = index.paths["api/v1"]?.serverRelativeURL ?? "";
    const document = await get(address);
    expect(document.code).toBe(200);
    expect(document.headers.get("Cache-Control")).toBe("private, max-age=31536000, immutable");
    expect(document.text).toContain(
      '"readinessProbe":{"allOf":[{"$ref":"#/components/schemas/Probe"}],"description":"Asked',
    );
    const otherwise = await get("/openapi/v3/api/v1?hash=OLD");
    expect(otherwise.headers.get("Cache-Control")).toBe("no-cache, private");
    expect(otherwise.text).toBe(document.text);
    expect((await get("/openapi/v3/apis/apps/v1")).code).toBe(404);
  });

  it("is which kinds were added: none", async () => {
    const { body } = await get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions");
    expect(body).toMatchObject({ kind: "CustomResourceDefinitionList", items: [] });
  });

  it("may be asked for without a body", async () => {
    for (const path of ["/api", "/api/v1", "/version", "/api/v1/namespaces/default", "/api/v1/namespaces"]) {
      const reply = await send("HEAD", path);
      expect([path, reply.code, reply.text]).toEqual([path, 200, ""]);
    }
    expect((await send("HEAD", "/api/v1/namespaces?watch=true")).code).toBe(200);
    expect((await send("HEAD", "/api/v1/namespaces/absent")).code).toBe(404);
  });
});

describe("a path that leads nowhere", () => {
  it.each([
    "/apis/unknown.example.com",
    "/apis/unknown.example.com/v1",
    "/apis/apps/v1/deployments",
    "/api/v2",
    "/api/v2/pods",
  ])("in a group that is not served is text: %s", async (path) => {
    const { code, text, headers } = await get(path);
    expect([code, text]).toEqual([404, "404 page not found\n"]);
    expect(headers.get("Content-Type")).toMatch(/^text\/plain/);
  });

  it.each([
    "/api/v1/widgets",
    "/api/v1/namespaces/default/widgets",
    "/api/v1/namespaces/default/widgets/x",
    "/apis/discovery.k8s.io/v1/widgets",
    "/api/v1/namespaces/default/pods/x/widgets",
    "/api/v1/namespaces/default/pods/x/status/more",
    "/api/v1/namespaces/default/nodes",
    "/api/v1/namespaces/default/nodes/x",
    "/api/v1/pods/x",
    "/api/v1/namespaces/default/endpoints/x/status",
    "/api/v1/widgets?watch=true",
  ])("in a group that is served is a Status: %s", async (path) => {
    const { code, body } = await get(path);
    expect([code, body]).toEqual([
      404,
      {
        kind: "Status",
        apiVersion: "v1",
        metadata: {},
        status: "Failure",
        message: "the server could not find the requested resource",
        reason: "NotFound",
        details: {},
        code: 404,
      },
    ]);
  });
});
