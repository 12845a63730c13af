import { describe, expect, it } from "vitest";
import { parseManagers, toEntries, type Author, type Manager } from "../../../src/api/fields/managers.ts";
import { ownable } from "../../../src/api/fields/ownable.ts";
import { updateManagers } from "../../../src/api/fields/update-managers.ts";
import type { JsonObject } from "../../../src/api/json.ts";
import { fields, serviceShape } from "./documents.ts";

const editor: Author = {
  name: "editor",
  operation: "Update",
  apiVersion: "v1",
  subresource: "",
  time: "2026-11-20T10:00:00Z",
};
const applier: Manager = {
  ...editor,
  name: "applier",
  operation: "Apply",
  fields: fields({ "f:spec": { "f:type": {}, "f:externalName": {} } }),
};

function managed(managers: readonly Manager[]): Record<string, unknown> {
  return Object.fromEntries(toEntries(managers).map(({ manager = "", fieldsV1 }) => [manager, fieldsV1]));
}

/** What an update makes of the managers, when the server does what it is asked. */
function updated(managers: readonly Manager[], before: JsonObject, after: JsonObject, author = editor): Manager[] {
  return updateManagers(managers, author, { before, sent: after, after, shape: serviceShape });
}

describe("an update", () => {
  const before = { metadata: {}, spec: { type: "a", externalName: "x" } };

  it("takes what it changes from whoever managed it", () => {
    const after = { metadata: {}, spec: { type: "b", externalName: "x", sessionAffinity: "None" } };
    expect(managed(updated([applier], before, after))).toEqual({
      applier: { "f:spec": { "f:externalName": {} } },
      editor: { "f:spec": { "f:type": {}, "f:sessionAffinity": {} } },
    });
  });

  it("takes what it removes from everybody", () => {
    const gone = { metadata: {}, spec: { type: "a" } };
    expect(managed(updated([applier], before, gone))).toEqual({ applier: { "f:spec": { "f:type": {} } } });
    expect(updated([applier], before, { metadata: {}, spec: {} })).toEqual([]);
  });

  it("that changes nothing changes no manager, nor when each of them wrote", () => {
    expect(updated([applier], before, before)).toEqual([applier]);
  });

  it("owns neither what the server made of it nor what it did not get", () => {
    const sent = { metadata: {}, spec: { type: "b", externalName: "x" } };
    const after = { metadata: {}, spec: { type: "a", externalName: "x", clusterIP: "10.0.0.1" } };
    const computed = updateManagers([applier], editor, { before, sent, after, shape: serviceShape });
    expect(computed).toEqual([applier]);
  });

  it("joins what the same manager wrote before, by the same path", () => {
    const first = updated([], { spec: {} }, { spec: { type: "a" } });
    const later = { ...editor, time: "2026-11-20T11:00:00Z" };
    const second = updated(first, { spec: { type: "a" } }, { spec: { type: "a", externalName: "x" } }, later);
    expect(toEntries(second)).toEqual([
      {
        manager: "editor",
        operation: "Update",
        apiVersion: "v1",
        time: later.time,
        fieldsType: "FieldsV1",
        fieldsV1: { "f:spec": { "f:type": {}, "f:externalName": {} } },
      },
    ]);
    const onStatus = { ...later, subresource: "status" };
    const third = updated(second, { status: {} }, { status: { loadBalancer: {} } }, onStatus);
    expect(toEntries(third).map(({ subresource }) => subresource)).toEqual([undefined, "status"]);
  });

  it("makes one manager of those that wrote longest ago, when there are more than ten", () => {
    const labels = Array.from({ length: 12 }, (_, index) => String.fromCodePoint(97 + index));
    const managers = labels.reduce<Manager[]>((all, label, index) => {
      const author = {
        ...editor,
        name: `editor-${label}`,
        time: `2026-11-20T10:00:${String(index).padStart(2, "0")}Z`,
      };
      const having = (count: number): JsonObject => ({
        metadata: { labels: Object.fromEntries(labels.slice(0, count).map((each) => [each, "1"])) },
      });
      return updated(all, having(index), having(index + 1), author);
    }, []);
    expect(toEntries(managers).map(({ manager }) => manager)).toEqual([
      "ancient-changes",
      ...labels.slice(3).map((label) => `editor-${label}`),
    ]);
    expect(managed(managers)["ancient-changes"]).toEqual({
      "f:metadata": { "f:labels": { "f:a": {}, "f:b": {}, "f:c": {} } },
    });
  });
});

describe("managedFields", () => {
  const entry = {
    manager: "a",
    operation: "Update",
    apiVersion: "v1",
    fieldsType: "FieldsV1",
    fieldsV1: { "f:spec": {} },
  };

  it("are read as they are written", () => {
    const entries = [
      { ...entry, operation: "Apply" },
      { ...entry, time: "2026-11-20T10:00:00Z" },
      { ...entry, time: "2026-11-20T10:00:00Z", subresource: "status" },
    ];
    expect(toEntries(parseManagers(entries) ?? [])).toEqual(entries);
    expect(toEntries((parseManagers(entries) ?? []).toReversed())).toEqual(entries);
  });

  it.each([{ operation: "Delete" }, { apiVersion: "" }, { fieldsType: "FieldsV2" }, { fieldsV1: { nonsense: {} } }])(
    "are not read with %j",
    (change) => {
      expect(parseManagers([entry, { ...entry, ...change }])).toBeUndefined();
    },
  );
});

describe("what can be owned", () => {
  const document = {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name: "a",
      namespace: "b",
      uid: "c",
      resourceVersion: "1",
      generation: 2,
      labels: { x: "y" },
      finalizers: ["z/z"],
      managedFields: [],
    },
    spec: { type: "ClusterIP" },
    status: { loadBalancer: {} },
  };

  it("is on the object what neither names it nor is its status", () => {
    expect(ownable(document, "")).toEqual({
      metadata: { labels: { x: "y" }, finalizers: ["z/z"] },
      spec: { type: "ClusterIP" },
    });
    expect(ownable(document, "scale")).toEqual(ownable(document, ""));
  });

  it("is on its status that, labels and annotations", () => {
    expect(ownable(document, "status")).toEqual({ metadata: { labels: { x: "y" } }, status: { loadBalancer: {} } });
  });
});
