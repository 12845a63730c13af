/** Leases of pods, from the API to the registry and back, on D1. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { createApi } from "../../src/api/api.ts";
import type { Pod } from "../../src/domain/pod.ts";
import { registrationReadiness, withReadiness } from "../../src/domain/readiness.ts";
import { D1Registry } from "../../src/registry/d1-registry.ts";
import { enforceLease, type Witness } from "../../src/registry/enforce-lease.ts";
import type { Concerned } from "../../src/registry/registry.ts";
import { readAssigned } from "../../src/registry/snapshots.ts";
import { readDue } from "../../src/registry/upkeep.ts";
import { contextOf } from "../../src/wiring/api.ts";
import { pod } from "../objects.ts";

const createdMs = Date.parse("2026-11-01T00:00:00Z");
let nowMs = createdMs;
const registry = new D1Registry({ db: env.DB, nowMs: () => nowMs, newUid: () => crypto.randomUUID() });
const announced: Concerned[] = [];
const api = createApi();

/** The API at the moment of the test, with nobody to be told. */
async function call(
  method: string,
  path: string,
  body: object,
): Promise<{ status: number; body: Pod; warning: string }> {
  const request = new Request(`http://localhost${path}`, {
    method,
    body: JSON.stringify(body),
    headers: { "Content-Type": method === "PATCH" ? "application/merge-patch+json" : "application/json" },
  });
  const deps = {
    ...contextOf(env).deps,
    registry,
    nowMs: () => nowMs,
    announce: async (concerned: Concerned) => {
      announced.push(concerned);
      return [];
    },
  };
  const response = await api.fetch(request, deps);
  const warning = response.headers.get("Warning") ?? "";
  return { status: response.status, body: await response.json(), warning };
}

const pods = "/api/v1/namespaces/default/pods";
const leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases";

async function registered(name: string, annotations: Record<string, string>): Promise<Pod> {
  const { metadata, spec } = pod(name, { annotations });
  const made = await call("POST", pods, {
    apiVersion: "v1",
    kind: "Pod",
    metadata,
    spec,
    status: { podIP: "10.0.0.1" },
  });
  expect(made.status).toBe(201);
  return made.body;
}

const enforce = ({ metadata: { namespace = "", name, uid } }: Pod, witness: Witness = "sweep") =>
  enforceLease(registry, { namespace, name, uid }, witness, nowMs);

async function current(name: string): Promise<Pod> {
  return (await registry.get("pods", "default", name)) as Pod;
}

beforeEach(async () => {
  nowMs = createdMs;
  announced.length = 0;
  await env.DB.batch(
    [
      "DELETE FROM objects WHERE resource <> 'namespaces'",
      "DELETE FROM labels",
      "DELETE FROM probers",
      "DELETE FROM pod_leases",
    ].map((sql) => env.DB.prepare(sql)),
  );
});

describe("a lease is renewed", () => {
  it("by a PATCH of the status that changes nothing, which keeps the resourceVersion and writes one row", async () => {
    const made = await registered("a", { "rollcall.dev/lease-seconds": "30" });
    nowMs += 20_000;
    const patched = await call("PATCH", `${pods}/a/status`, {});
    expect(patched.body.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
    expect(await registry.renewedMs("default", "a")).toBe(nowMs);
    expect((await readAssigned(env.DB, "edge-0")).renewedMs).toEqual(new Map([[made.metadata.uid, nowMs]]));
    const { meta } = await env.DB.prepare("UPDATE pod_leases SET renewed_ms = renewed_ms").run();
    expect(meta.rows_written).toBe(1);
  });

  it("by one that changes something, by a PUT, and by none that is a dry run or on the main path", async () => {
    const made = await registered("a", { "rollcall.dev/lease-seconds": "30" });
    const renewals: (number | undefined)[] = [];
    for (const [method, path, body] of [
      ["PATCH", "/a/status", { status: { message: "busy" } }],
      ["PUT", "/a/status", { ...made, metadata: { ...made.metadata, resourceVersion: "" } }],
      ["PATCH", "/a/status?dryRun=All", {}],
      ["PATCH", "/a", { metadata: { labels: { app: "web" } } }],
    ] as const) {
      nowMs += 1000;
      expect((await call(method, pods + path, body)).status).toBe(200);
      renewals.push(await registry.renewedMs("default", "a"));
    }
    expect(renewals.map((renewed) => (renewed ?? 0) - createdMs)).toEqual([1000, 2000, 2000, 2000]);
  });

  it("by a Lease of the pod's name, whenever that is written", async () => {
    await registered("a", { "rollcall.dev/lease-seconds": "30" });
    const lease = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { name: "a" } };
    nowMs += 10_000;
    expect((await call("POST", leases, lease)).status).toBe(201);
    expect(await registry.renewedMs("default", "a")).toBe(nowMs);
    nowMs += 10_000;
    await call("PATCH", `${leases}/a`, { spec: { renewTime: "2026-11-01T00:00:20.000000Z" } });
    expect(await registry.renewedMs("default", "a")).toBe(nowMs);
  });

  it("by a promise that changes, and ends with the promise or the pod", async () => {
    await registered("a", {});
    expect(await registry.renewedMs("default", "a")).toBeUndefined();
    nowMs += 3_600_000;
    const promise = (seconds: string | null) => ({
      metadata: { annotations: { "rollcall.dev/lease-seconds": seconds } },
    });
    await call("PATCH", `${pods}/a`, promise("30"));
    expect(await registry.renewedMs("default", "a")).toBe(nowMs);
    await call("PATCH", `${pods}/a`, promise(null));
    expect(await registry.renewedMs("default", "a")).toBeUndefined();
    await call("PATCH", `${pods}/a`, promise("60"));
    await registry.delete("pods", await current("a"));
    expect(await registry.renewedMs("default", "a")).toBeUndefined();
  });

  it("and wakes the prober only when it had expired", async () => {
    await registered("a", { "rollcall.dev/lease-seconds": "30" });
    announced.length = 0;
    nowMs += 29_999;
    await call("PATCH", `${pods}/a/status`, {});
    nowMs += 30_000;
    await call("PATCH", `${pods}/a/status`, {});
    expect(announced).toEqual([{ services: [], replicationControllers: [], probers: ["edge-0"] }]);
    nowMs += 30_000;
    announced.length = 0;
    await call("POST", leases, { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { name: "a" } });
    expect(announced.map(({ probers }) => probers)).toEqual([["edge-0"]]);
  });

  it("not by words: they are ignored with a Warning, at creation and later", async () => {
    const warns = 'metadata.annotations[rollcall.dev/lease-seconds]: \\"soon\\" is no whole number of seconds';
    const { metadata, spec } = pod("a", { annotations: { "rollcall.dev/lease-seconds": "soon" } });
    const made = await call("POST", pods, { apiVersion: "v1", kind: "Pod", metadata, spec });
    expect(made.warning).toContain(warns);
    expect(await registry.renewedMs("default", "a")).toBeUndefined();
    const annotations = { "rollcall.dev/expire-after-seconds": "-1" };
    const patched = await call("PATCH", `${pods}/a`, { metadata: { annotations } });
    expect(patched.warning).toContain("rollcall.dev/expire-after-seconds");
    expect(patched.warning).not.toContain(warns);
  });
});

