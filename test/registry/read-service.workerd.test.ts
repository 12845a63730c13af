import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/domain/object.ts";
import type { Following, ServiceSnapshot } from "../../src/registry/registry.ts";
import { readService, readServiceSince } from "../../src/registry/snapshots.ts";
import { readyPod, service, slice } from "../objects.ts";
import { created, emptyRegistry, registry, written } from "../workerd/registry.ts";

const slices = "endpointslices.discovery.k8s.io";
const web = { app: "web", tier: "front" };

function relabelled(object: KubeObject, labels: Record<string, string>): KubeObject {
  return { ...object, metadata: { ...object.metadata, labels } };
}

async function since(seen: ServiceSnapshot): Promise<Following> {
  const news = await readServiceSince(env.DB, "default/web", seen);
  if (!("changes" in news)) throw new Error("it was read anew");
  return news;
}

async function changedSince(seen: ServiceSnapshot): Promise<string[]> {
  return (await since(seen)).changes.map(({ change, object }) => `${change} ${object.kind} ${object.metadata.name}`);
}

beforeEach(async () => {
  await emptyRegistry();
  await created("services", service("web", { selector: web }));
});

describe("a service that is read", () => {
  it("comes with its pods, its slices and Endpoints, and the zones of nodes", async () => {
    const pod = await created("pods", readyPod("web-1", "10.0.0.1", { labels: { ...web, more: "x" } }));
    await created("pods", readyPod("half", "10.0.0.2", { labels: { app: "web" } }));
    const [own] = [await created(slices, slice("own", "web")), await created(slices, slice("other", "other"))];
    const endpoints = await created("endpoints", { ...service("web"), kind: "Endpoints" });
    const { namespace: _, ...metadata } = service("n").metadata;
    const labels = { "topology.kubernetes.io/zone": 'z"1' };
    await created("nodes", { apiVersion: "v1", kind: "Node", metadata: { ...metadata, labels } });
    expect(await readService(env.DB, "default/web")).toMatchObject({
      service: { metadata: { name: "web" } },
      pods: [pod.object],
      slices: [own.object],
      endpoints: endpoints.object,
      zones: { n: 'z"1' },
    });
  });

  it("is told afterwards what came to it, changed in it and left it, and nothing of others", async () => {
    const stays = await created("pods", readyPod("stays", "10.0.0.1", { labels: web }));
    const leaves = await created("pods", readyPod("leaves", "10.0.0.2", { labels: web }));
    const goes = await created("pods", readyPod("goes", "10.0.0.3", { labels: web }));
    const moved = await created(slices, slice("moved", "web"));
    const seen = await readService(env.DB, "default/web");
    expect(await changedSince(seen)).toEqual([]);
    written(await registry.update("pods", stays.object, relabelled(stays.object, { ...web, more: "x" })));
    written(await registry.update("pods", leaves.object, relabelled(leaves.object, { app: "web" })));
    written(await registry.delete("pods", goes.object));
    written(await registry.update(slices, moved.object, relabelled(moved.object, {})));
    await created("pods", readyPod("comes", "10.0.0.4", { labels: web }));
    await created("pods", readyPod("other", "10.0.0.5", { labels: { app: "other" } }));
    await created("services", service("other"));
    await created("endpoints", { ...service("other"), kind: "Endpoints" });
    await created(slices, slice("of-other", "other"));
    expect(await changedSince(seen)).toEqual([
      "MODIFIED Pod stays",
      "MODIFIED Pod leaves",
      "DELETED Pod goes",
      "MODIFIED EndpointSlice moved",
      "ADDED Pod comes",
    ]);
  });

  it("is not told of the Endpoints and slices that it knows already, and is of their next state", async () => {
    const own = await created(slices, slice("own", "web"));
    const all = await readService(env.DB, "default/web");
    // As after one's own publication, which is in the log above what was seen.
    const seen = { ...all, revision: all.revision - 1 };
    expect(await changedSince({ ...seen, slices: [] })).toEqual(["ADDED EndpointSlice own"]);
    expect(await changedSince(seen)).toEqual([]);
    written(await registry.update(slices, own.object, own.object));
    expect(await changedSince(seen)).toEqual(["MODIFIED EndpointSlice own"]);
  });

  it("without a selector has no pods, whatever comes", async () => {
    await created("services", service("manual"));
    const seen = await readService(env.DB, "default/manual");
    await created("pods", readyPod("web-1", "10.0.0.1", { labels: web }, { nodeName: "mine" }));
    expect(seen.pods).toEqual([]);
    expect(await readServiceSince(env.DB, "default/manual", seen)).toMatchObject({ changes: [] });
  });

  it("is read anew where the log has gone too far, was compacted, or is another registry's", async () => {
    const seen = await readService(env.DB, "default/web");
    const anew = async (of: ServiceSnapshot): Promise<boolean> =>
      !("changes" in (await readServiceSince(env.DB, "default/web", of)));
    expect(await anew(seen)).toBe(false);
    expect(await anew({ ...seen, epoch: "another" })).toBe(true);
    expect(await anew({ ...seen, revision: seen.revision - 201 })).toBe(true);
    await env.DB.prepare("UPDATE registry SET compacted_revision = ?")
      .bind(seen.revision + 1)
      .run();
    expect(await anew(seen)).toBe(true);
    await env.DB.prepare("UPDATE registry SET compacted_revision = 0").run();
  });
});
