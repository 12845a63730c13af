import { beforeAll, describe, expect, it, vi } from "vitest";
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
} from "./client.ts";

beforeAll(registerRack);

// Each lost race is another round trip, and some of these lose hundreds.
vi.setConfig({ testTimeout: 30_000 });

const stale = "the object has been modified; please apply your changes to the latest version and try again";

async function aPod(metadata: object = {}): Promise<{ path: string; pod: Document }> {
  const { path } = await newNamespace();
  const pod = await created(`${path}/pods`, quietPod("web", { labels: { app: "web" }, ...metadata }));
  return { path: `${path}/pods/web`, pod };
}

describe("replacing", () => {
  it("writes what was sent, and keeps what only the server says", async () => {
    const { path, pod } = await aPod();
    const { code, body } = await send("PUT", path, { ...pod, metadata: { ...pod.metadata, labels: { app: "new" } } });
    expect(code).toBe(200);
    expect(body.metadata).toMatchObject({
      labels: { app: "new" },
      uid: pod.metadata.uid,
      creationTimestamp: pod.metadata.creationTimestamp,
      generation: 1,
    });
    expect(Number(body.metadata.resourceVersion)).toBeGreaterThan(Number(pod.metadata.resourceVersion));
    expect((await get(path)).body).toEqual(body);
  });

  it("counts a change of the spec", async () => {
    const { path, pod } = await aPod();
    const spec = { ...pod.spec, containers: [{ name: "main", image: "nginx:1.27" }] };
    expect((await send("PUT", path, { ...pod, spec })).body.metadata.generation).toBe(2);
  });

  it.each([
    ["endpoints", {}],
    ["services", { spec: { ports: [{ port: 80 }] } }],
  ])("creates what is not there, where Kubernetes does: %s", async (plural, rest) => {
    const { path } = await newNamespace();
    const object = { metadata: { name: "new" }, ...rest };
    const { code, body } = await send("PUT", `${path}/${plural}/new`, object);
    expect([code, body.metadata.name]).toEqual([201, "new"]);
    expect((await get(`${path}/${plural}/new`)).body).toEqual(body);
    expect((await send("PUT", `${path}/${plural}/new`, object)).code).toBe(200);
  });

  it.each([
    ["a kind that is only created by POST", "pods/new", quietPod("new")],
    ["another name", "endpoints/new", { metadata: { name: "other" } }],
    ["a subresource", "services/new/status", { metadata: { name: "new" } }],
  ])("creates nothing for %s", async (_, path, object) => {
    const { path: home } = await newNamespace();
    const { code } = await send("PUT", `${home}/${path}`, object);
    expect([400, 404]).toContain(code);
    expect((await get(`${home}/${path.split("/")[0] ?? ""}`)).body.items).toEqual([]);
  });

  it("with a stale resourceVersion is a conflict", async () => {
    const { path, pod } = await aPod();
    await patch(path, mergePatch, { metadata: { labels: { x: "y" } } });
    const { code, body } = await send("PUT", path, { ...pod, metadata: { ...pod.metadata, labels: {} } });
    expect(code).toBe(409);
    expect(body).toMatchObject({
      reason: "Conflict",
      message: `Operation cannot be fulfilled on pods "web": ${stale}`,
      details: { name: "web", kind: "pods" },
    });
  });

  it("may do without a resourceVersion", async () => {
    const { path } = await aPod();
    expect((await send("PUT", path, quietPod("web", { labels: { app: "new" } }))).code).toBe(200);
  });

  it("of what is not there is 404", async () => {
    const { path } = await newNamespace();
    expect((await send("PUT", `${path}/pods/web`, quietPod("web"))).body).toMatchObject({
      code: 404,
      message: 'pods "web" not found',
    });
  });

  it("that changes nothing keeps the resourceVersion", async () => {
    const { path, pod } = await aPod();
    expect((await send("PUT", path, pod)).body).toEqual(pod);
    expect((await send("PUT", path, quietPod("web", { labels: { app: "web" } }))).body).toEqual(pod);
    for (const type of [mergePatch, strategicMergePatch]) {
      expect((await patch(path, type, { metadata: { labels: { app: "web" } } })).body).toEqual(pod);
      expect((await patch(path, type, {})).body).toEqual(pod);
    }
    expect((await patch(path, jsonPatch, [])).body).toEqual(pod);
  });

  it("as a dry run writes nothing", async () => {
    const { path, pod } = await aPod();
    const wanted = { ...pod, metadata: { ...pod.metadata, labels: { app: "new" } } };
    expect((await send("PUT", `${path}?dryRun=All`, wanted)).body.metadata.labels).toEqual({ app: "new" });
    const diff = await patch(`${path}?dryRun=All&fieldManager=kubectl-client-side-apply`, mergePatch, {
      metadata: { resourceVersion: pod.metadata.resourceVersion, labels: { app: "new" } },
    });
    expect(diff.body.metadata.labels).toEqual({ app: "new" });
    expect((await get(path)).body).toEqual(pod);
  });

  it.each([
    ["image", { containers: [{ name: "main", image: "other" }] }, 200],
    ["restartPolicy", { restartPolicy: "Never" }, 422],
    ["nodeName", { nodeName: "elsewhere" }, 422],
  ])("of a pod's %s obeys what is immutable", async (_, spec, code) => {
    const { path, pod } = await aPod();
    expect((await send("PUT", path, { ...pod, spec: { ...pod.spec, ...spec } })).code).toBe(code);
  });

  it("carries a service's cluster IP over, and lets nobody change it", async () => {
    const { path } = await newNamespace();
    const service = await created(`${path}/services`, { metadata: { name: "web" }, spec: { ports: [{ port: 80 }] } });
    const put = (spec: object): ReturnType<typeof send> =>
      send("PUT", `${path}/services/web`, { metadata: { name: "web" }, spec });
    const { body } = await put({ ports: [{ port: 81 }] });
    expect(body.spec).toMatchObject({ clusterIP: service.spec["clusterIP"], ports: [{ port: 81 }] });
    const other = await put({ ports: [{ port: 81 }], clusterIP: "10.96.77.77" });
    expect(other.body).toMatchObject({ code: 422, details: { causes: [{ field: "spec.clusterIPs[0]" }] } });
  });
});

