/** A prober that nothing drives any more, seen through the API, /readyz and the sweep, with its real object. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { driveProbers } from "../../src/sweep/drive-probers.ts";
import { edgeNodeLabel, type Node } from "../../src/domain/node.ts";
import { edgeNodes } from "../../src/wiring/edge-nodes.ts";
import { proberObject } from "../../src/wiring/objects.ts";
import { readDue } from "../../src/registry/upkeep.ts";
import { driveDeps } from "../../src/wiring/probing.ts";
import { registryOf } from "../../src/wiring/waking.ts";
import { created, fetchApi, mergePatch, patch } from "../api/rest/client.ts";
import { readyPod } from "../objects.ts";

const registry = registryOf(env);

/** The Node's Ready condition in the answer of the API. */
async function readNode(path: string): Promise<string[]> {
  const body: Node & { items?: Node[] } = await (await fetchApi(path)).json();
  return (body.items ?? [body]).map(({ status }) => {
    const ready = status?.conditions?.find(({ type }) => type === "Ready");
    return `${ready?.status} ${ready?.reason}`;
  });
}

async function persisted(): Promise<string | undefined> {
  const node = (await registry.get("nodes", "", "edge-0")) as Node;
  return node.status?.conditions?.find(({ type }) => type === "Ready")?.status;
}

async function verboseReadiness(): Promise<string> {
  return (await fetchApi("/readyz?verbose")).text();
}

describe("a silent prober", () => {
  it("is NotReady when it is read, in the sweep's own time also when it is watched, and Ready when it probes again", async () => {
    const probe = { httpGet: { port: 1 }, periodSeconds: 10 };
    const pod = readyPod("a", "20.0.0.1", {}, { containers: [{ name: "main", readinessProbe: probe }] });
    await registry.create("pods", pod);
    const object = proberObject(env, "edge-0");
    expect(await readNode("/api/v1/nodes")).toEqual(["True ProberReady"]);

    // Its alarm is lost, as after six failures, and it is as old as the pod.
    await runInDurableObject(object, (_, { storage }) => storage.deleteAlarm());
    await evictDurableObject(object);
    await env.DB.prepare(
      `UPDATE objects SET manifest = json_set(manifest, '$.metadata.creationTimestamp', '2026-01-01T00:00:00Z')
        WHERE resource = 'nodes'`,
    ).run();
    expect(await readNode("/api/v1/nodes")).toEqual(["False ProberSilent"]);
    expect(await readNode("/api/v1/nodes/edge-0")).toEqual(["False ProberSilent"]);
    expect(await verboseReadiness()).toMatch(
      /^\[\+\]registry ok\n\[-\]prober edge-0 failed: no round of probes .*\nreadyz check passed\n$/,
    );
    expect(await persisted()).toBe("True");

    const unreachable = { ...driveDeps(env), runDue: () => Promise.reject(new Error("away")) };
    await driveProbers(unreachable, (await readDue(env.DB, Date.now())).probers, 0);
    expect(await persisted()).toBe("False");
    expect((await readDue(env.DB, Date.now())).probers).toEqual([{ name: "edge-0", ready: false }]);

    await driveProbers(driveDeps(env), (await readDue(env.DB, Date.now())).probers, 0);
    expect(await persisted()).toBe("True");
    expect(await readNode("/api/v1/nodes/edge-0")).toEqual(["True ProberReady"]);
  });
});

describe("the edge nodes", () => {
  it("are those that Rollcall has opened, whatever anybody's nodes are labelled", async () => {
    await registry.create("pods", readyPod("c", "20.0.0.3"));
    await created("/api/v1/nodes", { metadata: { name: "factory-7", labels: { [edgeNodeLabel]: "" } } });
    const bare = await patch("/api/v1/nodes/edge-0", mergePatch, { metadata: { labels: { [edgeNodeLabel]: null } } });
    expect(bare.body.metadata.labels).not.toHaveProperty([edgeNodeLabel]);
    expect((await edgeNodes(env)).map(({ metadata }) => metadata.name)).toEqual(["edge-0"]);
  });
});

describe("the probers beyond a hundred", () => {
  it("are driven by an invocation of their own", async () => {
    await registry.create("pods", readyPod("b", "20.0.0.2"));
    const { probers } = await readDue(env.DB, Date.now());
    expect(await exports.ProberGroup.drive(probers, Date.now())).toEqual([]);
  });
});
