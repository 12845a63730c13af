import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { createApi } from "../../../src/api/api.ts";
import type { ServiceKey } from "../../../src/domain/service.ts";
import type { Concerned } from "../../../src/registry/registry.ts";
import { noteDefaultTtl, readDeparture } from "../../../src/registry/catalogue.ts";
import { contextOf } from "../../../src/wiring/api.ts";
import { created, get, mergePatch, newNamespace, patch, send } from "./client.ts";

const annotation = "rollcall.dev/safe-to-stop-at";
const header = "Rollcall-Safe-To-Stop-At";
const defaultTtlSeconds = 5;
const labels = { app: "web" };

function pod(name: string, metadata: object = {}, spec: object = {}): object {
  return {
    metadata: { name, labels, ...metadata },
    spec: { containers: [{ name: "main" }], ...spec },
    status: { podIP: "10.0.0.1" },
  };
}

function service(name: string, annotations: object = {}): object {
  return { metadata: { name, annotations }, spec: { clusterIP: "None", selector: labels } };
}

const api = createApi();

async function longestTtlSeconds(...of: Parameters<typeof readDeparture>): Promise<number> {
  return (await readDeparture(...of)).longestTtlSeconds;
}

/** What a deletion promises at a moment, when these services do not answer in time. */
async function promised(pod: string, at: string, late: ServiceKey[] = []): Promise<string | null> {
  const deps = { ...contextOf(env).deps, nowMs: () => Date.parse(at), announce: async () => late };
  const { headers } = await api.fetch(new Request(`https://rollcall.test${pod}`, { method: "DELETE" }), deps);
  return headers.get(header);
}

let path = "";
let namespace = "";
beforeEach(async () => ({ path, name: namespace } = await newNamespace()));

describe("a deleted pod", () => {
  it("terminates for its grace period, out of service at once", async () => {
    await created(`${path}/pods`, pod("web"));
    const { uid } = (await created(`${path}/services`, service("web"))).metadata;
    const { code, body } = await send("DELETE", `${path}/pods/web`);
    expect(code).toBe(200);
    expect(body.metadata).toMatchObject({ deletionGracePeriodSeconds: 30, generation: 2 });
    const list = await env.SERVICE_ENDPOINTS.getByName(`${namespace}/web`).resolve(uid);
    expect(list?.endpoints).toEqual([]);
    expect((await get(`${path}/pods/web`)).body).toEqual(body);
  });

  it("lets its namespace go, which has waited for nothing else", async () => {
    await created(`${path}/pods`, pod("web", {}, { terminationGracePeriodSeconds: 1 }));
    const home = `/api/v1/namespaces/${namespace}`;
    expect((await send("DELETE", home)).body).toMatchObject({ status: { phase: "Terminating" } });
    expect((await get(home)).code).toBe(200);
    await vi.waitFor(async () => expect((await get(home)).code).toBe(404), { timeout: 30_000, interval: 50 });
  });

  it.each([
    ["the spec says how long", pod("web", {}, { terminationGracePeriodSeconds: 7 }), "", 7],
    ["the request says how long", pod("web"), "?gracePeriodSeconds=9", 9],
    ["the request says less than nothing", pod("web"), "?gracePeriodSeconds=-1", 1],
  ])("where %s, terminates for that long", async (_, manifest, query, seconds) => {
    await created(`${path}/pods`, manifest);
    const { body } = await send("DELETE", `${path}/pods/web${query}`);
    expect(body.metadata.deletionGracePeriodSeconds).toBe(seconds);
  });

  it.each([
    ["when no grace is asked for", pod("web"), "?gracePeriodSeconds=0"],
    ["when it has none", pod("web", {}, { terminationGracePeriodSeconds: 0 }), ""],
    ["when it has ended", { ...pod("web"), status: { phase: "Succeeded" } }, ""],
  ])("is gone at once %s", async (_, manifest, query) => {
    await created(`${path}/pods`, manifest);
    const { body } = await send("DELETE", `${path}/pods/web${query}`);
    expect(body).toMatchObject({ kind: "Pod", metadata: { name: "web" } });
    expect((await get(`${path}/pods/web`)).code).toBe(404);
  });

  it("can be hurried, and not delayed", async () => {
    await created(`${path}/pods`, pod("web"));
    await send("DELETE", `${path}/pods/web?gracePeriodSeconds=20`);
    const longer = await send("DELETE", `${path}/pods/web?gracePeriodSeconds=60`);
    expect(longer.body.metadata.deletionGracePeriodSeconds).toBe(20);
    const shorter = await send("DELETE", `${path}/pods/web?gracePeriodSeconds=10`);
    expect(shorter.body.metadata.deletionGracePeriodSeconds).toBe(10);
    expect(shorter.headers.get(header)).toBe(longer.headers.get(header));
    await send("DELETE", `${path}/pods/web?gracePeriodSeconds=0`);
    expect((await get(`${path}/pods/web`)).code).toBe(404);
  });
});

