import { describe, expect, it } from "vitest";
import { descriptions, keptDescription } from "../../../src/api/discovery/descriptions.ts";
import { openApiDocument, openApiIndex } from "../../../src/api/discovery/openapi-v3.ts";
import { fieldType, isTypeName } from "../../../src/api/schema/schema.ts";

interface Schema {
  type?: string;
  description?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema;
  allOf?: { $ref: string }[];
  "x-kubernetes-group-version-kind"?: object[];
}

interface Document {
  paths: Record<string, { post?: object; patch: { parameters: { name: string }[]; requestBody?: unknown } }>;
  components: { schemas: Record<string, Schema> };
}

const groupVersions = [
  "api/v1",
  "apis/discovery.k8s.io/v1",
  "apis/coordination.k8s.io/v1",
  "apis/rbac.authorization.k8s.io/v1",
  "apis/authorization.k8s.io/v1",
  "apis/authentication.k8s.io/v1",
];

function documentOf(path: string): Document {
  return JSON.parse(openApiDocument(path) ?? "{}") as Document;
}

describe("the schema that `kubectl explain` reads", () => {
  it("has one document for each group and version, which has another address when it says something else", () => {
    const { paths } = openApiIndex() as { paths: Record<string, { serverRelativeURL: string }> };
    expect(Object.keys(paths)).toEqual(groupVersions);
    const addresses = Object.values(paths).map(({ serverRelativeURL }) => serverRelativeURL);
    expect(addresses[0]).toMatch(/^\/openapi\/v3\/api\/v1\?hash=[0-9A-F]+$/);
    expect(new Set(addresses.map((address) => address.split("hash=")[1])).size).toBe(groupVersions.length);
    expect(openApiDocument("apis/apps/v1")).toBeUndefined();
  });

  it("says what Rollcall does with fields that it reads, and that it ignores the others", () => {
    const { schemas } = documentOf("api/v1").components;
    expect(schemas["Container"]?.properties?.["readinessProbe"]?.description).toMatch(/^Asked every period/);
    expect(schemas["Probe"]?.properties?.["periodSeconds"]?.description).toMatch(/10 is the default/);
    expect(schemas["Container"]?.properties?.["image"]?.description).toBe(keptDescription);
    expect(schemas["Container"]?.properties?.["livenessProbe"]?.description).toMatch(/^Kept and ignored/);
  });

  it("describes nothing that is not there", () => {
    const unknown = Object.keys(descriptions).filter((key) => {
      const field = key.split(".").at(-1) ?? "";
      const type = isTypeName(key) ? key : key.slice(0, -field.length - 1);
      return !isTypeName(type) || (type !== key && fieldType(type, field) === undefined);
    });
    expect(unknown).toEqual([]);
  });

  it.each(groupVersions)("of %s refers to nothing that it does not have", (path) => {
    const { schemas } = documentOf(path).components;
    const text = JSON.stringify(schemas);
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name ?? "");
    expect(references.filter((name) => schemas[name] === undefined)).toEqual([]);
    expect(references.length).toBeGreaterThan(0);
  });

  it("says that a patch takes fieldValidation, and not in which formats, which would make kubectl patch by it", () => {
    const { paths } = documentOf("api/v1");
    const patch = paths["/api/v1/namespaces/{namespace}/pods/{name}"]?.patch;
    expect(patch?.parameters.map(({ name }) => name)).toContain("fieldValidation");
    expect(patch).toMatchObject({ "x-kubernetes-group-version-kind": { group: "", version: "v1", kind: "Pod" } });
    expect(patch).not.toHaveProperty("requestBody");
  });

  it("says that a review is put", () => {
    const { paths } = documentOf("apis/authentication.k8s.io/v1");
    expect(paths["/apis/authentication.k8s.io/v1/selfsubjectreviews"]?.post).toMatchObject({
      "x-kubernetes-group-version-kind": { kind: "SelfSubjectReview" },
    });
  });

  it("names the kinds that it describes", () => {
    const { schemas } = documentOf("apis/discovery.k8s.io/v1").components;
    expect(schemas["EndpointSlice"]?.["x-kubernetes-group-version-kind"]).toEqual([
      { group: "discovery.k8s.io", version: "v1", kind: "EndpointSlice" },
    ]);
  });
});