describe("many writers of one object", () => {
  it("lose nothing when each patches: the server tries again for them", async () => {
    const { path, pod } = await aPod();
    const writers = Array.from({ length: 20 }, (_, index) => index);
    const replies = await Promise.all(
      writers.map((index) => patch(path, mergePatch, { metadata: { annotations: { [`w${index}`]: "done" } } })),
    );
    expect(replies.map(({ code }) => code)).toEqual(writers.map(() => 200));
    const { metadata } = (await get(path)).body;
    expect(Object.keys(metadata.annotations ?? {})).toHaveLength(20);
    expect(new Set(replies.map(({ body }) => body.metadata.resourceVersion)).size).toBe(20);
    expect(metadata.uid).toBe(pod.metadata.uid);
  });

  it("have one winner a round when each names the resourceVersion that it saw", async () => {
    const { path, pod } = await aPod({ annotations: { count: "0" } });
    let current = pod;
    for (let round = 1; round <= 3; round++) {
      const metadata = { ...current.metadata, annotations: { count: String(round) } };
      const replies = await Promise.all(
        Array.from({ length: 20 }, (_, writer) => {
          const mine = { ...metadata, annotations: { ...metadata.annotations, writer: String(writer) } };
          return send("PUT", path, { ...current, metadata: mine });
        }),
      );
      const codes = replies.map(({ code }) => code);
      expect(codes.filter((code) => code === 200)).toHaveLength(1);
      expect(codes.filter((code) => code === 409)).toHaveLength(19);
      current = (await get(path)).body;
      expect(current).toEqual(replies.find(({ code }) => code === 200)?.body);
    }
  });

  it("count without a miss when each tries again", async () => {
    const { path } = await aPod({ annotations: { count: "0" } });
    const increment = async (): Promise<void> => {
      for (;;) {
        const { body } = await get(path);
        const count = Number(body.metadata.annotations?.["count"]) + 1;
        const metadata = { ...body.metadata, annotations: { count: String(count) } };
        const { code } = await send("PUT", path, { ...body, metadata });
        if (code === 200) return;
        expect(code).toBe(409);
      }
    };
    await Promise.all(Array.from({ length: 8 }, increment));
    expect((await get(path)).body.metadata.annotations).toEqual({ count: "8" });
  });
});

describe("the status of a pod on somebody's own node", () => {
  const ready = { conditions: [{ type: "Ready", status: "True" }], podIP: "10.1.1.1", phase: "Running" };

  it("is written on its own path, which leaves the spec alone", async () => {
    const { path, pod } = await aPod();
    const wanted = { ...pod, status: ready, spec: { ...pod.spec, containers: [{ name: "other" }] } };
    const { code, body } = await send("PUT", `${path}/status`, wanted);
    expect(code).toBe(200);
    expect(body).toMatchObject({ spec: pod.spec, status: ready, metadata: { generation: 1 } });
    expect((await get(`${path}/status`)).body).toEqual(body);
  });

  it("is ignored on the main path", async () => {
    const { path, pod } = await aPod();
    expect((await send("PUT", path, { ...pod, status: ready })).body).toEqual(pod);
    expect((await patch(path, mergePatch, { status: ready })).body).toEqual(pod);
  });

  it("is patched condition by condition", async () => {
    const { path } = await aPod();
    await patch(`${path}/status`, strategicMergePatch, { status: { conditions: [{ type: "Ready", status: "True" }] } });
    const { body } = await patch(`${path}/status`, strategicMergePatch, {
      status: { conditions: [{ type: "example.com/gate", status: "True" }] },
    });
    const types = (body.status as { conditions: { type: string }[] }).conditions.map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(["Ready", "example.com/gate"]));
  });

  it("goes with labels and annotations, as Kubernetes lets it", async () => {
    const { path } = await aPod();
    const { body } = await patch(`${path}/status`, mergePatch, {
      metadata: { labels: { seen: "yes" }, finalizers: ["example.com/no"] },
    });
    expect(body.metadata.labels).toMatchObject({ seen: "yes" });
    expect(body.metadata).not.toHaveProperty("finalizers");
  });
});

describe("the status of a pod on an edge node", () => {
  it("is Rollcall's where it is probed, and the registrant's where it is an address", async () => {
    const { path } = await newNamespace();
    const probed = {
      metadata: { name: "web" },
      spec: { containers: [{ name: "main", readinessProbe: { httpGet: { port: 80 } } }] },
      status: { podIP: "192.0.2.1" },
    };
    await created(`${path}/pods`, probed);
    const { code, body, warnings } = await patch(`${path}/pods/web/status`, mergePatch, {
      status: { podIP: "192.0.2.2", podIPs: [{ ip: "192.0.2.2" }], conditions: [{ type: "Ready", status: "True" }] },
    });
    expect(code).toBe(200);
    expect(body.status).toMatchObject({ podIP: "192.0.2.2", podIPs: [{ ip: "192.0.2.2" }] });
    const { conditions } = body.status as { conditions: { type: string; status: string }[] };
    expect(conditions.find(({ type }) => type === "Ready")?.status).toBe("False");
    expect(warnings.join()).toMatch(/Ready/);
  });
});