describe("the moment from which on a pod may be stopped", () => {
  it("is told in the answer, in the object and by each later request", async () => {
    await created(`${path}/services`, service("web"));
    await created(`${path}/pods`, pod("web", { annotations: { [annotation]: "soon", note: "x" } }));
    const { headers, body } = await send("DELETE", `${path}/pods/web`);
    const moment = headers.get(header);
    expect(moment).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(body.metadata.annotations).toEqual({ note: "x", [annotation]: moment });
    expect((await get(`${path}/pods/web`)).body.metadata.annotations?.[annotation]).toBe(moment);
    const again = await send("DELETE", `${path}/pods/web?gracePeriodSeconds=0`);
    expect([again.headers.get(header), again.body.metadata.annotations?.[annotation]]).toEqual([moment, moment]);
  });

  it("is the drop and the default TTL, when no service says otherwise", async () => {
    await created(`${path}/pods`, pod("web"));
    expect(await promised(`${path}/pods/web`, "2026-11-20T10:00:00.001Z")).toBe("2026-11-20T10:00:06Z");
    expect((await get(`${path}/pods/web`)).body.metadata).toMatchObject({
      deletionTimestamp: "2026-11-20T10:00:30Z",
      annotations: { [annotation]: "2026-11-20T10:00:06Z" },
    });
  });

  it.each(["", "?gracePeriodSeconds=0"])(
    "is not told while a service may still send clients there (%s)",
    async (query) => {
      await created(`${path}/pods`, pod("web", { annotations: { [annotation]: "soon" } }));
      expect(await promised(`${path}/pods/web${query}`, "2026-11-20T10:00:00Z", ["default/web"])).toBeNull();
      expect((await get(`${path}/pods/web`)).body.metadata?.annotations).toBeUndefined();
    },
  );

  it("is not told of a pod that a service hands out until it is gone", async () => {
    const spec = { clusterIP: "None", selector: labels, publishNotReadyAddresses: true };
    const { uid } = (await created(`${path}/services`, { metadata: { name: "web" }, spec })).metadata;
    await created(`${path}/pods`, pod("web"));
    expect((await send("DELETE", `${path}/pods/web`)).headers.get(header)).toBeNull();
    const list = await env.SERVICE_ENDPOINTS.getByName(`${namespace}/web`).resolve(uid);
    expect(list?.endpoints).toHaveLength(1);
    expect((await send("DELETE", `${path}/pods/web?gracePeriodSeconds=0`)).headers.get(header)).not.toBeNull();
  });

  describe("where a service has not heard that the pod has left it before", () => {
    beforeEach(async () => {
      await created(`${path}/services`, service("web"));
      await created(`${path}/pods`, pod("web"));
      const { registry } = contextOf(env).deps;
      const before = await registry.get("pods", namespace, "web");
      if (before === undefined) throw new Error("the pod was made");
      // Nobody is told, as when whoever wrote it was cut off.
      await registry.update("pods", before, { ...before, metadata: { ...before.metadata, labels: { app: "other" } } });
    });

    it("is told once that service has dropped it, too", async () => {
      expect((await send("DELETE", `${path}/pods/web`)).headers.get(header)).not.toBeNull();
      const { uid } = (await get(`${path}/services/web`)).body.metadata;
      const list = await env.SERVICE_ENDPOINTS.getByName(`${namespace}/web`).resolve(uid);
      expect(list?.endpoints).toEqual([]);
    });

    it("is not told when that service does not answer in time", async () => {
      const late = [`${namespace}/web` as const];
      const announce = async ({ services }: Concerned): Promise<ServiceKey[]> => (services.length > 0 ? late : []);
      const deps = { ...contextOf(env).deps, announce };
      const request = new Request(`https://rollcall.test${path}/pods/web`, { method: "DELETE" });
      const { headers } = await api.fetch(request, deps);
      expect(headers.get(header)).toBeNull();
      expect(headers.get("Warning")).toContain(`service ${namespace}/web has not taken the change in yet`);
    });
  });

  it("is kept with a pod that somebody else changes meanwhile", async () => {
    await created(`${path}/pods`, pod("web"));
    const announce = async (): Promise<ServiceKey[]> => {
      await patch(`${path}/pods/web`, mergePatch, { metadata: { labels: { meanwhile: "changed" } } });
      return [];
    };
    const deps = { ...contextOf(env).deps, announce };
    const request = new Request(`https://rollcall.test${path}/pods/web`, { method: "DELETE" });
    const moment = (await api.fetch(request, deps)).headers.get(header);
    expect((await get(`${path}/pods/web`)).body.metadata).toMatchObject({
      labels: { ...labels, meanwhile: "changed" },
      annotations: { [annotation]: moment },
    });
  });

  it("is told of no other kind, and of no dry run", async () => {
    await created(`${path}/services`, service("web"));
    await created(`${path}/pods`, pod("web"));
    const dry = await send("DELETE", `${path}/pods/web?dryRun=All`);
    expect([dry.code, dry.headers.get(header)]).toEqual([200, null]);
    expect((await send("DELETE", `${path}/services/web`)).headers.get(header)).toBeNull();
  });

  it("counts in the TTL that a service of the namespace has, and the one that it had until now", async () => {
    await created(`${path}/services`, service("slow", { "rollcall.dev/dns-ttl": "1800" }));
    await created(`${path}/services`, service("lowered", { "rollcall.dev/dns-ttl": "3600" }));
    const longest = (): Promise<number> => longestTtlSeconds(env.DB, namespace, defaultTtlSeconds, Date.now());
    expect(await longest()).toBe(3600);
    const annotations = { "rollcall.dev/dns-ttl": "1" };
    await patch(`${path}/services/lowered`, mergePatch, { metadata: { annotations } });
    expect(await longest()).toBe(3600);
    const hourLaterMs = Date.now() + (3600 + defaultTtlSeconds + 2) * 1000;
    expect(await longestTtlSeconds(env.DB, namespace, defaultTtlSeconds, hourLaterMs)).toBe(1800);
    await send("DELETE", `${path}/services/slow`);
    expect(await longest()).toBe(3600);
    expect(await longestTtlSeconds(env.DB, namespace, defaultTtlSeconds, hourLaterMs)).toBe(defaultTtlSeconds);
    await created(`${path}/pods`, pod("web"));
    expect(await promised(`${path}/pods/web`, "2026-11-20T10:00:00Z")).toBe("2026-11-20T11:00:00Z");
  });

  it("takes a TTL that is none for none", async () => {
    await created(`${path}/services`, service("web", { "rollcall.dev/dns-ttl": "9999" }));
    expect(await longestTtlSeconds(env.DB, namespace, defaultTtlSeconds, Date.now())).toBe(defaultTtlSeconds);
  });

  it("knows of a DNS_TTL that a deployment has lowered, for an hour", async () => {
    const nowMs = Date.now();
    await noteDefaultTtl(env.DB, 600, nowMs);
    await noteDefaultTtl(env.DB, defaultTtlSeconds, nowMs);
    expect(await longestTtlSeconds(env.DB, namespace, defaultTtlSeconds, nowMs)).toBe(600);
    const hourLaterMs = nowMs + (3600 + defaultTtlSeconds + 2) * 1000;
    await noteDefaultTtl(env.DB, defaultTtlSeconds, hourLaterMs);
    expect(await longestTtlSeconds(env.DB, namespace, defaultTtlSeconds, nowMs)).toBe(defaultTtlSeconds);
  });

  it("costs the sweep no row while DNS_TTL stays as it is", async () => {
    const changes: number[] = [];
    const batch = async (statements: D1PreparedStatement[]): Promise<D1Result[]> => {
      const results = await env.DB.batch(statements);
      changes.push(results.reduce((sum, { meta }) => sum + meta.changes, 0));
      return results;
    };
    const db = { prepare: (sql: string) => env.DB.prepare(sql), batch } as unknown as D1Database;
    await noteDefaultTtl(db, 7, Date.now());
    await noteDefaultTtl(db, 7, Date.now());
    expect(changes).toEqual([1, 0]);
  });
});

