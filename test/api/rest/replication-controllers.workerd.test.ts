import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { readDue } from "../../../src/registry/upkeep.ts";
import { registryOf } from "../../../src/wiring/waking.ts";
import { sweepDeps } from "../../../src/wiring/sweep.ts";
import { readyPod } from "../../objects.ts";
import { created, fetchApi, get, jsonPatch, mergePatch, names, newNamespace, patch, send } from "./client.ts";

const labels = { app: "kubia" };
const template = { metadata: { labels }, spec: { containers: [{ name: "main", image: "kubia:1" }] } };

function controller(name: string, spec: object = {}): object {
  return {
    apiVersion: "v1",
    kind: "ReplicationController",
    metadata: { name },
    spec: { replicas: 3, template, ...spec },
  };
}

function pod(name: string, metadata: object = {}): object {
  return { metadata: { name, labels, ...metadata }, spec: template.spec, status: { podIP: "10.0.0.1" } };
}

/** A namespace with the controller `kubia`, which has counted once. */
async function withController(spec: object = {}): Promise<{ name: string; path: string; rc: string }> {
  const { name, path } = await newNamespace();
  await created(`${path}/replicationcontrollers`, controller("kubia", spec));
  const rc = `${path}/replicationcontrollers/kubia`;
  await expect.poll(() => statusOf(rc), soon).toEqual({ replicas: 0, observedGeneration: 1 });
  return { name, path, rc };
}

const soon = { timeout: 10_000, interval: 10 };

async function statusOf(rc: string): Promise<unknown> {
  return (await get(rc)).body.status;
}

async function pendingIn(namespace: string): Promise<string[]> {
  const { pending } = await readDue(env.DB, 0);
  return pending
    .filter(({ target }) => target.startsWith(`${namespace}/`))
    .map(({ kind, target }) => `${kind} ${target}`);
}

const allReady = (count: number, observedGeneration = 1): object => ({
  replicas: count,
  fullyLabeledReplicas: count,
  readyReplicas: count,
  availableReplicas: count,
  observedGeneration,
});

