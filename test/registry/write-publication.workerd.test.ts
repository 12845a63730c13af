import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/domain/object.ts";
import type { PlannedWrite, Publication } from "../../src/registry/registry.ts";
import { readProgrammingLatency } from "../../src/registry/upkeep.ts";
import { writePublication } from "../../src/registry/write-publication.ts";
import { service, slice } from "../objects.ts";
import { created, emptyRegistry, registry, rows, written } from "../workerd/registry.ts";

const resource = "endpointslices.discovery.k8s.io";

/** By the service default/web, which has looked at everything that there is, unless it is said up to where. */
async function publish(writes: PlannedWrite[], upTo?: number): Promise<Publication> {
  const revision = upTo ?? (await registry.list("services", {})).revision;
  const latencies = [{ serviceKind: "cluster_ip", durationMs: 3 }] as const;
  const looked = { service: "default/web", revision, latencies } as const;
  return writePublication(env.DB, writes, looked, { nowMs: 0, newUid: () => crypto.randomUUID() });
}

function creations(count: number): PlannedWrite[] {
  return Array.from({ length: count }, (_, index) => ({
    verb: "create",
    resource,
    object: slice(`s-${index}`, "web"),
  }));
}

function labelled(object: KubeObject, value: string): KubeObject {
  return { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, value } } };
}

async function pending(): Promise<unknown[]> {
  return (await rows("SELECT target FROM pending")).map(({ target }) => target);
}

beforeEach(async () => {
  await emptyRegistry();
  await created("services", service("web"));
});

describe("what a service publishes", () => {
  it.each([0, 1, 45])("is written, %i objects, and leaves nothing pending", async (count) => {
    expect(await pending()).toEqual(["default/web"]);
    const { complete, written: made } = await publish(creations(count));
    expect(complete).toBe(true);
    const { items } = await registry.list(resource, {});
    expect(new Set(made.map((write) => "object" in write && write.object))).toEqual(new Set(items));
    expect(items).toHaveLength(count);
    expect(await pending()).toEqual([]);
  });

  it("replaces and takes away, and says under which resourceVersions", async () => {
    const [first, second] = [await created(resource, slice("a", "web")), await created(resource, slice("b", "web"))];
    const { complete, written: made } = await publish([
      { verb: "update", resource, before: first.object, object: labelled(first.object, "new") },
      { verb: "delete", resource, before: second.object },
    ]);
    expect(complete).toBe(true);
    const { items, revision } = await registry.list(resource, {});
    expect(made).toMatchObject([{ object: items[0] }, { before: { metadata: { resourceVersion: String(revision) } } }]);
    expect(await pending()).toEqual([]);
  });

  it.each([0, 1])("fails alone where somebody was ahead, and leaves the service pending (%i)", async (lost) => {
    const objects = [await created(resource, slice("a", "web")), await created(resource, slice("b", "web"))];
    const writes = objects.map(({ object }): PlannedWrite => {
      return { verb: "update", resource, before: object, object: labelled(object, "ours") };
    });
    const ahead = objects[lost]?.object;
    if (ahead === undefined) throw new Error("there are two");
    const { revision } = await registry.list(resource, {});
    written(await registry.update(resource, ahead, labelled(ahead, "theirs")));
    const publication = await publish(writes, revision);
    expect(publication.complete).toBe(false);
    expect(publication.written).toHaveLength(1);
    const { items } = await registry.list(resource, {});
    const values = items.map(({ metadata }) => metadata.labels?.["value"]);
    expect(values).toEqual(lost === 0 ? ["theirs", "ours"] : ["ours", "theirs"]);
    expect(await pending()).toEqual(["default/web"]);
  });

  it("is not complete when a generated name was taken", async () => {
    await created(resource, slice("s-0", "other"));
    expect(await publish(creations(30))).toMatchObject({ complete: false });
    expect((await registry.list(resource, {})).items).toHaveLength(30);
    expect(await pending()).toContain("default/web");
  });

  it("is complete when its namespace goes away, in which nothing can be made any more", async () => {
    const object = slice("s", "web");
    const lost = { ...object, metadata: { ...object.metadata, namespace: "nowhere" } };
    expect(await publish([{ verb: "create", resource, object: lost }])).toEqual({ written: [], complete: true });
    expect(await pending()).toEqual([]);
  });

  it("stays pending for what has come since it looked", async () => {
    const looked = { service: "default/web", revision: 1, latencies: [] } as const;
    const context = { nowMs: 0, newUid: () => crypto.randomUUID() };
    expect(await writePublication(env.DB, creations(1), looked, context)).toMatchObject({ complete: true });
    expect(await pending()).toEqual(["default/web"]);
  });

  it("counts how long changes took to get to the list, once", async () => {
    const before = (await readProgrammingLatency(env.DB))[0]?.observations ?? 0;
    await publish(creations(45));
    expect(await readProgrammingLatency(env.DB)).toMatchObject([{ upperBoundMs: 5, observations: before + 1 }]);
  });
});
