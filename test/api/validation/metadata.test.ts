import { describe, expect, it } from "vitest";
import { fieldErrorText } from "../../../src/api/validation/field-error.ts";
import { validateMetadata, validateMetadataUpdate } from "../../../src/api/validation/metadata.ts";
import { isDnsSubdomain } from "../../../src/api/validation/names.ts";
import type { ObjectMeta, OwnerReference } from "../../../src/domain/object.ts";
import { pod } from "../../objects.ts";

const web = pod("web");

function fieldsOf(meta: Partial<ObjectMeta>): string[] {
  return validateMetadata({ ...web.metadata, ...meta }, isDnsSubdomain).map(({ field }) => field);
}

function owner(name: string, controller: boolean): OwnerReference {
  return { apiVersion: "v1", kind: "ReplicationController", name, uid: `uid-${name}`, controller };
}

describe("metadata", () => {
  it.each<[string, Partial<ObjectMeta>, string[]]>([
    ["a good name", {}, []],
    ["no name", { name: "" }, ["metadata.name"]],
    ["a bad name", { name: "Bad_Name" }, ["metadata.name"]],
    ["good labels", { labels: { app: "", "example.com/a": "B.c" } }, []],
    ["a bad label", { labels: { "a b": "c d" } }, ["metadata.labels", "metadata.labels"]],
    ["an annotation of any text", { annotations: { "Example.com/A": "a b\n" } }, []],
    ["a bad annotation", { annotations: { "a b": "" } }, ["metadata.annotations"]],
    ["long annotations", { annotations: { a: "x".repeat(262_145) } }, ["metadata.annotations"]],
    ["a bad finalizer", { finalizers: ["a b"] }, ["metadata.finalizers[0]"]],
    ["annotations that are long in octets", { annotations: { a: "ü".repeat(140_000) } }, ["metadata.annotations"]],
    ["two owners, one its controller", { ownerReferences: [owner("a", true), owner("b", false)] }, []],
    ["two controllers", { ownerReferences: [owner("a", true), owner("b", true)] }, ["metadata.ownerReferences"]],
    [
      "three controllers",
      { ownerReferences: [owner("a", true), owner("b", true), owner("c", true)] },
      ["metadata.ownerReferences", "metadata.ownerReferences"],
    ],
    ["an owner", { ownerReferences: [{ apiVersion: "v1", kind: "Pod", name: "a", uid: "u" }] }, []],
    [
      "half an owner",
      { ownerReferences: [{ apiVersion: "v1", kind: "", name: "a", uid: "" }] },
      ["metadata.ownerReferences[0].kind", "metadata.ownerReferences[0].uid"],
    ],
  ])("with %s", (_, meta, fields) => {
    expect(fieldsOf(meta)).toEqual(fields);
  });

  it("with two controllers says which", () => {
    const [error] = validateMetadata(
      { ...web.metadata, ownerReferences: [owner("a", true), owner("b", true)] },
      isDnsSubdomain,
    );
    expect(error?.message).toMatch(
      /^Invalid value: \[.*\]: Only one reference can have Controller set to true\. Found "true" in references for ReplicationController\/a and ReplicationController\/b$/,
    );
  });

  it("without a name says what is wanted", () => {
    const [error] = validateMetadata({ ...web.metadata, name: "" }, isDnsSubdomain);
    expect(error && fieldErrorText(error)).toBe("metadata.name: Required value: name or generateName is required");
  });
});

describe("an update of metadata", () => {
  const dying = { ...web, metadata: { ...web.metadata, deletionTimestamp: "2026-11-02T00:00:00Z", finalizers: ["a"] } };

  it.each<[string, typeof web, Partial<ObjectMeta>, string[]]>([
    ["labels", web, { labels: { a: "b" } }, []],
    ["the uid", web, { uid: "other" }, ["metadata.uid"]],
    ["the creation's time", web, { creationTimestamp: "2026-11-02T00:00:00Z" }, ["metadata.creationTimestamp"]],
    ["the deletion's time", web, { deletionTimestamp: "2026-11-02T00:00:00Z" }, ["metadata.deletionTimestamp"]],
    ["finalizers", web, { finalizers: ["a"] }, []],
    ["fewer finalizers while it is deleted", dying, { finalizers: [] }, []],
    ["more finalizers while it is deleted", dying, { finalizers: ["a", "b"] }, ["metadata.finalizers"]],
  ])("may be about %s or not", (_, before, meta, fields) => {
    const after = { ...before, metadata: { ...before.metadata, ...meta } };
    expect(validateMetadataUpdate(before, after).map(({ field }) => field)).toEqual(fields);
  });
});
