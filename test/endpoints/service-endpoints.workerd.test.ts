import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import type { Endpoints, EndpointSlice } from "../../src/domain/endpoints.ts";
import type { GroupResource, KubeObject } from "../../src/domain/object.ts";
import type { Pod } from "../../src/domain/pod.ts";
import type { Service } from "../../src/domain/service.ts";
import { readDue, readProgrammingLatency } from "../../src/registry/upkeep.ts";
import { serviceObject } from "../../src/wiring/objects.ts";
import { pokePending, registryOf } from "../../src/wiring/waking.ts";
import { readyPod, service } from "../objects.ts";

const registry = registryOf(env);

async function create(resource: GroupResource, object: KubeObject): Promise<KubeObject> {
  const result = await registry.create(resource, object);
  if (result.outcome !== "written") throw new Error(JSON.stringify(result));
  return result.object;
}

async function listed(name: string, uid: string): Promise<string[] | undefined> {
  return (await serviceObject(env, `default/${name}`).resolve(uid))?.endpoints.map(({ ip }) => ip);
}

async function slicesOf(name: string): Promise<EndpointSlice[]> {
  const labels = [{ operator: "in", key: "kubernetes.io/service-name", values: [name] }] as const;
  return (await registry.list("endpointslices.discovery.k8s.io", { labels })).items as EndpointSlice[];
}

/** Everybody has looked: nothing is pending for the service. */
async function settled(name: string): Promise<void> {
  await vi.waitFor(
    async () => {
      const { pending } = await readDue(env.DB, Date.now());
      expect(pending.map(({ target }) => target)).not.toContain(`default/${name}`);
    },
    { timeout: 10_000, interval: 20 },
  );
}

