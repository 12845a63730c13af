import { describe, expect, it } from "vitest";
import type { Call } from "../../../src/api/call.ts";
import type { Author } from "../../../src/api/fields/managers.ts";
import type { Draft, Kind } from "../../../src/api/kinds/kind.ts";
import { namespaceKind } from "../../../src/api/kinds/namespace.ts";
import { podKind } from "../../../src/api/kinds/pod/pod.ts";
import { serviceKind } from "../../../src/api/kinds/service/service.ts";
import { Refusal } from "../../../src/api/refusal.ts";
import { toStatus } from "../../../src/api/status.ts";
import { Warnings } from "../../../src/api/warnings.ts";
import { prepareNew } from "../../../src/api/write/prepare-new.ts";
import { prepareReplacement } from "../../../src/api/write/prepare-replacement.ts";
import { placed } from "../../../src/api/write/read-draft.ts";
import type { KubeObject, ObjectMeta } from "../../../src/domain/object.ts";

const nowMs = Date.parse("2026-11-20T10:00:00.7Z");

/** A call in which these objects exist. */
function callOf(kind: Kind, changes: Partial<Call> = {}, existing: KubeObject[] = []): Call {
  const registry = {
    get: async (resource: string, namespace: string, name: string) =>
      existing.find(({ kind: its, metadata }) => {
        return (
          resource === `${its.toLowerCase()}s` && metadata.name === name && (metadata.namespace ?? "") === namespace
        );
      }),
  };
  const deps = { registry, newUid: () => "uid-1", random: () => 0.5 };
  const call = {
    kind,
    namespace: kind.namespaced ? "default" : "",
    name: "",
    subresource: "",
    nowMs,
    warnings: new Warnings(),
  };
  return { ...call, deps, ...changes } as unknown as Call;
}

const author: Author = {
  name: "test",
  operation: "Update",
  apiVersion: "v1",
  subresource: "",
  time: "2026-11-20T10:00:00Z",
};

const containers = [{ name: "main" }];

function podDraft(metadata: Partial<ObjectMeta>, rest: object = {}): Draft {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace: "default", ...metadata },
    spec: { containers },
    status: { podIP: "10.0.0.1" },
    ...rest,
  };
}

function told(result: KubeObject | Draft | Refusal): string | KubeObject | Draft {
  return result instanceof Refusal ? `${toStatus(result.reason).code} ${toStatus(result.reason).message}` : result;
}

async function created(draft: Draft, call = callOf(podKind)): Promise<KubeObject> {
  const object = await prepareNew(call, draft, author);
  if (object instanceof Refusal) throw new Error(toStatus(object.reason).message ?? "");
  return object;
}