describe("an eviction", () => {
  const eviction = (deleteOptions: object = {}, name = "web"): object => {
    return { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace }, deleteOptions };
  };

  it("deletes as gracefully as it is asked to, and promises the same", async () => {
    await created(`${path}/pods`, pod("web"));
    const { code, body, headers } = await send(
      "POST",
      `${path}/pods/web/eviction`,
      eviction({ gracePeriodSeconds: 12 }),
    );
    expect([code, body.kind]).toEqual([201, "Status"]);
    const { metadata } = (await get(`${path}/pods/web`)).body;
    expect(metadata).toMatchObject({ deletionGracePeriodSeconds: 12 });
    expect(headers.get(header)).toBe(metadata.annotations?.[annotation]);
    await send("POST", `${path}/pods/web/eviction`, eviction({ gracePeriodSeconds: 0 }));
    expect((await get(`${path}/pods/web`)).code).toBe(404);
  });

  it.each([
    ["a dry run", { dryRun: ["All"] }, "", 201],
    ["a dry run by its query", {}, "?dryRun=All", 201],
    ["another uid", { preconditions: { uid: "another" } }, "", 409],
    ["another state", { preconditions: { resourceVersion: "1" } }, "", 409],
  ])("of %s deletes nothing", async (_, options, query, code) => {
    await created(`${path}/pods`, pod("web"));
    const reply = await send("POST", `${path}/pods/web/eviction${query}`, eviction(options));
    expect(reply.code).toBe(code);
    expect((await get(`${path}/pods/web`)).body.metadata.deletionTimestamp).toBeUndefined();
  });

  it("of nobody, or of somebody else than its path says, is refused", async () => {
    expect(await send("POST", `${path}/pods/web/eviction`, eviction())).toMatchObject({ code: 404 });
    await created(`${path}/pods`, pod("web"));
    expect(await send("POST", `${path}/pods/web/eviction`, eviction({}, "other"))).toMatchObject({
      code: 400,
      body: { message: "name in URL does not match name in Eviction object" },
    });
  });
});
