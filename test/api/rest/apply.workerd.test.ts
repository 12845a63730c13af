/** Server-side apply and managedFields, as Kubernetes documents them. */
import { beforeAll, describe, expect, it } from "vitest";
import type { ManagedFieldsEntry } from "../../../src/domain/object.ts";
import {
  created,
  get,
  jsonPatch,
  mergePatch,
  newNamespace,
  patch,
  quietPod,
  registerRack,
  send,
  strategicMergePatch,
  type Document,
  type Reply,
} from "./client.ts";

beforeAll(registerRack);

const applyPatch = "application/apply-patch+yaml";

function apply(path: string, manager: string, body: unknown, query = ""): Promise<Reply> {
  return send("PATCH", `${path}?fieldManager=${manager}${query}`, body, { "Content-Type": applyPatch });
}

function service(spec: object, metadata: object = {}): Record<string, unknown> {
  return { apiVersion: "v1", kind: "Service", metadata: { name: "web", ...metadata }, spec };
}

const http = { port: 80, targetPort: 8080 };

/** Who manages what, without the times. */
function managers({ metadata }: Document): Record<string, unknown> {
  const entries = metadata.managedFields ?? [];
  return Object.fromEntries(
    entries.map((entry) => [`${entry.manager} ${entry.operation}${place(entry)}`, entry.fieldsV1]),
  );
}

function place({ subresource }: ManagedFieldsEntry): string {
  return subresource === undefined ? "" : ` ${subresource}`;
}

async function aService(): Promise<string> {
  const { path } = await newNamespace();
  return `${path}/services/web`;
}

