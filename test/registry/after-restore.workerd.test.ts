/** A registry that is put back to an old copy while everything that follows it goes on: all of it must converge. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { sweep } from "../../src/sweep/sweep.ts";
import { serviceObject } from "../../src/wiring/objects.ts";
import { sweepDeps } from "../../src/wiring/sweep.ts";
import { registryOf, announceTo } from "../../src/wiring/waking.ts";
import { answer } from "../../src/front.ts";
import afterRestore from "../../src/registry/statements/after-restore.sql?raw";
import { readyPod, service } from "../objects.ts";
import { written } from "../workerd/registry.ts";

const tables = [
  "registry",
  "objects",
  "log",
  "labels",
  "selectors",
  "cluster_ips",
  "addresses",
  "owners",
  "probers",
  "pending",
  "object_counts",
];

type Copy = [table: string, rows: Record<string, unknown>[]][];

async function copied(): Promise<Copy> {
  return Promise.all(
    tables.map(async (table): Promise<Copy[number]> => [
      table,
      (await env.DB.prepare(`SELECT * FROM ${table}`).all()).results,
    ]),
  );
}

async function restore(copy: Copy): Promise<void> {
  const statements = copy.flatMap(([table, rows]) => [
    env.DB.prepare(`DELETE FROM ${table}`),
    ...rows.map((row) => {
      const columns = Object.keys(row);
      const places = columns.map(() => "?").join(", ");
      return env.DB.prepare(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${places})`).bind(
        ...Object.values(row),
      );
    }),
  ]);
  await env.DB.batch([...statements, env.DB.prepare("UPDATE sqlite_sequence SET seq = 0 WHERE name = 'log'")]);
  const sql = afterRestore.replaceAll(/^--.*$/gm, "").split(";");
  await env.DB.batch(sql.filter((text) => text.trim() !== "").map((text) => env.DB.prepare(text)));
}

async function get(path: string): Promise<Response> {
  return answer(new Request(`http://localhost${path}`), env, createExecutionContext());
}

async function listed(): Promise<{ revision: string; names: string[] }> {
  const list = await (
    await get("/api/v1/namespaces/default/pods")
  ).json<{ metadata: { resourceVersion: string }; items: { metadata: { name: string } }[] }>();
  return { revision: list.metadata.resourceVersion, names: list.items.map(({ metadata }) => metadata.name) };
}

async function addPod(name: string, ip: string): Promise<void> {
  const pod = readyPod(name, ip, { labels: { app: "web" } }, { nodeName: "rack" });
  const { concerned } = written(await registryOf(env).create("pods", pod));
  await announceTo(env, concerned, 2000);
}

const registry = registryOf(env);
let copy: Copy;
let uid: string;

async function endpoints(): Promise<string[]> {
  const list = await serviceObject(env, "default/web").resolve(uid);
  return (list?.endpoints ?? []).map(({ ip }) => ip).sort();
}

async function oneSweep(): Promise<void> {
  const deps = sweepDeps(env, () => Promise.resolve([]));
  // The probers are driven for a minute, and there are none here.
  await sweep({ ...deps, sleep: async () => {} });
}

beforeAll(async () => {
  const headless = service("web", { clusterIP: "None", selector: { app: "web" } });
  const { object, concerned } = written(await registry.create("services", headless));
  ({ uid } = object.metadata);
  await announceTo(env, concerned, 2000);
  await addPod("a", "20.0.0.1");
  copy = await copied();
  await addPod("b", "20.0.0.2");
});

describe("after an old copy was restored", () => {
  it("watches from before begin anew, objects drop what is gone, and revisions only grow", async () => {
    expect(await endpoints()).toEqual(["20.0.0.1", "20.0.0.2"]);
    const before = await listed();
    const open = await get(`/api/v1/namespaces/default/pods?watch=true&resourceVersion=${before.revision}`);
    const events = open.body?.pipeThrough(new TextDecoderStream()).getReader();
    const told = events?.read();

    await restore(copy);
    await oneSweep();

    expect(await listed()).toMatchObject({ names: ["a"] });
    const { revision } = await listed();
    expect(Number(revision)).toBeGreaterThan(Number(before.revision));
    await vi.waitFor(async () => expect(await endpoints()).toEqual(["20.0.0.1"]));
    expect((await told)?.value).toContain('"code":410');
    const resumed = await get(`/api/v1/namespaces/default/pods?watch=true&resourceVersion=${before.revision}`);
    const [line = ""] = (await resumed.text()).split("\n");
    expect(JSON.parse(line)).toMatchObject({ type: "ERROR", object: { code: 410, reason: "Expired" } });

    await addPod("c", "20.0.0.3");
    expect(await endpoints()).toEqual(["20.0.0.1", "20.0.0.3"]);
    expect(Number((await listed()).revision)).toBeGreaterThan(Number(revision));
    // What is published follows within a second, and then nobody has anything left to look at.
    const pending = env.DB.prepare("SELECT * FROM pending");
    await vi.waitFor(async () => expect((await pending.all()).results).toEqual([]), { timeout: 10_000 });
  });
});
