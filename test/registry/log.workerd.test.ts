import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/domain/object.ts";
import { compactLog, readChanges, readChangesOf } from "../../src/registry/log.ts";
import { registryOf } from "../../src/wiring/waking.ts";
import { service } from "../objects.ts";

const registry = registryOf(env);

const whole = { entries: 1000, octets: Number.MAX_SAFE_INTEGER };

async function labelled(object: KubeObject, label: string): Promise<KubeObject> {
  const after = { ...object, metadata: { ...object.metadata, labels: { label } } };
  const result =
    object.metadata.resourceVersion === ""
      ? await registry.create("services", after)
      : await registry.update("services", object, after);
  if (result.outcome !== "written") throw new Error(result.outcome);
  return result.object;
}

/** What the log says of one object since a revision: the change, and the label before and after. */
async function story(name: string, since = 0): Promise<string[]> {
  const { entries } = await readChanges(env.DB, since, whole);
  return entries
    .filter(({ object }) => object.metadata.name === name)
    .map(
      ({ change, before, object }) =>
        `${change} ${before?.metadata.labels?.["label"]} ${object.metadata.labels?.["label"]}`,
    );
}

async function ageAll(): Promise<void> {
  await env.DB.prepare("UPDATE log SET written_at = 1000").run();
}

describe("the log", () => {
  it("tells every change in order, with what was before", async () => {
    const one = await labelled(service("web"), "a");
    const two = await labelled(one, "b");
    await registry.delete("services", two);
    expect(await story("web")).toEqual(["ADDED undefined a", "MODIFIED a b", "DELETED b b"]);
  });

  it("is read in parts", async () => {
    const all = (await readChanges(env.DB, 0, whole)).entries.map(({ revision }) => revision);
    const parts: number[] = [];
    for (let more = true; more;) {
      const part = await readChanges(env.DB, parts.at(-1) ?? 0, { entries: 2, octets: Number.MAX_SAFE_INTEGER });
      expect(part.entries.length).toBeLessThanOrEqual(2);
      parts.push(...part.entries.map(({ revision }) => revision));
      more = part.more;
    }
    expect(parts).toEqual(all);
    expect(await readChanges(env.DB, all.at(-1) ?? 0)).toMatchObject({ entries: [], more: false });
  });

  it("is read for one kind in one namespace, up to its end whatever else there is", async () => {
    const since = Number((await labelled(service("mine"), "a")).metadata.resourceVersion);
    const mine = await labelled(service("mine-too"), "a");
    const { metadata } = service("elsewhere");
    await registry.create("namespaces", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { ...metadata, name: "else", namespace: "" },
    });
    await registry.create("services", { ...service("elsewhere"), metadata: { ...metadata, namespace: "else" } });
    const last = await registry.create("endpoints", {
      apiVersion: "v1",
      kind: "Endpoints",
      metadata: service("mine").metadata,
    });
    const of = { resource: "services", namespace: "default" } as const;
    const { entries, ...rest } = await readChangesOf(env.DB, since, of, whole);
    expect(entries.map(({ object }) => object)).toEqual([mine]);
    const head = last.outcome === "written" ? Number(last.object.metadata.resourceVersion) : undefined;
    expect(rest).toMatchObject({ upToRevision: head, more: false, accessChanged: false });
    const cut = await readChangesOf(env.DB, since, of, { entries: 1, octets: 1 });
    expect(cut).toMatchObject({ upToRevision: Number(mine.metadata.resourceVersion), more: true });
    expect(await readChangesOf(env.DB, cut.upToRevision, of)).toMatchObject({
      entries: [],
      upToRevision: head,
      more: false,
    });
  });

  it("says when who may do what may have changed, whatever is read of it", async () => {
    const { upToRevision } = await readChanges(env.DB, 0, whole);
    const role = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata: service("reader").metadata };
    await registry.create("roles.rbac.authorization.k8s.io", role);
    const of = { resource: "services" } as const;
    expect(await readChangesOf(env.DB, upToRevision, of)).toMatchObject({ entries: [], accessChanged: true });
    expect(await readChangesOf(env.DB, upToRevision + 1, of)).toMatchObject({ entries: [], accessChanged: false });
  });

  it("is read in parts that are no longer than asked for, but for a single entry", async () => {
    const since = Number((await labelled(service("large"), "a")).metadata.resourceVersion);
    const large = {
      ...service("larger"),
      metadata: { ...service("larger").metadata, annotations: { x: "y".repeat(9000) } },
    };
    await labelled(large, "a");
    await labelled(service("small"), "a");
    const octets = 5000;
    const first = await readChanges(env.DB, since, { entries: 100, octets });
    expect(first).toMatchObject({ entries: [{ object: { metadata: { name: "larger" } } }], more: true });
    const second = await readChanges(env.DB, first.entries[0]?.revision ?? 0, { entries: 100, octets });
    expect(second).toMatchObject({ entries: [{ object: { metadata: { name: "small" } } }], more: false });
  });

  it("keeps what changed lately, however often it is compacted", async () => {
    await labelled(await labelled(service("lately"), "a"), "b");
    await compactLog(env.DB, 1000);
    expect(await story("lately")).toEqual(["ADDED undefined a", "MODIFIED a b"]);
  });

  it("forgets what was superseded long ago, and keeps the edge of what comes after", async () => {
    const one = await labelled(await labelled(service("edge"), "a"), "b");
    await labelled(service("other"), "x");
    await ageAll();
    const later = await labelled(one, "c");
    await compactLog(env.DB, 2000);
    const { compactedRevision } = await readChanges(env.DB, 0);
    expect(compactedRevision).toBeGreaterThanOrEqual(Number(one.metadata.resourceVersion));
    expect(await story("edge", compactedRevision)).toEqual(["MODIFIED b c"]);
    expect(await story("web")).toEqual([]);
    expect(await registry.get("services", "default", "edge")).toEqual(later);
  });

  it("never gives a revision twice, even when the newest change was a deletion that is compacted", async () => {
    const gone = await labelled(service("last"), "a");
    const deleted = await registry.delete("services", gone);
    await ageAll();
    await compactLog(env.DB, 2000);
    await compactLog(env.DB, 2000);
    const { object } = deleted.outcome === "written" ? deleted : { object: gone };
    const next = await labelled(service("next"), "a");
    expect(Number(next.metadata.resourceVersion)).toBeGreaterThan(Number(object.metadata.resourceVersion));
  });
});