describe("what is applied", () => {
  it("is created when it is not there yet, and its manager owns what it listed and no default", async () => {
    const path = await aService();
    const { code, body } = await apply(path, "alice", service({ ports: [http], selector: { app: "web" } }));
    expect(code).toBe(201);
    expect(body.spec).toMatchObject({ ports: [{ protocol: "TCP", ...http }], type: "ClusterIP" });
    expect(managers(body)).toEqual({
      "alice Apply": {
        "f:spec": {
          "f:ports": { 'k:{"port":80,"protocol":"TCP"}': { ".": {}, "f:port": {}, "f:targetPort": {} } },
          "f:selector": {},
        },
      },
    });
    expect(body.metadata.managedFields).toEqual([
      expect.objectContaining({ apiVersion: "v1", fieldsType: "FieldsV1", time: body.metadata.creationTimestamp }),
    ]);
  });

  it("may be YAML", async () => {
    const path = await aService();
    const yaml = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  ports:\n  - port: 80\n";
    expect(await apply(path, "alice", yaml)).toMatchObject({ code: 201, body: { spec: { ports: [{ port: 80 }] } } });
  });

  it("is written once: the second time nothing changes, not even the resourceVersion", async () => {
    const path = await aService();
    const configuration = service({ ports: [http] }, { labels: { tier: "front" } });
    const first = await apply(path, "alice", configuration);
    const second = await apply(path, "alice", configuration);
    expect(second.code).toBe(200);
    expect(second.body).toEqual(first.body);
  });

  it("is merged with what others have said, and loses what its manager no longer lists", async () => {
    const path = await aService();
    await apply(
      path,
      "alice",
      service({ ports: [http, { port: 443, name: "b" }].map((port, index) => ({ name: `p${index}`, ...port })) }),
    );
    await patch(`${path}?fieldManager=bob`, mergePatch, { metadata: { labels: { by: "bob" } } });
    const { body } = await apply(path, "alice", service({ ports: [{ name: "p0", ...http }] }));
    expect(body.metadata.labels).toEqual({ by: "bob" });
    expect(body.spec["ports"]).toEqual([{ name: "p0", protocol: "TCP", ...http }]);
  });

  it("is refused where somebody else manages the field, byte by byte as Kubernetes does", async () => {
    const path = await aService();
    await created(path.replace(/\/web$/, "?fieldManager=kubectl-create"), service({ ports: [http] }));
    await patch(`${path}?fieldManager=kubectl-patch`, strategicMergePatch, {
      spec: { ports: [{ port: 80, targetPort: 9090 }] },
    });
    const { code, text, body } = await apply(path, "alice", service({ ports: [http] }));
    expect(code).toBe(409);
    const field = '.spec.ports[port=80,protocol="TCP"].targetPort';
    expect(JSON.parse(text)).toEqual({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: `Apply failed with 1 conflict: conflict with "kubectl-patch" using v1: ${field}`,
      reason: "Conflict",
      details: {
        causes: [{ reason: "FieldManagerConflict", message: 'conflict with "kubectl-patch" using v1', field }],
      },
      code: 409,
    });
    expect(body.reason).toBe("Conflict");
    expect((await get(path)).body.spec["ports"]).toMatchObject([{ targetPort: 9090 }]);
  });

  it("names all conflicts, manager by manager", async () => {
    const path = await aService();
    await apply(path, "alice", service({ ports: [http], selector: { a: "b" } }));
    await patch(`${path}?fieldManager=bob`, mergePatch, { metadata: { labels: { x: "1" } } });
    const { body } = await apply(
      path,
      "carol",
      service({ ports: [{ ...http, targetPort: 1 }], selector: { a: "c" } }, { labels: { x: "2" } }),
    );
    expect(body.message).toBe(
      "Apply failed with 3 conflicts: " +
        'conflicts with "alice":\n- .spec.ports[port=80,protocol="TCP"].targetPort\n- .spec.selector\n' +
        'conflicts with "bob" using v1:\n- .metadata.labels.x',
    );
    expect(body.details.causes).toHaveLength(3);
  });

  it("takes the fields when it is forced to, and then they are its own", async () => {
    const path = await aService();
    await apply(path, "alice", service({ ports: [http], selector: { a: "b" } }));
    const forced = await apply(path, "bob", service({ ports: [{ ...http, targetPort: 1 }] }), "&force=true");
    expect(forced).toMatchObject({ code: 200, body: { spec: { ports: [{ targetPort: 1 }], selector: { a: "b" } } } });
    expect(managers(forced.body)["alice Apply"]).toEqual({
      "f:spec": { "f:ports": { 'k:{"port":80,"protocol":"TCP"}': { ".": {}, "f:port": {} } }, "f:selector": {} },
    });
    expect((await apply(path, "alice", service({ ports: [http], selector: { a: "b" } }))).code).toBe(409);
  });

  it("is only tried with dryRun", async () => {
    const path = await aService();
    expect(await apply(path, "alice", service({ ports: [http] }), "&dryRun=All")).toMatchObject({ code: 201 });
    expect((await get(path)).code).toBe(404);
    await apply(path, "alice", service({ ports: [http] }));
    const tried = await apply(path, "alice", service({ ports: [{ port: 81 }] }), "&dryRun=All");
    expect(tried).toMatchObject({ code: 200, body: { spec: { ports: [{ port: 81 }] } } });
    expect((await get(path)).body.spec["ports"]).toMatchObject([{ port: 80 }]);
  });

  it("goes ahead only on the state that it names, and only in the object that it names", async () => {
    const path = await aService();
    const { body } = await apply(path, "alice", service({ ports: [http] }));
    const { resourceVersion, uid } = body.metadata;
    await patch(path, mergePatch, { metadata: { labels: { a: "b" } } });
    const stale = await apply(path, "alice", service({ ports: [http] }, { resourceVersion }));
    expect(stale).toMatchObject({
      code: 409,
      body: { message: expect.stringContaining("has been modified") as unknown },
    });
    expect((await apply(path, "alice", service({ ports: [http] }, { uid }))).code).toBe(200);
    await send("DELETE", path);
    expect(await apply(path, "alice", service({ ports: [http] }, { uid }))).toMatchObject({
      code: 409,
      body: {
        message: `Operation cannot be fulfilled on services "web": uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
      },
    });
  });

  it("creates once when many apply at the same time", async () => {
    const path = await aService();
    const replies = await Promise.all(
      Array.from({ length: 6 }, (_, index) => {
        return apply(path, `manager-${index}`, service({ ports: [http] }, { labels: { [`by-${index}`]: "yes" } }));
      }),
    );
    expect(replies.map(({ code }) => code).toSorted((a, b) => a - b)).toEqual([200, 200, 200, 200, 200, 201]);
    const { body } = await get(path);
    expect(Object.keys(body.metadata.labels ?? {})).toHaveLength(6);
    expect(Object.keys(managers(body))).toHaveLength(6);
  });
});

describe("an apply that makes no sense", () => {
  it.each([
    [
      "no manager",
      "?x=y",
      service({}),
      422,
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    ],
    [
      "a manager with a line break",
      "?fieldManager=a%0Ab",
      service({}),
      422,
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Invalid value: "a\\nb": invalid character U+000A (at position 1)',
    ],
    [
      "a manager with a long name",
      `?fieldManager=${"a".repeat(129)}`,
      service({}),
      422,
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Too long: may not be more than 128 bytes',
    ],
    ["no YAML", "?fieldManager=a", "a: [", 400, "error decoding YAML: "],
    ["no object", "?fieldManager=a", "[]", 400, "error decoding YAML: "],
    ["no type", "?fieldManager=a", { metadata: { name: "web" } }, 400, "invalid object type: /, Kind="],
    [
      "another type",
      "?fieldManager=a",
      { apiVersion: "apps/v1", kind: "Deployment" },
      400,
      "invalid object type: apps/v1, Kind=Deployment",
    ],
    ["managedFields", "?fieldManager=a", service({}, { managedFields: [] }), 400, "metadata.managedFields must be nil"],
    [
      "an unknown field, even when they are to be ignored",
      "?fieldManager=a&fieldValidation=Ignore",
      service({ portz: [] }, { namespace: "x" }),
      400,
      "failed to create typed patch object (x/web; /v1, Kind=Service): .spec.portz: field not declared in schema",
    ],
    [
      "the wrong type of field",
      "?fieldManager=a",
      service({ ports: "80" }),
      400,
      "failed to create typed patch object (/web; /v1, Kind=Service): json: cannot unmarshal string",
    ],
    [
      "several things",
      "?fieldManager=a",
      service({ portz: [], ports: [http, http] }),
      400,
      'failed to create typed patch object (/web; /v1, Kind=Service): errors:\n  .spec.portz: field not declared in schema\n  .spec.ports: duplicate entries for key [port=80,protocol="TCP"]',
    ],
    [
      "a key twice",
      "?fieldManager=a&fieldValidation=Strict",
      "apiVersion: v1\nkind: Service\nkind: Service\n",
      400,
      'error strict decoding YAML: strict decoding error: duplicate field "kind"',
    ],
    [
      "another name",
      "?fieldManager=a",
      service({ ports: [http] }, { name: "other" }),
      400,
      "the name of the object (other) does not match the name on the URL (web)",
    ],
    [
      "no name",
      "?fieldManager=a",
      { apiVersion: "v1", kind: "Service", spec: { ports: [http] } },
      400,
      "the name of the object (web based on URL) was undeterminable: name must be provided",
    ],
    [
      "another namespace",
      "?fieldManager=a",
      service({ ports: [http] }, { namespace: "x" }),
      400,
      "the namespace of the provided object does not match the namespace sent on the request",
    ],
  ])("with %s is refused", async (_, query, body, code, message) => {
    const path = await aService();
    const reply = await send("PATCH", `${path}${query}`, body, { "Content-Type": applyPatch });
    expect([reply.code, reply.body.message.slice(0, message.length)]).toEqual([code, message]);
  });

  it("is refused with another name or namespace when the object is there, too", async () => {
    const path = await aService();
    await apply(path, "alice", service({ ports: [http] }));
    expect((await apply(path, "alice", service({ ports: [http] }, { name: "other" }))).code).toBe(400);
    expect((await apply(path, "alice", service({ ports: [http] }, { namespace: "other" }))).code).toBe(400);
    expect((await apply(path, "alice", { apiVersion: "v1", kind: "Service", spec: { ports: [http] } })).code).toBe(200);
  });

  it("is invalid where the object would be, and where there is no namespace for it", async () => {
    const path = await aService();
    expect(await apply(path, "alice", service({ ports: [{ port: 0 }] }))).toMatchObject({
      code: 422,
      body: { reason: "Invalid" },
    });
    expect(await apply("/api/v1/namespaces/missing/services/web", "alice", service({ ports: [http] }))).toMatchObject({
      code: 404,
      body: { message: 'namespaces "missing" not found' },
    });
  });

  it("is no other patch: those are not forced", async () => {
    const path = await aService();
    await apply(path, "alice", service({ ports: [http] }));
    expect(await patch(`${path}?force=true`, mergePatch, {})).toMatchObject({
      code: 422,
      body: {
        message: 'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
      },
    });
  });
});

describe("who manages what", () => {
  it("is recorded for every way to write, by the name that each gives or the program that it is", async () => {
    const { path } = await newNamespace();
    const web = `${path}/services/web`;
    await send("POST", `${path}/services`, service({ ports: [http] }), { "User-Agent": "curl/8.5.0 (x)" });
    await patch(`${web}?fieldManager=labeller`, mergePatch, { metadata: { labels: { a: "b" } } });
    await patch(`${web}?fieldManager=scripted`, jsonPatch, [
      { op: "add", path: "/spec/sessionAffinity", value: "ClientIP" },
    ]);
    const { body } = await get(web);
    await send("PUT", `${web}?fieldManager=replacer`, { ...body, spec: { ...body.spec, selector: { app: "web" } } });
    await patch(`${web}/status?fieldManager=balancer`, mergePatch, {
      status: { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } },
    });
    const known = managers((await get(web)).body);
    expect(Object.keys(known)).toEqual(
      expect.arrayContaining([
        "curl Update",
        "labeller Update",
        "scripted Update",
        "replacer Update",
        "balancer Update status",
      ]),
    );
    expect(known["labeller Update"]).toEqual({ "f:metadata": { "f:labels": { ".": {}, "f:a": {} } } });
    expect(known["replacer Update"]).toEqual({ "f:spec": { "f:selector": {} } });
    expect(known["balancer Update status"]).toEqual({ "f:status": { "f:loadBalancer": { "f:ingress": {} } } });
    expect(known["curl Update"]).not.toMatchObject({ "f:spec": { "f:clusterIP": {} } });
  });

  it("is the scale subresource's for replicas that were scaled", async () => {
    const { path } = await newNamespace();
    const template = { metadata: { labels: { app: "kubia" } }, spec: { containers: [{ name: "main" }] } };
    const rc = {
      apiVersion: "v1",
      kind: "ReplicationController",
      metadata: { name: "kubia" },
      spec: { replicas: 1, template },
    };
    const kubia = `${path}/replicationcontrollers/kubia`;
    await apply(kubia, "alice", rc);
    await patch(`${kubia}/scale?fieldManager=scaler`, mergePatch, { spec: { replicas: 3 } });
    const known = managers((await get(kubia)).body);
    expect(known["scaler Update scale"]).toEqual({ "f:spec": { "f:replicas": {} } });
    const { body } = await apply(kubia, "alice", rc);
    expect(body.message).toBe(
      'Apply failed with 1 conflict: conflict with "scaler" with subresource "scale" using v1: .spec.replicas',
    );
  });

  it("is kept apart for the status, which is applied by its own path", async () => {
    const { path } = await newNamespace();
    const pod = `${path}/pods/web`;
    await created(`${path}/pods?fieldManager=creator`, quietPod("web"));
    const gate = (status: string): object => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "web" },
      status: { podIP: "192.0.2.7", conditions: [{ type: "example.com/gate", status }] },
    });
    const applied = await apply(`${pod}/status`, "agent", gate("True"));
    expect(applied.body).toMatchObject({ status: { podIP: "192.0.2.7" } });
    expect(managers(applied.body)["agent Apply status"]).toEqual({
      "f:status": {
        "f:conditions": { 'k:{"type":"example.com/gate"}': { ".": {}, "f:status": {}, "f:type": {} } },
        "f:podIP": {},
      },
    });
    const conflict = await apply(`${pod}/status`, "other", gate("False"));
    expect(conflict.body.message).toBe(
      'Apply failed with 1 conflict: conflict with "agent" with subresource "status": ' +
        '.status.conditions[type="example.com/gate"].status',
    );
    expect(
      (await apply(`${path}/pods/missing/status`, "agent", { ...gate("True"), metadata: { name: "missing" } })).code,
    ).toBe(404);
  });

  it("is not changed by a write that changes nothing", async () => {
    const path = await aService();
    const { body } = await apply(path, "alice", service({ ports: [http] }));
    expect((await send("PUT", `${path}?fieldManager=bob`, body)).body).toEqual(body);
    expect((await patch(`${path}?fieldManager=bob`, mergePatch, { metadata: { labels: null } })).body).toEqual(body);
  });

  it("is what a client says that writes it, and survives one that does not know of it", async () => {
    const path = await aService();
    const { body } = await apply(path, "alice", service({ ports: [http] }));
    const { managedFields = [], ...unaware } = body.metadata;
    expect((await send("PUT", path, { ...body, metadata: unaware })).body).toEqual(body);
    expect((await send("PUT", path, { ...body, metadata: { ...unaware, managedFields: [] } })).body).toEqual(body);
    const nonsense = [{ manager: "x", operation: "Wish" }];
    expect((await send("PUT", path, { ...body, metadata: { ...unaware, managedFields: nonsense } })).body).toEqual(
      body,
    );
    const renamed = managedFields.map((entry) => ({ ...entry, manager: "dave" }));
    const written = await patch(path, jsonPatch, [{ op: "replace", path: "/metadata/managedFields", value: renamed }]);
    expect(Object.keys(managers(written.body))).toEqual(["dave Apply"]);
    expect(written.body.metadata.resourceVersion).not.toBe(body.metadata.resourceVersion);
    const ignored = await patch(`${path}/status`, mergePatch, { metadata: { managedFields: [{}] } });
    expect(ignored.body).toEqual(written.body);
  });

  it("is given up with a single empty entry, and begins anew with the next apply", async () => {
    const path = await aService();
    await apply(path, "alice", service({ ports: [http] }));
    const bare = await patch(path, mergePatch, { metadata: { managedFields: [{}] } });
    expect(bare.body.metadata).not.toHaveProperty("managedFields");
    const edited = await patch(path, mergePatch, { metadata: { labels: { a: "b" } } });
    expect(edited.body.metadata).not.toHaveProperty("managedFields");
    const conflict = await apply(path, "alice", service({ ports: [http] }, { labels: { a: "c" } }));
    expect(conflict.body.message).toBe(
      'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .metadata.labels.a',
    );
    const shared = await apply(path, "alice", service({ ports: [http] }));
    expect(Object.keys(managers(shared.body))).toEqual(["alice Apply", "before-first-apply Update"]);
  });

  it("is not recorded for leases and events until they are applied, so that what is written all the time stays small", async () => {
    const { name } = await newNamespace();
    const path = `/apis/coordination.k8s.io/v1/namespaces/${name}/leases`;
    const lease = {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name: "leader" },
      spec: { holderIdentity: "a" },
    };
    const body = await created(path, lease);
    expect(body.metadata).not.toHaveProperty("managedFields");
    const applied = await apply(`${path}/leader`, "b", { ...lease, spec: { holderIdentity: "b" } }, "&force=true");
    expect(managers(applied.body)).toMatchObject({ "b Apply": { "f:spec": { "f:holderIdentity": {} } } });
  });
});

describe("going over from client-side to server-side apply", () => {
  const annotation = "kubectl.kubernetes.io/last-applied-configuration";

  it("lets kubectl change what it applied before, and keeps its annotation up to date", async () => {
    const path = await aService();
    const { namespace } = { namespace: path.split("/")[4] };
    const before = service({ ports: [http] }, { namespace });
    const annotated = service(
      { ports: [http] },
      { namespace, annotations: { [annotation]: `${JSON.stringify(before)}\n` } },
    );
    await created(path.replace(/\/web$/, "?fieldManager=kubectl-client-side-apply"), annotated);
    const changed = service({ ports: [{ port: 80, targetPort: 9090 }] }, { namespace });
    expect((await apply(path, "someone", changed)).code).toBe(409);
    const { code, body } = await apply(path, "kubectl", changed);
    expect([code, body.spec["ports"]]).toEqual([200, [{ protocol: "TCP", port: 80, targetPort: 9090 }]]);
    expect(JSON.parse(body.metadata.annotations?.[annotation] ?? "")).toEqual(changed);
    expect((await apply(path, "kubectl", changed)).body).toEqual(body);
  });

  it("still protects what somebody has changed since", async () => {
    const path = await aService();
    const { namespace } = { namespace: path.split("/")[4] };
    const before = service({ ports: [http] }, { namespace });
    const annotated = service({ ports: [http] }, { namespace, annotations: { [annotation]: JSON.stringify(before) } });
    await created(path.replace(/\/web$/, "?fieldManager=kubectl-client-side-apply"), annotated);
    await patch(`${path}?fieldManager=bob`, strategicMergePatch, { spec: { ports: [{ port: 80, targetPort: 1 }] } });
    expect((await apply(path, "kubectl", before)).body.message).toContain('conflict with "bob" using v1');
  });
});