describe("a replication controller's status", () => {
  it("follows pods as they register, change their labels or end, and are deleted", async () => {
    const { path, rc } = await withController();
    await created(`${path}/pods`, pod("a"));
    await created(`${path}/pods`, pod("b"));
    await expect.poll(() => statusOf(rc), soon).toEqual(allReady(2));
    await patch(`${path}/pods/a`, mergePatch, { metadata: { labels: { app: "other" } } });
    await expect.poll(() => statusOf(rc), soon).toEqual(allReady(1));
    await patch(`${path}/pods/a`, mergePatch, { metadata: { labels } });
    await expect.poll(() => statusOf(rc), soon).toEqual(allReady(2));
    await patch(`${path}/pods/b/status`, mergePatch, { status: { phase: "Succeeded" } });
    await expect.poll(() => statusOf(rc), soon).toEqual(allReady(1));
    await send("DELETE", `${path}/pods/a`);
    await expect.poll(() => statusOf(rc), soon).toEqual({ replicas: 0, observedGeneration: 1 });
  });

  it("tells ready pods from others", async () => {
    const { path, rc } = await withController();
    const readinessGates = [{ conditionType: "example.com/open" }];
    await created(`${path}/pods`, { ...pod("a"), spec: { ...template.spec, readinessGates } });
    await expect
      .poll(() => statusOf(rc), soon)
      .toEqual({ replicas: 1, fullyLabeledReplicas: 1, observedGeneration: 1 });
    const conditions = [{ type: "example.com/open", status: "True" }];
    await patch(`${path}/pods/a/status`, mergePatch, { status: { conditions } });
    await expect.poll(() => statusOf(rc), soon).toEqual(allReady(1));
  });

  it("counts pods of its own namespace alone", async () => {
    const [one, other] = [await withController(), await withController()];
    await created(`${one.path}/pods`, pod("a"));
    await expect.poll(() => statusOf(one.rc), soon).toEqual(allReady(1));
    expect((await get(other.rc)).body.status).toEqual({ replicas: 0, observedGeneration: 1 });
  });

  it("counts pods that were there before it, and for its new selector when it changes", async () => {
    const { path } = await newNamespace();
    await created(`${path}/pods`, pod("a"));
    await created(`${path}/pods`, pod("b", { labels: { ...labels, tier: "web" } }));
    await created(`${path}/replicationcontrollers`, controller("kubia"));
    const rc = `${path}/replicationcontrollers/kubia`;
    await expect.poll(() => statusOf(rc), soon).toEqual(allReady(2));
    const narrower = { ...labels, tier: "web" };
    await patch(rc, mergePatch, { spec: { selector: narrower, template: { metadata: { labels: narrower } } } });
    await expect.poll(() => statusOf(rc), soon).toEqual(allReady(1, 2));
  });

  it("counts many pods that register at once, and none of them twice", async () => {
    const { path, rc } = await withController();
    await Promise.all(Array.from({ length: 20 }, (_, index) => created(`${path}/pods`, pod(`p${index}`))));
    await expect.poll(() => statusOf(rc), soon).toEqual(allReady(20));
  });

  it("is healed by the sweep when whoever was to count did not", async () => {
    const { name, rc } = await withController();
    await registryOf(env).create("pods", readyPod("lost", "10.0.0.1", { namespace: name, labels }));
    expect(await pendingIn(name)).toEqual([`replicationcontroller ${name}/kubia`]);
    await sweepDeps(env, async () => []).poke({ kind: "replicationcontroller", target: `${name}/kubia` });
    await expect.poll(() => statusOf(rc), soon).toEqual(allReady(1));
    expect(await pendingIn(name)).toEqual([]);
  });

  it("waits for minReadySeconds with the sweep's help", async () => {
    const { name, path, rc } = await withController({ minReadySeconds: 3600 });
    await created(`${path}/pods`, pod("a"));
    await expect
      .poll(() => statusOf(rc), soon)
      .toEqual({ replicas: 1, fullyLabeledReplicas: 1, readyReplicas: 1, observedGeneration: 1 });
    expect(await pendingIn(name)).toContain(`replicationcontroller ${name}/kubia`);
    await patch(rc, mergePatch, { spec: { minReadySeconds: 0 } });
    await expect.poll(() => statusOf(rc), soon).toEqual(allReady(1, 2));
    await expect.poll(() => pendingIn(name), soon).toEqual([]);
  });

  it("leaves nothing pending when the controller is gone", async () => {
    const { name, rc } = await withController();
    const { body } = await send("DELETE", rc, { propagationPolicy: "Background" });
    expect(body).toMatchObject({ kind: "Status", status: "Success", details: { kind: "replicationcontrollers" } });
    await registryOf(env).create("pods", readyPod("after", "10.0.0.1", { namespace: name, labels }));
    expect(await pendingIn(name)).toEqual([]);
  });

  it("comes with one event that says that nothing is started here", async () => {
    const { path, rc } = await withController();
    await created(`${path}/pods`, pod("a"));
    await expect.poll(() => statusOf(rc), soon).toEqual(allReady(1));
    const { body } = await get(`${path}/events?fieldSelector=involvedObject.kind%3DReplicationController`);
    expect(body.items).toMatchObject([
      { type: "Normal", reason: "StartsNoPods", count: 1, involvedObject: { name: "kubia" } },
    ]);
  });
});

describe("the scale of a replication controller", () => {
  it("tells how many are wished for, how many there are, and which", async () => {
    const { name, path, rc } = await withController();
    await created(`${path}/pods`, pod("a"));
    await expect.poll(() => statusOf(rc), soon).toEqual(allReady(1));
    const { metadata } = (await get(rc)).body;
    expect((await get(`${rc}/scale`)).body).toEqual({
      kind: "Scale",
      apiVersion: "autoscaling/v1",
      metadata: {
        name: "kubia",
        namespace: name,
        uid: metadata.uid,
        resourceVersion: metadata.resourceVersion,
        creationTimestamp: metadata.creationTimestamp,
      },
      spec: { replicas: 3 },
      status: { replicas: 1, selector: "app=kubia" },
    });
  });

  it("is patched as kubectl scale does", async () => {
    const { rc } = await withController();
    const reply = await patch(`${rc}/scale`, mergePatch, { spec: { replicas: 1 } });
    expect(reply.body).toMatchObject({ kind: "Scale", spec: { replicas: 1 } });
    expect((await get(rc)).body).toMatchObject({ kind: "ReplicationController", spec: { replicas: 1 } });
    const test = await patch(`${rc}/scale`, jsonPatch, [{ op: "test", path: "/spec/replicas", value: 9 }]);
    expect(test.code).toBe(422);
  });

  it("is replaced by a body that names no type, if it is still the one that was read", async () => {
    const { rc } = await withController();
    const scale = (await get(`${rc}/scale`)).body;
    const body = new TextEncoder().encode(JSON.stringify({ ...scale, spec: { replicas: 2 } }));
    const put = async (): Promise<unknown> => (await fetchApi(`${rc}/scale`, { method: "PUT", body })).json();
    expect(await put()).toMatchObject({ kind: "Scale", spec: { replicas: 2 } });
    expect(await put()).toMatchObject({ code: 409, reason: "Conflict" });
    expect((await get(rc)).body.spec["replicas"]).toBe(2);
  });

  it("is not changed by a dry run", async () => {
    const { rc } = await withController();
    const reply = await patch(`${rc}/scale?dryRun=All`, mergePatch, { spec: { replicas: 1 } });
    expect(reply.body.spec).toEqual({ replicas: 1 });
    expect((await get(rc)).body.spec["replicas"]).toBe(3);
  });

  it.each([
    [{ spec: { replicas: -1 } }, 422, /^Scale.autoscaling "kubia" is invalid: spec.replicas: Invalid value: -1/],
    [{ metadata: { name: "other" } }, 400, /name of the object \(other\) does not match/],
  ])("refuses %j", async (change, code, message) => {
    const { rc } = await withController();
    const reply = await patch(`${rc}/scale`, mergePatch, change);
    expect(reply.code).toBe(code);
    expect(reply.body.message).toMatch(message);
  });

  it("is not had by what is not there, nor by kinds that are not scaled", async () => {
    const { path } = await newNamespace();
    expect(await get(`${path}/replicationcontrollers/none/scale`)).toMatchObject({ code: 404 });
    expect(await get(`${path}/services/none/scale`)).toMatchObject({ code: 404 });
    expect(await send("DELETE", `${path}/replicationcontrollers/none/scale`)).toMatchObject({ code: 405 });
  });
});

