/** `@kubernetes/client-node`, unmodified: lists, patches, and an informer that survives what a server goes through. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as k8s from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { eventually } from "../../../scripts/lab/eventually.ts";
import { findFreePort } from "../../../scripts/lab/pod-process.ts";
import { startServer, type ServerProcess } from "../../../scripts/lab/server-process.ts";

const namespace = "default";
const deadlineMs = 60_000;

describe("client-node", () => {
  let folder: string;
  let server: ServerProcess;
  let config: k8s.KubeConfig;
  let core: k8s.CoreV1Api;
  let restart: () => Promise<void>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "rollcall-client-node-"));
    const port = String(await findFreePort());
    const start = async (): Promise<void> => {
      server = await startServer(join(folder, "data"), { PORT: port });
    };
    restart = async () => {
      await server.stop();
      await start();
    };
    await start();
    config = new k8s.KubeConfig();
    config.loadFromClusterAndUser(
      // The client refuses plain HTTP unless it is told not to care.
      { name: "rollcall", server: server.url, skipTLSVerify: true },
      { name: "admin" },
    );
    core = config.makeApiClient(k8s.CoreV1Api);
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  function podNamed(name: string, labels: Record<string, string> = {}): k8s.V1Pod {
    return {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, labels },
      spec: { containers: [{ name: "main", image: "registry.example/main:1" }] },
      status: { podIP: "192.0.2.1" },
    };
  }

  it("creates, reads page by page, and gets typed errors", async () => {
    for (const name of ["page-1", "page-2", "page-3"]) {
      await core.createNamespacedPod({ namespace, body: podNamed(name, { paged: "yes" }) });
    }
    const first = await core.listNamespacedPod({ namespace, labelSelector: "paged=yes", limit: 2 });
    expect(first.items.map(({ metadata }) => metadata?.name)).toEqual(["page-1", "page-2"]);
    const rest = await core.listNamespacedPod({
      namespace,
      labelSelector: "paged=yes",
      limit: 2,
      ...(first.metadata?._continue !== undefined && { _continue: first.metadata._continue }),
    });
    expect(rest.items.map(({ metadata }) => metadata?.name)).toEqual(["page-3"]);
    expect(rest.metadata?.resourceVersion).toBe(first.metadata?.resourceVersion);
    await expect(core.readNamespacedPod({ namespace, name: "missing" })).rejects.toMatchObject({ code: 404 });
    await expect(core.createNamespacedPod({ namespace, body: podNamed("page-1") })).rejects.toMatchObject({
      code: 409,
    });
  });

  it("patches in each of the three ways, and keeps the status for the status path", async () => {
    await core.createNamespacedPod({ namespace, body: podNamed("patched", { a: "1" }) });
    const name = "patched";
    await core.patchNamespacedPod(
      { name, namespace, body: [{ op: "add", path: "/metadata/labels/b", value: "2" }] },
      k8s.setHeaderOptions("Content-Type", k8s.PatchStrategy.JsonPatch),
    );
    await core.patchNamespacedPod(
      { name, namespace, body: { metadata: { labels: { c: "3", a: null } } } },
      k8s.setHeaderOptions("Content-Type", k8s.PatchStrategy.MergePatch),
    );
    const image = { spec: { containers: [{ name: "main", image: "registry.example/main:2" }] } };
    const pod = await core.patchNamespacedPod(
      { name, namespace, body: { ...image, status: { podIP: "192.0.2.99" } } },
      k8s.setHeaderOptions("Content-Type", k8s.PatchStrategy.StrategicMergePatch),
    );
    expect(pod.metadata?.labels).toEqual({ b: "2", c: "3" });
    expect(pod.spec?.containers[0]?.image).toBe("registry.example/main:2");
    expect(pod.status?.podIP).toBe("192.0.2.1");
    const moved = await core.patchNamespacedPodStatus(
      { name, namespace, body: { status: { podIP: "192.0.2.99", podIPs: [{ ip: "192.0.2.99" }] } } },
      k8s.setHeaderOptions("Content-Type", k8s.PatchStrategy.MergePatch),
    );
    expect(moved.status?.podIP).toBe("192.0.2.99");
  });

  it("applies on the server, and is told in whose way it would get", async () => {
    const name = "applied";
    const asApply = k8s.setHeaderOptions("Content-Type", k8s.PatchStrategy.ServerSideApply);
    const apply = (fieldManager: string, type: string, force = false): Promise<k8s.V1Service> => {
      const body = { apiVersion: "v1", kind: "Service", metadata: { name }, spec: { type, ports: [{ port: 80 }] } };
      return core.patchNamespacedService({ name, namespace, body, fieldManager, force }, asApply);
    };
    const created = await apply("gitops", "ClusterIP");
    expect(created.metadata?.managedFields).toMatchObject([{ manager: "gitops", operation: "Apply" }]);
    const again = await apply("gitops", "ClusterIP");
    expect(again.metadata?.resourceVersion).toBe(created.metadata?.resourceVersion);
    await expect(apply("other", "NodePort")).rejects.toMatchObject({
      code: 409,
      body: expect.stringContaining('conflict with \\"gitops\\": .spec.type') as unknown,
    });
    expect((await apply("other", "NodePort", true)).spec?.type).toBe("NodePort");
  });

  it("reads every kind by its generic client, which looks kinds up in legacy discovery", async () => {
    const objects = k8s.KubernetesObjectApi.makeApiClient(config);
    const service = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "generic", namespace },
      spec: { selector: { generic: "yes" }, ports: [{ port: 80 }] },
    };
    await objects.create(service);
    const read = await objects.read({ apiVersion: "v1", kind: "Service", metadata: { name: "generic", namespace } });
    expect(read.metadata?.uid).toMatch(/^[0-9a-f-]{36}$/);
    const slices = await eventually(
      () => objects.list<k8s.V1EndpointSlice>("discovery.k8s.io/v1", "EndpointSlice", namespace),
      ({ items }) => items.some(({ metadata }) => metadata?.generateName === "generic-"),
      { deadlineMs },
    );
    expect(slices.found).toBe(true);
  });

  it("is told by its informer of every pod once, over restarts of the server and a compacted log", async () => {
    const list = (): Promise<k8s.V1PodList> => core.listNamespacedPod({ namespace, labelSelector: "informed=yes" });
    const path = `/api/v1/namespaces/${namespace}/pods`;
    const informer = k8s.makeInformer(config, path, list, "informed=yes");
    const told: string[] = [];
    for (const verb of ["add", "update", "delete"] as const) {
      informer.on(verb, (pod) => told.push(`${verb} ${pod.metadata?.name}`));
    }
    informer.on("error", () => setTimeout(() => void informer.start(), 100));
    await informer.start();
    onTestFinished(() => informer.stop());
    const isTold = async (text: string): Promise<void> => {
      const seen = await eventually(async () => told.includes(text), Boolean, { deadlineMs });
      expect({ told: [...told], found: seen.found }).toMatchObject({ found: true });
    };
    const add = (name: string) => core.createNamespacedPod({ namespace, body: podNamed(name, { informed: "yes" }) });

    await add("informed-1");
    await isTold("add informed-1");

    await restart();
    await add("informed-2");
    await isTold("add informed-2");

    await server.stop();
    compactLogCompletely(join(folder, "data"));
    server = await startServer(join(folder, "data"), { PORT: new URL(server.url).port });
    await add("informed-3");
    await isTold("add informed-3");

    await core.patchNamespacedPod(
      { name: "informed-1", namespace, body: { metadata: { labels: { informed: "no" } } } },
      k8s.setHeaderOptions("Content-Type", k8s.PatchStrategy.MergePatch),
    );
    await isTold("delete informed-1");
    const additions = told.filter((text) => text.startsWith("add"));
    expect(additions).toEqual([...new Set(additions)]);
  });

  it("sees an ERROR event with code 410 when it watches from a revision that the log has forgotten", async () => {
    const watch = new k8s.Watch(config);
    const events: { phase: string; code?: number }[] = [];
    await new Promise<void>((resolve, reject) => {
      const done = (error?: unknown): void =>
        error instanceof Error && events.length === 0 ? reject(error) : resolve();
      const seen = (phase: string, object: { code?: number }): void => void events.push({ phase, ...pickCode(object) });
      watch.watch(`/api/v1/namespaces/${namespace}/pods`, { resourceVersion: "1" }, seen, done).catch(reject);
    });
    expect(events).toEqual([{ phase: "ERROR", code: 410 }]);
  });
});

function pickCode({ code }: { code?: number }): { code?: number } {
  return code === undefined ? {} : { code };
}

/** What the sweep does to rows of an hour ago, done to all: nothing can be watched from before this moment. */
function compactLogCompletely(dataFolder: string): void {
  const files = readdirSync(dataFolder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".sqlite"),
  );
  for (const file of files) {
    const database = new DatabaseSync(join(dataFolder, file));
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE name = 'registry'").all();
    if (tables.length > 0) {
      database.exec("UPDATE registry SET compacted_revision = (SELECT max(revision) FROM log)");
    }
    database.close();
  }
}
