import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { regionOfProber } from "../../src/domain/node.ts";
import type { Pod } from "../../src/domain/pod.ts";
import { removeEmptyProber } from "../../src/registry/upkeep.ts";
import { pod } from "../objects.ts";
import { created, emptyRegistry, registry, rows, written } from "../workerd/registry.ts";

beforeEach(emptyRegistry);

describe("assigning pods to probers", () => {
  const probe = { httpGet: { port: 80 }, periodSeconds: 1, timeoutSeconds: 1 };
  const spec = { containers: [{ name: "main", readinessProbe: probe }] };

  it("opens a prober for the first pod, with its Node", async () => {
    const { object, concerned } = await created("pods", pod("a"));
    expect((object as Pod).spec.nodeName).toBe("edge-0");
    expect(concerned.probers).toEqual(["edge-0"]);
    expect(await registry.get("nodes", "", "edge-0")).toMatchObject({ kind: "Node", metadata: { name: "edge-0" } });
  });

  it("fills no prober beyond its capacity when 200 register at once, and leaves none half empty", async () => {
    await Promise.all(Array.from({ length: 200 }, (_, index) => registry.create("pods", pod(`p${index}`, {}, spec))));
    expect(
      await rows("SELECT node, count(*) AS pods FROM objects WHERE resource = 'pods' GROUP BY node HAVING pods <> 5"),
    ).toEqual([]);
    expect(await rows("SELECT count(*) AS probers, max(load_millislots) AS fullest FROM probers")).toEqual([
      { probers: 40, fullest: 5000 },
    ]);
  });

  it("fills probers by weight when pods of different periods register at once", async () => {
    const periods = [1, 2, 5, 10, 30, 60, 300];
    const weighed = (index: number) => {
      const periodSeconds = periods[index % periods.length] ?? 1;
      return { containers: [{ name: "main", readinessProbe: { ...probe, periodSeconds } }] };
    };
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => registry.create("pods", pod(`p${index}`, {}, weighed(index)))),
    );
    expect(await rows("SELECT name FROM probers WHERE load_millislots > capacity_millislots")).toEqual([]);
    const [{ load = 0 } = {}] = await rows("SELECT sum(load_millislots) AS load FROM probers");
    const [{ probers = 0 } = {}] = await rows("SELECT count(*) AS probers FROM probers");
    expect(Number(probers)).toBeLessThanOrEqual(Math.ceil(Number(load) / 5000) + 1);
  });

  it("gives room back when a pod goes", async () => {
    const { object } = await created("pods", pod("a", {}, spec));
    written(await registry.delete("pods", object));
    expect(await rows("SELECT load_millislots FROM probers")).toEqual([{ load_millislots: 0 }]);
  });

  it("gives a pod that asks for a region a prober there, and its name says so", async () => {
    await created("pods", pod("home"));
    const { object } = await created("pods", pod("away", { annotations: { "rollcall.dev/region": "weur" } }));
    expect((object as Pod).spec.nodeName).toBe("edge-weur-1");
    expect(regionOfProber("edge-weur-1")).toBe("weur");
  });

  it("ends with the prober's removal when its last pod leaves, and not while it has one", async () => {
    const { object } = await created("pods", pod("a", {}, spec));
    await removeEmptyProber(env.DB, "edge-0");
    expect(await registry.get("nodes", "", "edge-0")).toBeDefined();
    written(await registry.delete("pods", object));
    await removeEmptyProber(env.DB, "edge-0");
    expect(await registry.get("nodes", "", "edge-0")).toBeUndefined();
    expect(await rows("SELECT * FROM probers")).toEqual([]);
    expect(await rows("SELECT change FROM log WHERE resource = 'nodes' ORDER BY revision DESC LIMIT 1")).toEqual([
      { change: "DELETED" },
    ]);
    // Called again, as overlapping sweeps do, it does nothing; the next pod opens a prober as the first did.
    await removeEmptyProber(env.DB, "edge-0");
    expect(((await created("pods", pod("b"))).object as Pod).spec.nodeName).toBe("edge-0");
  });

  it("and its prober's removal never leave a pod without a prober", async () => {
    const { object } = await created("pods", pod("a", {}, spec));
    written(await registry.delete("pods", object));
    const results = await Promise.all([
      ...Array.from({ length: 10 }, (_, index) => registry.create("pods", pod(`p${index}`, {}, spec))),
      ...Array.from({ length: 5 }, () => removeEmptyProber(env.DB, "edge-0")),
    ]);
    expect(results.length).toBe(15);
    expect(
      await rows(
        "SELECT o.name FROM objects o LEFT JOIN probers p ON p.name = o.node WHERE o.node IS NOT NULL AND p.name IS NULL",
      ),
    ).toEqual([]);
    expect(
      await rows(`SELECT p.name FROM probers p
        WHERE NOT EXISTS (SELECT 1 FROM objects WHERE resource = 'nodes' AND name = p.name)`),
    ).toEqual([]);
  });

  it("leaves a pod alone that names its node", async () => {
    const { object } = await created("pods", pod("a", {}, { nodeName: "mine" }));
    expect((object as Pod).spec.nodeName).toBe("mine");
    expect(await rows("SELECT * FROM probers")).toEqual([]);
  });
});