describe("a new object", () => {
  it("gets what only the server can say", async () => {
    const { metadata } = await created(podDraft({ name: "web", labels: { a: "b" } }));
    const { managedFields, ...own } = metadata;
    expect(managedFields?.map(({ manager }) => manager)).toEqual(["test"]);
    expect(own).toEqual({
      name: "web",
      namespace: "default",
      uid: "uid-1",
      generation: 1,
      creationTimestamp: "2026-11-20T10:00:00Z",
      labels: { a: "b" },
    });
  });

  it("gets a name of its prefix when it has none", async () => {
    const { metadata } = await created(podDraft({ generateName: "web-" }));
    expect(metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    expect((await created(podDraft({ generateName: "x".repeat(80) }))).metadata.name).toHaveLength(63);
    expect((await created(podDraft({ name: "mine", generateName: "web-" }))).metadata.name).toBe("mine");
  });

  it.each([serviceKind, namespaceKind] as unknown as Kind[])(
    "has no generation where Kubernetes gives none: $kind",
    async (kind) => {
      const draft = { apiVersion: "v1", kind: kind.kind, metadata: { name: "web" }, spec: { ports: [{ port: 80 }] } };
      const call = callOf(kind);
      const before = await created(
        kind.namespaced ? { ...draft, metadata: { name: "web", namespace: "default" } } : draft,
        call,
      );
      expect(before.metadata).not.toHaveProperty("generation");
      const after = prepareReplacement(call, before, { ...before, spec: { ports: [{ port: 81 }] } }, author);
      expect(after).not.toHaveProperty("metadata.generation");
    },
  );

  it("cannot bring an identity along, and is told so", async () => {
    const call = callOf(podKind);
    const draft = podDraft({
      name: "web",
      uid: "u",
      resourceVersion: "7",
      creationTimestamp: "2020-01-01T00:00:00Z",
      generation: 9,
    });
    const { metadata } = await created(draft, call);
    expect(metadata).toMatchObject({ uid: "uid-1", creationTimestamp: "2026-11-20T10:00:00Z", generation: 1 });
    expect(metadata).not.toHaveProperty("resourceVersion");
    expect(call.warnings.headers()).toEqual([
      '299 - "metadata.uid, metadata.resourceVersion, metadata.creationTimestamp: ignored, the server sets it"',
    ]);
  });

  it("keeps owners that exist here, and only those", async () => {
    const owner = { apiVersion: "v1", kind: "Service", name: "svc", uid: "s1" };
    const service = { apiVersion: "v1", kind: "Service", metadata: { name: "svc", namespace: "default", uid: "s1" } };
    const call = callOf(podKind, {}, [service as KubeObject]);
    const others = [
      { ...owner, uid: "another" },
      { ...owner, name: "gone" },
      { apiVersion: "apps/v1", kind: "ReplicaSet", name: "rs", uid: "r1" },
    ];
    const { metadata } = await created(podDraft({ name: "web", ownerReferences: [owner, ...others] }), call);
    expect(metadata.ownerReferences).toEqual([owner]);
    expect(call.warnings.headers()).toHaveLength(3);
  });

  it("of a kind whose status is its own affair loses the status that it brings", async () => {
    const draft: Draft = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web" },
      spec: { ports: [{ port: 80 }] },
      status: { loadBalancer: { ingress: [] } },
    };
    expect(await created(draft, callOf(serviceKind))).toMatchObject({ status: { loadBalancer: {} } });
    const namespace: Draft = {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "a" },
      status: { phase: "Terminating" },
    };
    expect(await created(namespace, callOf(namespaceKind))).toMatchObject({ status: { phase: "Active" } });
  });

  it.each<[string, Draft, string]>([
    [
      "without a name",
      podDraft({}),
      '422 Pod "" is invalid: metadata.name: Required value: name or generateName is required',
    ],
    [
      "with much that is wrong",
      podDraft({ name: "web", labels: { "a b": "" } }, { spec: {} }),
      expect.stringMatching(
        /^422 Pod "web" is invalid: \[metadata\.labels: .*, spec\.containers: Required value\]$/,
      ) as string,
    ],
  ])("%s is refused", async (_, draft, message) => {
    expect(told(await prepareNew(callOf(podKind), draft, author))).toEqual(message);
  });
});

describe("a draft", () => {
  it.each<[string, Partial<Call>, Partial<ObjectMeta>, string]>([
    [
      "another namespace",
      {},
      { name: "web", namespace: "other" },
      "400 the namespace of the provided object does not match the namespace sent on the request",
    ],
    [
      "another name",
      { name: "web" },
      { name: "other" },
      "400 the name of the object (other) does not match the name on the URL (web)",
    ],
    [
      "no name",
      { name: "web" },
      {},
      "400 the name of the object (web based on URL) was undeterminable: name must be provided",
    ],
  ])("of %s than its path is refused", (_, changes, metadata, message) => {
    expect(told(placed(callOf(podKind, changes), podDraft(metadata)))).toBe(message);
  });

  it("is put where its path says", () => {
    const draft: Draft = { apiVersion: "v1", kind: "Pod", metadata: { name: "web" } };
    expect(placed(callOf(podKind), draft)).toMatchObject({ metadata: { namespace: "default" } });
    const namespace: Draft = { apiVersion: "v1", kind: "Namespace", metadata: { name: "a", namespace: "b" } };
    expect(placed(callOf(namespaceKind), namespace)).toEqual({ ...namespace, metadata: { name: "a" } });
  });
});