describe("a pod that names a template", () => {
  const reference = { "rollcall.dev/template": "rc/kubia" };
  const status = { podIP: "10.0.0.7" };

  it("is what the template says, and belongs to the controller", async () => {
    const { path, rc } = await withController();
    const metadata = { name: "mine", annotations: reference, labels: { app: "kubia", tier: "web" } };
    const made = await created(`${path}/pods`, { metadata, status });
    expect(made).toMatchObject({
      metadata: {
        name: "mine",
        labels: { app: "kubia", tier: "web" },
        annotations: reference,
        ownerReferences: [
          {
            apiVersion: "v1",
            kind: "ReplicationController",
            name: "kubia",
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
      spec: { containers: [{ name: "main", image: "kubia:1" }], restartPolicy: "Always" },
      status: { podIP: "10.0.0.7" },
    });
    await expect.poll(() => statusOf(rc), soon).toEqual(allReady(1));
  });

  it("is refused while the controller is being deleted", async () => {
    const { path, rc } = await withController();
    await patch(rc, mergePatch, { metadata: { finalizers: ["example.com/hold"] } });
    await send("DELETE", rc);
    const reply = await send("POST", `${path}/pods`, { metadata: { name: "mine", annotations: reference }, status });
    expect(reply).toMatchObject({ code: 422 });
    expect(reply.body.message).toContain("it is being deleted");
    await patch(rc, mergePatch, { metadata: { finalizers: null } });
  });

  it("can be replaced by the manifest that it was registered with", async () => {
    const { path } = await withController();
    const manifest = { metadata: { name: "mine", annotations: reference }, status };
    const { spec } = await created(`${path}/pods`, manifest);
    const replaced = await send("PUT", `${path}/pods/mine`, manifest);
    expect(replaced).toMatchObject({ code: 200, body: { spec } });
  });

  it("is named after the controller when it brings no name", async () => {
    const { path } = await withController();
    const { metadata } = await created(`${path}/pods`, { metadata: { annotations: reference }, status });
    expect(metadata.name).toMatch(/^kubia-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  it.each([
    ["a controller that does not exist", { annotations: { "rollcall.dev/template": "rc/none" } }, {}],
    ["what is no controller", { annotations: { "rollcall.dev/template": "deployment/kubia" } }, {}],
    ["a template beside a spec of its own", { annotations: reference }, { spec: template.spec }],
  ])("is refused when it names %s", async (_, metadata, rest) => {
    const { path } = await withController();
    const reply = await send("POST", `${path}/pods`, { metadata: { name: "mine", ...metadata }, status, ...rest });
    expect(reply).toMatchObject({ code: 422, body: { reason: "Invalid", details: { name: "mine", kind: "Pod" } } });
    const field = "spec" in rest ? "spec" : "metadata.annotations[rollcall.dev/template]";
    expect(reply.body.details.causes).toMatchObject([{ field }]);
    expect(names((await get(`${path}/pods`)).body)).toEqual([]);
  });
});
