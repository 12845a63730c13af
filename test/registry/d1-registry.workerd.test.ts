import { beforeEach, describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/domain/object.ts";
import { pod, readyPod, service, slice } from "../objects.ts";
import { created, emptyRegistry, registry, rows, written } from "../workerd/registry.ts";

beforeEach(emptyRegistry);

describe("a new cluster", () => {
  it("has the four namespaces of every cluster", async () => {
    const { items } = await registry.list("namespaces", {});
    expect(items.map(({ metadata }) => metadata.name)).toEqual([
      "default",
      "kube-node-lease",
      "kube-public",
      "kube-system",
    ]);
    expect(items[0]).toMatchObject({
      kind: "Namespace",
      status: { phase: "Active" },
      metadata: { resourceVersion: "1" },
    });
  });
});

describe("creating", () => {
  it("stores what it was given under the resourceVersion that it returns", async () => {
    const { object } = await created("services", service("web"));
    expect(Number(object.metadata.resourceVersion)).toBeGreaterThan(4);
    expect(await registry.get("services", "default", "web")).toEqual(object);
  });

  it("refuses a second object of the same name and keeps the first", async () => {
    const first = await created("services", service("web"));
    expect(await registry.create("services", service("web"))).toEqual({ outcome: "exists" });
    expect(await registry.get("services", "default", "web")).toEqual(first.object);
  });

  it("refuses a namespace that does not exist, and leaves nothing behind", async () => {
    const before = await rows("SELECT max(revision) FROM log");
    expect(await registry.create("pods", pod("a", { namespace: "nowhere" }))).toEqual({ outcome: "namespace-missing" });
    expect(await rows("SELECT max(revision) FROM log")).toEqual(before);
    expect(await rows("SELECT * FROM probers")).toEqual([]);
  });

  it("refuses a namespace that is going away", async () => {
    const home = service("x").metadata;
    const leaving = { apiVersion: "v1", kind: "Namespace", metadata: { ...home, name: "leaving", namespace: "" } };
    const { object } = await created("namespaces", leaving);
    const terminating = { ...object, metadata: { ...object.metadata, deletionTimestamp: "2026-11-01T00:00:00Z" } };
    written(await registry.update("namespaces", object, terminating));
    expect(await registry.create("services", service("web", {}, { namespace: "leaving" }))).toEqual({
      outcome: "namespace-terminating",
    });
  });

  describe("within a quota", () => {
    const create = (name: string, quota = 2) => registry.create("pods", pod(name), quota);

    it("stores so many objects and no more, and goes on when one has gone", async () => {
      const [first] = [written(await create("a")), written(await create("b"))];
      expect(await create("c")).toEqual({ outcome: "quota-exceeded", used: 2 });
      expect(await rows("SELECT name FROM objects WHERE resource = 'pods'")).toEqual([{ name: "a" }, { name: "b" }]);
      expect((await registry.create("services", service("web"), 1)).outcome).toBe("written");
      await registry.delete("pods", (await registry.get("pods", "default", "a")) ?? first.object);
      expect((await create("c")).outcome).toBe("written");
    });

    it("says that the name is taken before it says that there is no room", async () => {
      written(await create("a", 1));
      expect(await create("a", 1)).toEqual({ outcome: "exists" });
    });

    it("is not passed by twenty who create at once", async () => {
      const results = await Promise.all(Array.from({ length: 20 }, (_, index) => create(`p${index}`, 7)));
      expect(results.filter(({ outcome }) => outcome === "written")).toHaveLength(7);
      expect(await rows("SELECT objects FROM object_counts WHERE resource = 'pods'")).toEqual([{ objects: 7 }]);
    });

    it("counts anew before it refuses, for code that knew of no counts", async () => {
      written(await create("a"));
      await rows("UPDATE object_counts SET objects = 9");
      expect((await create("b")).outcome).toBe("written");
      expect(await rows("SELECT objects FROM object_counts WHERE resource = 'pods'")).toEqual([{ objects: 2 }]);
    });
  });

  it("claims the cluster IPs of a service, in their canonical form", async () => {
    await created("services", service("one", { clusterIPs: ["10.96.0.7", "fd00:0::7"] }));
    expect(await registry.create("services", service("two", { clusterIPs: ["fd00::0:7"] }))).toEqual({
      outcome: "address-taken",
      address: "fd00::7",
    });
    expect(await registry.get("services", "default", "two")).toBeUndefined();
  });
});

describe("a race", () => {
  it("of twenty writers on one object has one winner a round, and nothing is lost", async () => {
    const { object } = await created("services", service("counter", {}, { annotations: { count: "0" } }));
    const increment = (from: KubeObject): KubeObject => ({
      ...from,
      metadata: { ...from.metadata, annotations: { count: String(Number(from.metadata.annotations?.["count"]) + 1) } },
    });
    let current = object;
    for (let round = 1; round <= 5; round++) {
      const results = await Promise.all(
        Array.from({ length: 20 }, () => registry.update("services", current, increment(current))),
      );
      const winners = results.filter((result) => result.outcome === "written");
      expect(winners).toHaveLength(1);
      current = written(winners[0] ?? { outcome: "exists" }).object;
      for (const loser of results.filter((result) => result.outcome === "lost-race")) {
        expect(loser.current).toEqual(current);
      }
      expect(current.metadata.annotations?.["count"]).toBe(String(round));
    }
    expect(await rows("SELECT count(*) AS n FROM log WHERE name = 'counter'")).toEqual([{ n: 6 }]);
  });

  it("is lost by who changes an object that was deleted and made again", async () => {
    const { object } = await created("services", service("web"));
    written(await registry.delete("services", object));
    const again = await created("services", service("web"));
    expect(await registry.update("services", object, object)).toEqual({ outcome: "lost-race", current: again.object });
    expect(await registry.delete("services", object)).toEqual({ outcome: "lost-race", current: again.object });
  });

  it("of two services for one cluster IP has one winner", async () => {
    const results = await Promise.all(
      ["a", "b", "c"].map((name) => registry.create("services", service(name, { clusterIPs: ["10.96.0.9"] }))),
    );
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(["address-taken", "address-taken", "written"]);
  });
});

describe("listing", () => {
  it("finds by label, in one namespace or in all", async () => {
    await created("pods", pod("a", { labels: { app: "kubia", tier: "front" } }));
    await created("pods", pod("b", { labels: { app: "kubia" } }));
    await created("pods", pod("c", { labels: { app: "other" } }));
    await created("pods", pod("d", { namespace: "kube-system", labels: { app: "kubia" } }));
    const names = async (query: Parameters<typeof registry.list>[1]): Promise<string[]> =>
      (await registry.list("pods", query)).items.map(({ metadata }) => metadata.name);
    const kubia = { operator: "in", key: "app", values: ["kubia"] } as const;
    expect(await names({})).toEqual(["a", "b", "c", "d"]);
    expect(await names({ labels: [kubia] })).toEqual(["a", "b", "d"]);
    expect(await names({ namespace: "default", labels: [kubia] })).toEqual(["a", "b"]);
    expect(await names({ labels: [kubia, { operator: "absent", key: "tier" }] })).toEqual(["b", "d"]);
    expect(await names({ labels: [{ operator: "exists", key: "tier" }] })).toEqual(["a"]);
    expect(await names({ labels: [{ ...kubia, operator: "notin" }] })).toEqual(["c"]);
    expect(await names({ labels: [{ ...kubia, values: ["kubia", "other"] }], namespace: "kube-system" })).toEqual([
      "d",
    ]);
  });

  it("pages in a stable order and says when there is more", async () => {
    for (const name of ["a", "b", "c"]) await created("services", service(name));
    const first = await registry.list("services", { limit: 2 });
    expect(first.items.map(({ metadata }) => metadata.name)).toEqual(["a", "b"]);
    expect(first.more).toBe(true);
    const second = await registry.list("services", { limit: 2, after: "default/b" });
    expect(second.items.map(({ metadata }) => metadata.name)).toEqual(["c"]);
    expect(second.more).toBe(false);
  });

  it("of nothing is empty, at the registry's revision", async () => {
    const { object } = await created("services", service("web"));
    const { items, revision } = await registry.list("pods", { namespace: "nowhere" });
    expect(items).toEqual([]);
    expect(String(revision)).toBe(object.metadata.resourceVersion);
  });

  it("follows labels that change", async () => {
    const { object } = await created("pods", pod("a", { labels: { app: "old", keep: "1" } }));
    const relabelled = { ...object, metadata: { ...object.metadata, labels: { app: "new", keep: "1" } } };
    written(await registry.update("pods", object, relabelled));
    expect(await rows("SELECT key, value FROM labels WHERE resource = 'pods' ORDER BY key")).toEqual([
      { key: "app", value: "new" },
      { key: "keep", value: "1" },
    ]);
  });
});

describe("who is concerned", () => {
  const kubia = { labels: { app: "kubia", tier: "front" } };

  beforeEach(async () => {
    await created("services", service("kubia", { selector: { app: "kubia" } }));
    await created("services", service("narrow", { selector: { app: "kubia", tier: "front" } }));
    await created("services", service("other", { selector: { app: "other" } }));
    await created("services", service("everything", {}));
    await created("services", service("kubia", { selector: { app: "kubia" } }, { namespace: "kube-system" }));
  });

  it("by a pod are the services whose whole selector it matches, in its namespace", async () => {
    const { concerned } = await created("pods", pod("a", kubia));
    expect([...concerned.services].sort()).toEqual(["default/kubia", "default/narrow"]);
    const narrower = await created("pods", pod("b", { labels: { app: "kubia" } }));
    expect(narrower.concerned.services).toEqual(["default/kubia"]);
  });

  it("by a change of labels are the services before and after", async () => {
    const { object } = await created("pods", pod("a", kubia));
    const moved = { ...object, metadata: { ...object.metadata, labels: { app: "other" } } };
    const { concerned } = written(await registry.update("pods", object, moved));
    expect([...concerned.services].sort()).toEqual(["default/kubia", "default/narrow", "default/other"]);
  });

  it("is nobody when a pod's change touches neither its endpoints nor its probing", async () => {
    const { object } = await created("pods", readyPod("a", "10.0.0.1", kubia));
    const noted = { ...object, metadata: { ...object.metadata, annotations: { note: "x" } } };
    expect(written(await registry.update("pods", object, noted)).concerned).toEqual({
      services: [],
      replicationControllers: [],
      probers: [],
    });
  });

  it("by a deleted pod are its services and its prober, which stay pending until they have looked", async () => {
    const { object } = await created("pods", readyPod("a", "10.0.0.1", kubia));
    const { concerned } = written(await registry.delete("pods", object));
    expect(concerned.probers).toEqual(["edge-0"]);
    expect(await rows("SELECT target FROM pending WHERE kind = 'prober'")).toEqual([{ target: "edge-0" }]);
  });

  it("by a node's zone are the services with a pod on it", async () => {
    await created("pods", pod("a", kubia, { nodeName: "mine" }));
    const { namespace: _, ...metadata } = service("mine").metadata;
    const { object } = await created("nodes", { apiVersion: "v1", kind: "Node", metadata });
    const zoned = {
      ...object,
      metadata: { ...metadata, ...object.metadata, labels: { "topology.kubernetes.io/zone": "z1" } },
    };
    const { concerned } = written(await registry.update("nodes", object, zoned));
    expect([...concerned.services].sort()).toEqual(["default/kubia", "default/narrow"]);
  });

  it("by a slice written by hand is the service that it is labelled for", async () => {
    const { concerned } = await created("endpointslices.discovery.k8s.io", slice("by-hand", "everything"));
    expect(concerned.services).toEqual(["default/everything"]);
  });
});