describe("a replacement", () => {
  const call = callOf(podKind, { name: "web" });
  const onStatus = callOf(podKind, { name: "web", subresource: "status" });

  async function existing(): Promise<KubeObject> {
    const object = await created(podDraft({ name: "web", labels: { a: "b" } }, { status: { podIP: "10.0.0.1" } }));
    return { ...object, metadata: { ...object.metadata, resourceVersion: "7" } };
  }

  function replaced(before: KubeObject, change: object, metadata: object = {}, through = call): KubeObject | Refusal {
    return prepareReplacement(
      through,
      before,
      { ...before, ...change, metadata: { ...before.metadata, ...metadata } },
      author,
    );
  }

  it("that changes nothing is the object itself", async () => {
    const before = await existing();
    expect(replaced(before, {})).toBe(before);
    expect(replaced(before, {}, {}, onStatus)).toBe(before);
    const sparse = podDraft({ name: "web", labels: { a: "b" } });
    expect(prepareReplacement(call, before, sparse, author)).toBe(before);
  });

  it("leaves out what it wants removed", async () => {
    const before = await existing();
    expect(prepareReplacement(call, before, podDraft({ name: "web" }), author)).not.toHaveProperty("metadata.labels");
  });

  it("counts changes of the spec, and no others", async () => {
    const before = await existing();
    const image = [{ name: "main", image: "nginx:1" }];
    expect(replaced(before, {}, { labels: {} })).toMatchObject({ metadata: { generation: 1 } });
    expect(
      prepareReplacement(call, before, podDraft({ name: "web" }, { spec: { containers: image } }), author),
    ).toMatchObject({
      metadata: { generation: 2, uid: "uid-1", creationTimestamp: "2026-11-20T10:00:00Z" },
    });
  });

  it("cannot touch the status on the main path, nor the spec on the status path", async () => {
    const before = await existing();
    const other = { spec: { containers: [{ name: "other" }] }, status: { podIP: "10.0.0.2" } };
    expect(replaced(before, { status: other.status })).toBe(before);
    expect(replaced(before, other, {}, onStatus)).toMatchObject({ spec: before.spec, status: { podIP: "10.0.0.2" } });
    expect(replaced(before, { status: before.status }, { finalizers: ["a/b"] }, onStatus)).toBe(before);
    expect(replaced(before, {}, { labels: { c: "d" } }, onStatus)).toMatchObject({ metadata: { labels: { c: "d" } } });
  });

  it.each<[string, object, string]>([
    [
      "a stale resourceVersion",
      { resourceVersion: "6" },
      '409 Operation cannot be fulfilled on pods "web": the object has been modified; please apply your changes to the latest version and try again',
    ],
    [
      "another uid",
      { uid: "other" },
      '409 Operation cannot be fulfilled on pods "web": Precondition failed: UID in precondition: other, UID in object meta: uid-1',
    ],
    [
      "another creation",
      { creationTimestamp: "2020-01-01T00:00:00Z" },
      '422 Pod "web" is invalid: metadata.creationTimestamp: Invalid value: "2020-01-01T00:00:00Z": field is immutable',
    ],
  ])("with %s is refused", async (_, metadata, message) => {
    expect(told(replaced(await existing(), {}, metadata))).toBe(message);
  });

  it("may do without a resourceVersion", async () => {
    const before = await existing();
    expect(told(replaced(before, {}, { resourceVersion: "", labels: {} }))).toMatchObject({
      metadata: { resourceVersion: "7", labels: {} },
    });
  });
});