describe("the object of a service", () => {
  it("holds the ready pods, and publishes them as Endpoints and EndpointSlices", async () => {
    const { uid } = (await create("services", service("web", { selector: { app: "web" }, ports: [{ port: 80 }] })))
      .metadata;
    await create("pods", readyPod("web-1", "10.1.0.1", { labels: { app: "web" } }));
    await serviceObject(env, "default/web").poke();
    expect(await listed("web", uid)).toEqual(["10.1.0.1"]);
    await settled("web");
    const endpoints = (await registry.get("endpoints", "default", "web")) as Endpoints;
    expect(endpoints.subsets).toMatchObject([
      { addresses: [{ ip: "10.1.0.1", nodeName: "edge-0" }], ports: [{ port: 80 }] },
    ]);
    expect(await slicesOf("web")).toMatchObject([
      {
        addressType: "IPv4",
        endpoints: [{ addresses: ["10.1.0.1"], conditions: { ready: true } }],
        metadata: { generateName: "web-", ownerReferences: [{ kind: "Service", name: "web", uid }] },
      },
    ]);
  });

  it("counts what a lost poke has delayed, once the sweep has come", async () => {
    await create("services", service("late", { selector: { app: "late" }, clusterIP: "None" }));
    await create("pods", readyPod("late-1", "10.9.0.1", { labels: { app: "late" } }));
    const due = (await readDue(env.DB, Date.now())).pending.find(({ target }) => target === "default/late");
    if (due === undefined) throw new Error("nothing is pending");
    expect(Math.abs(Date.now() - (due.sinceMs ?? 0))).toBeLessThan(60_000);
    const minuteAgo = { ...due, sinceMs: Date.now() - 60_000 };
    await pokePending(env, minuteAgo);
    await settled("late");
    const ofKind = (await readProgrammingLatency(env.DB)).filter((each) => each.serviceKind.startsWith("headless"));
    expect(ofKind).toMatchObject([{ serviceKind: "headless_with_selector", upperBoundMs: 120_000, observations: 1 }]);
  });

  it("still knows its list after an eviction, without reading the registry", async () => {
    const { uid } = (await create("services", service("kept", { selector: { app: "kept" } }))).metadata;
    await create("pods", readyPod("kept-1", "10.2.0.1", { labels: { app: "kept" } }));
    const stub = serviceObject(env, "default/kept");
    await stub.poke();
    await settled("kept");
    await evictDurableObject(stub);
    await env.DB.prepare("ALTER TABLE objects RENAME TO hidden").run();
    try {
      expect(await listed("kept", uid)).toEqual(["10.2.0.1"]);
    } finally {
      await env.DB.prepare("ALTER TABLE hidden RENAME TO objects").run();
    }
  });

  it("whose poke was dropped stays pending until it has looked", async () => {
    await create("services", service("lost", { selector: { app: "lost" } }));
    const { pending } = await readDue(env.DB, Date.now());
    expect(pending).toContainEqual(expect.objectContaining({ kind: "service", target: "default/lost" }));
    await serviceObject(env, "default/lost").poke();
    await settled("lost");
  });

  it("takes its Endpoints and slices away with the service", async () => {
    const made = await create("services", service("gone", { selector: { app: "gone" } }));
    await serviceObject(env, "default/gone").poke();
    await settled("gone");
    expect(await slicesOf("gone")).toHaveLength(1);
    await registry.delete("services", made);
    await serviceObject(env, "default/gone").poke();
    await settled("gone");
    expect(await slicesOf("gone")).toEqual([]);
    expect(await registry.get("endpoints", "default", "gone")).toBeUndefined();
  });

  it("puts right what somebody does to its slices and Endpoints by hand", async () => {
    await create("services", service("held", { selector: { app: "held" }, ports: [{ port: 80 }] }));
    await create("pods", readyPod("held-1", "10.5.0.1", { labels: { app: "held" } }));
    await serviceObject(env, "default/held").poke();
    await settled("held");
    const [own] = await slicesOf("held");
    const endpoints = await registry.get("endpoints", "default", "held");
    if (own === undefined || endpoints === undefined) throw new Error("nothing was published");
    const emptied = await registry.update("endpointslices.discovery.k8s.io", own, {
      ...own,
      endpoints: [],
    } as EndpointSlice);
    expect(emptied).toMatchObject({ outcome: "written", concerned: { services: ["default/held"] } });
    expect(await registry.delete("endpoints", endpoints)).toMatchObject({
      outcome: "written",
      concerned: { services: ["default/held"] },
    });
    await serviceObject(env, "default/held").poke();
    await settled("held");
    const mended = await slicesOf("held");
    expect(mended).toMatchObject([{ metadata: { uid: own.metadata.uid }, endpoints: own.endpoints }]);
    const again = (await registry.get("endpoints", "default", "held")) as Endpoints | undefined;
    expect(again?.subsets).toMatchObject([{ addresses: [{ ip: "10.5.0.1" }] }]);
  });

  it("hands out Endpoints written by hand, mirrors them, and takes the mirror away with the service", async () => {
    const made = await create("services", service("manual", { clusterIP: "None" }));
    const { metadata } = service("manual");
    const byHand = { apiVersion: "v1", kind: "Endpoints", metadata, subsets: [{ addresses: [{ ip: "10.6.0.1" }] }] };
    await create("endpoints", byHand);
    await serviceObject(env, "default/manual").poke();
    expect(await listed("manual", made.metadata.uid)).toEqual(["10.6.0.1"]);
    await settled("manual");
    expect(await slicesOf("manual")).toMatchObject([{ endpoints: [{ addresses: ["10.6.0.1"] }] }]);
    await registry.delete("services", made);
    await serviceObject(env, "default/manual").poke();
    await settled("manual");
    expect(await slicesOf("manual")).toEqual([]);
  });

  it("follows its selector, and leaves its Endpoints to the user when that goes", async () => {
    const ports = [{ port: 80 }];
    const made = (await create("services", service("moved", { selector: { app: "blue" }, ports }))) as Service;
    const { uid } = made.metadata;
    await create("pods", readyPod("blue-1", "10.7.0.1", { labels: { app: "blue" } }));
    await create("pods", readyPod("green-1", "10.7.0.2", { labels: { app: "green" } }));
    const poke = async (): Promise<void> => serviceObject(env, "default/moved").poke();
    const select = async (before: Service, selector: Record<string, string>): Promise<Service> => {
      const after: Service = { ...before, spec: { ...before.spec, selector } };
      const result = await registry.update("services", before, after);
      if (result.outcome !== "written") throw new Error(result.outcome);
      await poke();
      return result.object as Service;
    };
    await poke();
    expect(await listed("moved", uid)).toEqual(["10.7.0.1"]);
    const green = await select(made, { app: "green" });
    expect(await listed("moved", uid)).toEqual(["10.7.0.2"]);
    await settled("moved");
    await select(green, {});
    await settled("moved");
    expect(await listed("moved", uid)).toEqual(["10.7.0.2"]);
    expect(await slicesOf("moved")).toMatchObject([
      { endpoints: [{ addresses: ["10.7.0.2"] }], metadata: { ownerReferences: [{ kind: "Endpoints" }] } },
    ]);
  });

  it("that was deleted and made again starts clean, with slices of its own", async () => {
    const first = await create("services", service("again", { selector: { app: "again" } }));
    await create("pods", readyPod("again-1", "10.3.0.1", { labels: { app: "again" } }));
    await serviceObject(env, "default/again").poke();
    await settled("again");
    await registry.delete("services", first);
    const second = await create("services", service("again", { selector: { app: "other" } }));
    expect(await listed("again", second.metadata.uid)).toEqual([]);
    await serviceObject(env, "default/again").poke();
    await settled("again");
    expect((await slicesOf("again")).map(({ metadata }) => metadata.ownerReferences?.[0]?.uid)).toEqual([
      second.metadata.uid,
    ]);
  });

  it("drops a pod that is deleted", async () => {
    const { uid } = (await create("services", service("drop", { selector: { app: "drop" } }))).metadata;
    const pod = (await create("pods", readyPod("drop-1", "10.4.0.1", { labels: { app: "drop" } }))) as Pod;
    const stub = serviceObject(env, "default/drop");
    await stub.poke();
    expect(await listed("drop", uid)).toEqual(["10.4.0.1"]);
    await registry.delete("pods", pod);
    await stub.poke();
    expect(await listed("drop", uid)).toEqual([]);
  });

  it("stores nothing because it was asked about a name that is no service", async () => {
    const stub = serviceObject(env, "default/nothing");
    expect(await stub.resolve("no-such-uid")).toBeUndefined();
    await runInDurableObject(stub, (_, { storage }) => {
      expect([...storage.kv.list()]).toEqual([]);
      expect(
        storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf\\_%' ESCAPE '\\'").toArray(),
      ).toEqual([]);
    });
  });
});
