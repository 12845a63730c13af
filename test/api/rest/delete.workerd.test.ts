import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";

import {
  created,
  endpoints,
  get,
  leasesOf,
  manyLeases,
  mergePatch,
  names,
  newNamespace,
  patch,
  quietPod,
  registerRack,
  send,
  type Document,
} from "./client.ts";
import { registryOf } from "../../../src/wiring/waking.ts";
import { openWatch, short } from "./open-watch.ts";
import { runSweep } from "./run-sweep.ts";

beforeAll(registerRack);

// Some of these delete hundreds of objects one by one.
vi.setConfig({ testTimeout: 30_000 });

function del(path: string, options?: object): ReturnType<typeof send> {
  return send("DELETE", path, options);
}

async function aPod(metadata: object = {}): Promise<{ path: string; pod: Document }> {
  const { path } = await newNamespace();
  const pod = await created(`${path}/pods`, quietPod("web", metadata));
  return { path: `${path}/pods/web`, pod };
}

describe("deleting", () => {
  it("answers with the object where Kubernetes does, and it is gone", async () => {
    const { path, pod } = await aPod();
    const { code, body } = await del(path, { propagationPolicy: "Background", gracePeriodSeconds: 0 });
    expect([code, body.kind, body.metadata.uid]).toEqual([200, "Pod", pod.metadata.uid]);
    expect((await get(path)).code).toBe(404);
    expect((await del(path)).code).toBe(404);
  });

  it("answers with a Status elsewhere", async () => {
    const { path } = await newNamespace();
    const { metadata } = await created(`${path}/endpoints`, endpoints("db"));
    expect((await del(`${path}/endpoints/db`)).body).toEqual({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Success",
      details: { name: "db", kind: "endpoints", uid: metadata.uid },
      code: 200,
    });
  });

  it("happens only to the object that was meant", async () => {
    const { path, pod } = await aPod();
    const { uid, resourceVersion } = pod.metadata;
    const other = await del(path, { preconditions: { uid: "other" } });
    expect([other.code, other.body.message]).toEqual([
      409,
      `Operation cannot be fulfilled on pods "web": the UID in the precondition (other) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    ]);
    await patch(path, mergePatch, { metadata: { labels: { x: "y" } } });
    expect((await del(path, { preconditions: { resourceVersion } })).body).toMatchObject({
      code: 409,
      reason: "Conflict",
    });
    expect((await del(path, { preconditions: { uid }, gracePeriodSeconds: 0 })).code).toBe(200);
  });

  it("as a dry run deletes nothing, wherever that is said", async () => {
    const { path, pod } = await aPod();
    expect((await del(`${path}?dryRun=All`)).code).toBe(200);
    expect((await del(path, { dryRun: ["All"] })).body.metadata.uid).toBe(pod.metadata.uid);
    expect((await get(path)).body).toEqual(pod);
  });

  it("takes its options from the query when there is no body", async () => {
    const { path } = await aPod();
    expect((await del(`${path}?propagationPolicy=Sideways`)).body).toMatchObject({ code: 422 });
    expect((await del(`${path}?gracePeriodSeconds=soon`)).code).toBe(400);
    expect((await del(`${path}?gracePeriodSeconds=0&propagationPolicy=Background`)).code).toBe(200);
    expect((await get(path)).code).toBe(404);
  });

  it("has one winner when many ask", async () => {
    const { path } = await aPod();
    const codes = (await Promise.all(Array.from({ length: 10 }, () => del(path, { gracePeriodSeconds: 0 })))).map(
      ({ code }) => code,
    );
    expect(codes.filter((code) => code === 200)).toHaveLength(1);
    expect(codes.filter((code) => code === 404)).toHaveLength(9);
  });

  it.each(["default", "kube-system", "kube-public", "kube-node-lease"])("spares the namespace %s", async (name) => {
    const { body } = await del(`/api/v1/namespaces/${name}`);
    expect(body).toMatchObject({
      code: 403,
      reason: "Forbidden",
      message: `namespaces "${name}" is forbidden: this namespace may not be deleted`,
    });
  });
});

describe("finalizers", () => {
  it("hold an object, marked as terminating, until a write takes the last one away", async () => {
    const { path } = await aPod({ finalizers: ["example.com/a", "example.com/b"] });
    const { code, body } = await del(path, { gracePeriodSeconds: 0 });
    expect(code).toBe(200);
    expect(body.metadata).toMatchObject({
      deletionTimestamp: expect.stringMatching(/Z$/) as unknown,
      deletionGracePeriodSeconds: 0,
      finalizers: ["example.com/a", "example.com/b"],
    });
    await patch(path, mergePatch, { metadata: { finalizers: ["example.com/b"] } });
    expect((await get(path)).code).toBe(200);
    expect((await patch(path, mergePatch, { metadata: { finalizers: null } })).code).toBe(200);
    expect((await get(path)).code).toBe(404);
  });

  it("cannot be added to what is terminating", async () => {
    const { path } = await aPod({ finalizers: ["example.com/a"] });
    await del(path, { gracePeriodSeconds: 0 });
    const { body } = await patch(path, mergePatch, { metadata: { finalizers: ["example.com/a", "example.com/new"] } });
    expect(body).toMatchObject({ code: 422, details: { causes: [{ field: "metadata.finalizers" }] } });
  });

  it("are seen by watches: a change first, then the deletion", async () => {
    const { path } = await newNamespace();
    const list = `${path}/endpoints`;
    const { metadata } = await created(list, endpoints("db", { finalizers: ["example.com/a"] }));
    const watch = await openWatch(`${list}?resourceVersion=${metadata.resourceVersion}`);
    await del(`${list}/db`);
    await patch(`${list}/db`, mergePatch, { metadata: { finalizers: [] } });
    expect((await watch.take(2)).map((event) => short(event))).toEqual(["MODIFIED db", "DELETED db"]);
    await watch.close();
  });
});

/** Endpoints `owner`, and below it `child`, and below that `grandchild`. */
async function family(changes: object = {}): Promise<{ list: string; references: Record<string, object> }> {
  const { path } = await newNamespace();
  const list = `${path}/endpoints`;
  const references: Record<string, object> = {};
  let ownerReferences: object[] = [];
  for (const name of ["owner", "child", "grandchild"]) {
    const { metadata } = await created(list, endpoints(name, { ownerReferences, ...(name === "child" && changes) }));
    references[name] = { apiVersion: "v1", kind: "Endpoints", name, uid: metadata.uid, blockOwnerDeletion: true };
    ownerReferences = [references[name] ?? {}];
  }
  return { list, references };
}

describe("what becomes of dependents", () => {
  it("Background: they go after their owner, and theirs after them", async () => {
    const { list } = await family();
    expect((await del(`${list}/owner`, { propagationPolicy: "Background" })).body).toMatchObject({ status: "Success" });
    expect(names((await get(list)).body)).toEqual([]);
  });

  it("is Background when nothing is said", async () => {
    const { list } = await family();
    await del(`${list}/owner`);
    expect(names((await get(list)).body)).toEqual([]);
  });

  it("Foreground: they go first, the youngest first of all", async () => {
    const { list } = await family();
    const { metadata } = (await get(list)).body;
    const watch = await openWatch(`${list}?resourceVersion=${metadata.resourceVersion}`);
    const { body } = await del(`${list}/owner`, { propagationPolicy: "Foreground" });
    expect(body.metadata).toMatchObject({
      finalizers: ["foregroundDeletion"],
      deletionTimestamp: expect.any(String) as unknown,
    });
    const deleted: string[] = [];
    while (deleted.length < 3) {
      const event = await watch.next();
      if (event.type === "DELETED") deleted.push(event.object.metadata.name);
    }
    expect(deleted).toEqual(["grandchild", "child", "owner"]);
    await watch.close();
  });

  it("Foreground: an owner waits for a dependent that is held", async () => {
    const { list } = await family({ finalizers: ["example.com/hold"] });
    await del(`${list}/owner`, { propagationPolicy: "Foreground" });
    expect(names((await get(list)).body)).toEqual(["child", "owner"]);
    await runSweep();
    expect(names((await get(list)).body)).toEqual(["child", "owner"]);
    await patch(`${list}/child`, mergePatch, { metadata: { finalizers: null } });
    await runSweep();
    expect(names((await get(list)).body)).toEqual([]);
  });

  it("Orphan: they stay, and forget their owner", async () => {
    const { list } = await family();
    await del(`${list}/owner`, { propagationPolicy: "Orphan" });
    const { body } = await get(list);
    expect(names(body)).toEqual(["child", "grandchild"]);
    expect(body.items[0]?.metadata).not.toHaveProperty("ownerReferences");
    expect(body.items[1]?.metadata.ownerReferences).toMatchObject([{ name: "child" }]);
  });

  it("of two owners: they stay with the one that is left", async () => {
    const { list, references } = await family();
    const { metadata } = await created(list, endpoints("other"));
    const other = { apiVersion: "v1", kind: "Endpoints", name: "other", uid: metadata.uid };
    await patch(`${list}/child`, mergePatch, { metadata: { ownerReferences: [references["owner"], other] } });
    await del(`${list}/owner`);
    expect((await get(`${list}/child`)).body.metadata.ownerReferences).toMatchObject([{ name: "other" }]);
    await del(`${list}/other`);
    expect(names((await get(list)).body)).toEqual([]);
  });

  it("of an owner that goes just before it is named as one: they go with the sweep", async () => {
    const { name, path } = await newNamespace();
    const { metadata } = await created(`${path}/endpoints`, endpoints("owner"));
    const ownerReferences = [{ apiVersion: "v1", kind: "Endpoints", name: "owner", uid: metadata.uid }];
    const registry = registryOf(env);
    await created(`${path}/endpoints`, endpoints("child"));
    const child = await registry.get("endpoints", name, "child");
    if (child === undefined) throw new Error("the child was made");
    await del(`${path}/endpoints/owner`);
    await registry.update("endpoints", child, { ...child, metadata: { ...child.metadata, ownerReferences } });
    await runSweep();
    expect(names((await get(`${path}/endpoints`)).body)).toEqual([]);
  });

  it.each([
    ["PATCH", async (path: string, metadata: object) => patch(path, mergePatch, { metadata })],
    ["PUT", async (path: string, metadata: object) => send("PUT", path, endpoints("child", metadata))],
  ])("of an owner that is not there: %s names none such, and says so", async (_, write) => {
    const { list, references } = await family();
    const gone = { apiVersion: "v1", kind: "Endpoints", name: "gone", uid: "0b1c" };
    const ownerReferences = [references["owner"], gone];
    const { code, headers, body } = await write(`${list}/child`, { ownerReferences });
    expect([code, headers.get("Warning")]).toEqual([200, expect.stringContaining("dropped Endpoints gone")]);
    expect(body.metadata.ownerReferences).toEqual([references["owner"]]);
  });

  it("of an owner that was never theirs: nothing", async () => {
    const { list } = await family();
    await created(list, endpoints("stranger"));
    await del(`${list}/stranger`);
    expect(names((await get(list)).body)).toEqual(["child", "grandchild", "owner"]);
  });

  it.each([
    ["mirrored", {}],
    ["of a leader election", { annotations: { "control-plane.alpha.kubernetes.io/leader": "{}" } }],
    ["that are not to be mirrored", { labels: { "endpointslice.kubernetes.io/skip-mirror": "true" } }],
  ])("of a service: Endpoints of its name that somebody wrote go, too: %s", async (_, metadata) => {
    const { path } = await newNamespace();
    await created(`${path}/services`, { metadata: { name: "db" }, spec: { ports: [{ port: 5432 }] } });
    await created(`${path}/endpoints`, endpoints("db", metadata));
    await created(`${path}/endpoints`, endpoints("other", metadata));
    await del(`${path}/services/db`);
    expect(names((await get(`${path}/endpoints`)).body)).toEqual(["other"]);
  });

  it("of a service that somebody made again meanwhile: its Endpoints stay", async () => {
    const { name, path } = await newNamespace();
    await created(`${path}/services`, { metadata: { name: "db" }, spec: { ports: [{ port: 5432 }] } });
    await created(`${path}/endpoints`, endpoints("db"));
    const registry = registryOf(env);
    const before = await registry.get("services", name, "db");
    if (before === undefined) throw new Error("the service was made");
    // Whoever deleted it was cut off before they came to what goes with it.
    expect(await registry.delete("services", before)).toMatchObject({ outcome: "written", unfinished: true });
    await created(`${path}/services`, { metadata: { name: "db" }, spec: { ports: [{ port: 5432 }] } });
    await runSweep();
    expect(names((await get(`${path}/endpoints`)).body)).toEqual(["db"]);
    await del(`${path}/services/db`);
    expect(names((await get(`${path}/endpoints`)).body)).toEqual([]);
  });

  it("of an owner with more of them than a request has room for: the sweep does the rest", async () => {
    const { name, path } = await newNamespace();
    const list = leasesOf(name);
    const { metadata } = await created(`${path}/endpoints`, endpoints("owner"));
    await manyLeases(name, 170, { apiVersion: "v1", kind: "Endpoints", name: "owner", uid: metadata.uid });
    await del(`${path}/endpoints/owner`);
    const left = names((await get(list)).body).length;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(170);
    await runSweep();
    expect(names((await get(list)).body)).toEqual([]);
    expect(
      await env.DB.prepare("SELECT count(*) AS n FROM unfinished_deletions WHERE uid = ?")
        .bind(metadata.uid)
        .first("n"),
    ).toBe(0);
  });
});

describe("deleting a collection", () => {
  it("takes what the selectors choose, and tells it", async () => {
    const { path } = await newNamespace();
    for (const name of ["a", "b", "c"]) {
      await created(`${path}/endpoints`, endpoints(name, { labels: { keep: name === "b" ? "yes" : "no" } }));
    }
    const { code, body } = await del(`${path}/endpoints?labelSelector=keep%3Dno`);
    expect([code, body.kind, names(body)]).toEqual([200, "EndpointsList", ["a", "c"]]);
    expect(names((await get(`${path}/endpoints`)).body)).toEqual(["b"]);
    expect((await del(`${path}/endpoints?fieldSelector=metadata.name%3Dx`)).body.items).toEqual([]);
    expect((await del(`${path}/endpoints?dryRun=All`)).code).toBe(200);
    expect(names((await get(`${path}/endpoints`)).body)).toEqual(["b"]);
  });

  it("of more than a request has room for is to be asked for again, and says so", async () => {
    const { name } = await newNamespace();
    await manyLeases(name, 170);
    const codes: number[] = [];
    do {
      const { code, headers } = await del(leasesOf(name));
      codes.push(code);
      expect(headers.get("Retry-After")).toBe(code === 504 ? "1" : null);
    } while (codes.at(-1) === 504 && codes.length < 9);
    expect(codes).toEqual([504, 200]);
    expect(names((await get(leasesOf(name))).body)).toEqual([]);
  });

  it("gets past what finalizers hold", async () => {
    const { name } = await newNamespace();
    await created(leasesOf(name), { metadata: { name: "held", finalizers: ["example.com/hold"] } });
    await manyLeases(name, 160);
    await del(leasesOf(name));
    expect((await del(leasesOf(name))).code).toBe(200);
    expect(names((await get(leasesOf(name))).body)).toEqual(["held"]);
  });
});

describe("deleting a namespace", () => {
  it("takes what is in it away first, of whatever kind", async () => {
    const { name, path } = await newNamespace();
    await created(`${path}/pods`, quietPod("web", {}, { terminationGracePeriodSeconds: 0 }));
    await created(`${path}/services`, { metadata: { name: "web" }, spec: { ports: [{ port: 80 }] } });
    await created(`${path}/endpoints`, endpoints("db"));
    await created(`/apis/coordination.k8s.io/v1/namespaces/${name}/leases`, { metadata: { name: "leader" } });
    const { code, body } = await del(path);
    expect([code, body.status]).toMatchObject([200, { phase: "Terminating" }]);
    expect((await get(path)).code).toBe(404);
    expect(await env.DB.prepare("SELECT count(*) AS n FROM objects WHERE namespace = ?").bind(name).first("n")).toBe(0);
  });

  it("lets nothing in while it goes on", async () => {
    const { name, path } = await newNamespace();
    await created(`${path}/endpoints`, endpoints("held", { finalizers: ["example.com/hold"] }));
    await del(path);
    const { body } = await send("POST", `${path}/endpoints`, endpoints("late"));
    expect(body).toEqual({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: `endpoints "late" is forbidden: unable to create new content in namespace ${name} because it is being terminated`,
      reason: "Forbidden",
      details: {
        name: "late",
        kind: "endpoints",
        causes: [
          {
            reason: "NamespaceTerminating",
            message: `namespace ${name} is being terminated`,
            field: "metadata.namespace",
          },
        ],
      },
      code: 403,
    });
    expect((await send("POST", `${path}/endpoints?dryRun=All`, endpoints("late"))).code).toBe(403);
  });

  it("waits for what finalizers hold, and is finished by the sweep", async () => {
    const { path } = await newNamespace();
    await created(`${path}/endpoints`, endpoints("held", { finalizers: ["example.com/hold"] }));
    await created(`${path}/endpoints`, endpoints("free"));
    await del(path);
    expect(names((await get(`${path}/endpoints`)).body)).toEqual(["held"]);
    expect((await get(`${path}/endpoints/held`)).body.metadata.deletionTimestamp).toBeDefined();
    await runSweep();
    expect((await get(path)).body.status).toEqual({ phase: "Terminating" });
    await patch(`${path}/endpoints/held`, mergePatch, { metadata: { finalizers: null } });
    await runSweep();
    expect((await get(path)).code).toBe(404);
  });

  it("waits for finalizers of its own", async () => {
    const { path } = await newNamespace();
    await patch(path, mergePatch, { metadata: { finalizers: ["example.com/hold"] } });
    await del(path);
    await runSweep();
    expect((await get(path)).body.status).toEqual({ phase: "Terminating" });
    await patch(path, mergePatch, { metadata: { finalizers: [] } });
    await runSweep();
    expect((await get(path)).code).toBe(404);
  });

  it("with more in it than one request can empty is finished by the sweep", async () => {
    const { name, path } = await newNamespace();
    await manyLeases(name, 170);
    await del(path);
    expect((await get(path)).body.status).toEqual({ phase: "Terminating" });
    await runSweep();
    expect((await get(path)).code).toBe(404);
    expect((await get(leasesOf(name))).body.items).toEqual([]);
  });

  it("can be made again afterwards, and is empty", async () => {
    const { name, path } = await newNamespace();
    await created(`${path}/endpoints`, endpoints("db"));
    await del(path);
    await created("/api/v1/namespaces", { metadata: { name } });
    expect(names((await get(`${path}/endpoints`)).body)).toEqual([]);
  });

  it("under way takes what is being created with it", async () => {
    const { name, path } = await newNamespace();
    const writers = Array.from({ length: 20 }, (_, index) => send("POST", `${path}/endpoints`, endpoints(`e${index}`)));
    const [deleted, ...replies] = await Promise.all([del(path), ...writers]);
    expect(deleted?.code).toBe(200);
    for (const { code } of replies) expect([201, 403, 404]).toContain(code);
    await runSweep();
    expect((await get(path)).code).toBe(404);
    expect(await env.DB.prepare("SELECT count(*) AS n FROM objects WHERE namespace = ?").bind(name).first("n")).toBe(0);
  });
});

describe("eviction", () => {
  const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name: "web" } };

  it("is a deletion that is granted", async () => {
    const { path } = await aPod();
    const { code, body } = await send("POST", `${path}/eviction`, {
      ...eviction,
      deleteOptions: { gracePeriodSeconds: 0 },
    });
    expect([code, body]).toMatchObject([201, { kind: "Status", status: "Success", code: 201 }]);
    expect((await get(path)).code).toBe(404);
    expect((await send("POST", `${path}/eviction`, eviction)).code).toBe(404);
  });

  it("obeys preconditions and dry runs", async () => {
    const { path } = await aPod();
    const wrong = { ...eviction, deleteOptions: { preconditions: { uid: "other" } } };
    expect((await send("POST", `${path}/eviction`, wrong)).code).toBe(409);
    expect((await send("POST", `${path}/eviction?dryRun=All`, eviction)).code).toBe(201);
    expect((await get(path)).code).toBe(200);
  });
});

describe("events", () => {
  it("go an hour after they were last written", async () => {
    const { name, path } = await newNamespace();
    const event = (its: string): object => ({
      metadata: { name: its, labels: { x: "y" } },
      involvedObject: { kind: "Pod", namespace: name, name: "web" },
      reason: "Tested",
      message: "it was",
      type: "Normal",
    });
    await created(`${path}/events`, event("old"));
    await created(`${path}/events`, event("new"));
    const { resourceVersion } = (await get(`${path}/events`)).body.metadata;
    await env.DB.prepare(
      "UPDATE log SET written_at = written_at - 3700 WHERE resource = 'events' AND name = 'old'",
    ).run();
    const watch = await openWatch(`${path}/events?resourceVersion=${resourceVersion}`);
    await runSweep();
    expect(names((await get(`${path}/events`)).body)).toEqual(["new"]);
    expect(names((await get(`${path}/events?labelSelector=x%3Dy`)).body)).toEqual(["new"]);
    expect(short(await watch.next())).toBe("DELETED old");
    await watch.close();
  });
});