describe("an expired lease", () => {
  it("makes the pod not ready, once", async () => {
    const made = await registered("a", { "rollcall.dev/lease-seconds": "30" });
    nowMs += 29_999;
    expect(await enforce(made)).toEqual({ outcome: "kept" });
    nowMs += 1;
    expect(await enforce(made)).toMatchObject({ outcome: "unready" });
    expect((await current("a")).status.conditions).toEqual(
      expect.arrayContaining([expect.objectContaining({ type: "Ready", status: "False", reason: "LeaseExpired" })]),
    );
    expect(await enforce(made)).toEqual({ outcome: "kept" });
  });

  it("removes the pod after a while, and its load with it", async () => {
    const made = await registered("a", {
      "rollcall.dev/lease-seconds": "30",
      "rollcall.dev/expire-after-seconds": "60",
    });
    nowMs += 90_000;
    expect(await enforce(made)).toMatchObject({ outcome: "removed", why: expect.stringContaining("lease of 30 s") });
    expect(await registry.get("pods", "default", "a")).toBeUndefined();
    expect(await enforce(made)).toEqual({ outcome: "gone" });
  });

  it("leaves a pod that finalizers hold to them", async () => {
    const made = await registered("a", {
      "rollcall.dev/lease-seconds": "30",
      "rollcall.dev/expire-after-seconds": "60",
    });
    await call("PATCH", `${pods}/a`, { metadata: { finalizers: ["example.com/hold"] } });
    nowMs += 90_000;
    expect(await enforce(made)).toMatchObject({ outcome: "removed" });
    expect((await current("a")).metadata.deletionTimestamp).toBeDefined();
    expect(await enforce(made)).toEqual({ outcome: "kept" });
  });

  it("spares a pod that was heard of in the meantime, and another of the same name", async () => {
    const made = await registered("a", { "rollcall.dev/lease-seconds": "30" });
    nowMs += 30_000;
    await registry.renew("default", "a");
    expect(await enforce(made)).toEqual({ outcome: "kept" });
    nowMs += 30_000;
    await registry.delete("pods", await current("a"));
    await registered("a", { "rollcall.dev/lease-seconds": "30" });
    expect(await enforce(made)).toEqual({ outcome: "gone" });
  });

  it("is found by the sweep a minute later, until what follows from it is done", async () => {
    const made = await registered("a", {
      "rollcall.dev/lease-seconds": "30",
      "rollcall.dev/expire-after-seconds": "600",
    });
    const due = async () => (await readDue(env.DB, nowMs)).expired.map(({ name }) => name);
    nowMs += 89_999;
    expect(await due()).toEqual([]);
    nowMs += 1;
    expect(await due()).toEqual(["a"]);
    await enforce(made);
    expect(await due()).toEqual([]);
    nowMs += 600_000;
    expect(await due()).toEqual(["a"]);
    await enforce(made);
    expect(await due()).toEqual([]);
  });
});

describe("a pod that has failed for long", () => {
  it("is removed when its prober has seen it fail, and never by the sweep, which has not", async () => {
    const made = await registered("a", { "rollcall.dev/expire-after-seconds": "60" });
    const failed = withReadiness(
      made,
      registrationReadiness(made).map((container) => ({ ...container, ready: false })),
      nowMs,
    );
    await registry.update("pods", made, failed);
    nowMs += 60_000;
    expect(await enforce(made)).toEqual({ outcome: "kept" });
    expect(await enforce(made, "prober")).toMatchObject({
      outcome: "removed",
      why: "the pod has not been ready for 60 s",
    });
  });
});
