import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { created, get, newNamespace, patch, send, strategicMergePatch, type Document } from "./client.ts";

interface Load {
  name: string;
  load_millislots: number;
}

async function loads(): Promise<Record<string, number>> {
  const { results } = await env.DB.prepare("SELECT name, load_millislots FROM probers").all<Load>();
  return Object.fromEntries(results.map((prober) => [prober.name, prober.load_millislots]));
}

function cordon(node: string, unschedulable: true | null): Promise<unknown> {
  return patch(`/api/v1/nodes/${node}`, strategicMergePatch, { spec: { unschedulable } });
}

/** Registers a pod that nothing has to be asked of, so that it is ready; its edge node is the first with room. */
function register(path: string, name: string): Promise<Document> {
  return created(`${path}/pods`, {
    metadata: { name, labels: { app: "web" } },
    spec: { containers: [{ name: "web" }] },
    status: { podIP: "192.0.2.1" },
  });
}

function evict(path: string, name: string, query = ""): ReturnType<typeof send> {
  return send("POST", `${path}/pods/${name}/eviction${query}`, { metadata: { name } });
}

const ready = expect.objectContaining({ type: "Ready", status: "True" }) as unknown;

describe("an edge node", () => {
  it("that is cordoned is given no new pods, until it is uncordoned", async () => {
    const { path } = await newNamespace();
    const first = await register(path, "first");
    await cordon(String(first.spec["nodeName"]), true);
    const second = await register(path, "second");
    expect(second.spec["nodeName"]).not.toBe(first.spec["nodeName"]);
    await cordon(String(first.spec["nodeName"]), null);
    expect((await register(path, "third")).spec["nodeName"]).toBe(first.spec["nodeName"]);
  });

  it("that is drained has its pods moved to another one, with all that is known of them", async () => {
    const { path } = await newNamespace();
    await created(`${path}/services`, {
      metadata: { name: "web" },
      spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
    });
    const before = await register(path, "web");
    expect(before.status).toMatchObject({ conditions: expect.arrayContaining([ready]) as unknown });
    const node = String(before.spec["nodeName"]);
    const loadBefore = await loads();
    await cordon(node, true);

    expect((await evict(path, "web", "?dryRun=All")).code).toBe(404);
    expect((await get(`${path}/pods/web`)).body.spec["nodeName"]).toBe(node);
    const evicted = await evict(path, "web");
    expect(evicted).toMatchObject({ code: 404, body: { reason: "NotFound" } });
    expect(evicted.body.message).toBe(`pods "web" not found on ${node}: another edge node probes it`);

    const after = (await get(`${path}/pods/web`)).body;
    const elsewhere = String(after.spec["nodeName"]);
    expect(elsewhere).toMatch(/^edge-\d+$/);
    expect(elsewhere).not.toBe(node);
    expect(after.metadata.uid).toBe(before.metadata.uid);
    expect(after.status).toEqual(before.status);
    const loadAfter = await loads();
    expect(loadAfter[node]).toBe((loadBefore[node] ?? 0) - 1);
    expect(loadAfter[elsewhere]).toBe((loadBefore[elsewhere] ?? 0) + 1);
    await cordon(node, null);
  });

  it("that is not cordoned loses a pod that is evicted, as in any cluster", async () => {
    const { path } = await newNamespace();
    await register(path, "web");
    expect((await evict(path, "web")).code).toBe(201);
  });

  it("that is drained leaves alone what is being deleted", async () => {
    const { path } = await newNamespace();
    const pod = await register(path, "web");
    await send("DELETE", `${path}/pods/web?gracePeriodSeconds=30`);
    await cordon(String(pod.spec["nodeName"]), true);
    expect((await evict(path, "web")).code).toBe(201);
    await cordon(String(pod.spec["nodeName"]), null);
  });
});

describe("a node of somebody's own", () => {
  it("that is drained has its pods deleted, be it labelled as an edge node as KubeEdge's are", async () => {
    const { path } = await newNamespace();
    await created("/api/v1/nodes", {
      metadata: { name: "factory-7", labels: { "node-role.kubernetes.io/edge": "" } },
      spec: { unschedulable: true },
    });
    const pod = { metadata: { name: "web" }, spec: { nodeName: "factory-7", containers: [{ name: "web" }] } };
    expect((await created(`${path}/pods`, pod)).spec["nodeName"]).toBe("factory-7");
    expect((await evict(path, "web", "?gracePeriodSeconds=0")).code).toBe(201);
    expect((await send("DELETE", "/api/v1/nodes/factory-7")).code).toBe(200);
  });

  it("is not created under the name of an edge node, and one of the cluster's is changed by applying to it", async () => {
    const refused = await send("POST", "/api/v1/nodes", { metadata: { name: "edge-400" } });
    expect([refused.code, refused.body.reason]).toEqual([422, "Invalid"]);
    expect(refused.body.message).toMatch(
      /^Node "edge-400" is invalid: metadata.name: Invalid value: "edge-400": names /,
    );
    const { path } = await newNamespace();
    const node = String((await register(path, "web")).spec["nodeName"]);
    const applied = { apiVersion: "v1", kind: "Node", metadata: { name: node, labels: { team: "a" } } };
    const reply = await patch(`/api/v1/nodes/${node}?fieldManager=a`, "application/apply-patch+yaml", applied);
    expect([reply.code, reply.body.metadata.labels]).toEqual([200, expect.objectContaining({ team: "a" })]);
  });
});
