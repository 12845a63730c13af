import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { toTimestamp, type KubeObject } from "../../src/domain/object.ts";
import type { CreateResult } from "../../src/registry/registry.ts";
import { removeTerminated } from "../../src/registry/remove-terminated.ts";
import { readDue } from "../../src/registry/upkeep.ts";
import { read } from "../../src/registry/statements/read.ts";
import { registryOf } from "../../src/wiring/waking.ts";
import { readyPod } from "../objects.ts";

const registry = registryOf(env);
const endMs = Date.parse("2026-11-20T10:00:30Z");

function identityOf({ metadata: { namespace = "", name, uid } }: KubeObject) {
  return { namespace, name, uid };
}

function written(result: CreateResult | { outcome: "lost-race" }): KubeObject {
  if (result.outcome !== "written") throw new Error(result.outcome);
  return result.object;
}

/** Registered, and told to be gone by `endMs`. */
async function terminating(name: string, finalizers: string[] = []): Promise<KubeObject> {
  const pod = written(await registry.create("pods", readyPod(name, "10.0.0.1")));
  const marks = { deletionTimestamp: toTimestamp(endMs), deletionGracePeriodSeconds: 30 };
  const marked = { ...pod, metadata: { ...pod.metadata, ...marks, ...(finalizers.length > 0 && { finalizers }) } };
  return written(await registry.update("pods", pod, marked));
}

describe("a terminating pod", () => {
  it("is found by the sweep when its grace period is over, and by no more than an index", async () => {
    await registry.create("pods", readyPod("stays", "10.0.0.2"));
    const pod = await terminating("late");
    expect((await readDue(env.DB, endMs - 1000)).terminated).toEqual([]);
    expect((await readDue(env.DB, endMs)).terminated).toEqual([identityOf(pod)]);
    const plan = await env.DB.prepare(`EXPLAIN QUERY PLAN ${read.terminatedPods}`).bind("").all<{ detail: string }>();
    expect(plan.results.map(({ detail }) => detail).join()).toMatch(/^SEARCH objects USING INDEX objects_terminating/);
    await removeTerminated(registry, identityOf(pod), endMs);
  });

  it("goes when its grace period is over, and not before", async () => {
    const pod = await terminating("timely");
    expect(await removeTerminated(registry, identityOf(pod), endMs - 1000)).toEqual({ outcome: "early" });
    expect(await removeTerminated(registry, identityOf(pod), endMs)).toMatchObject({
      outcome: "removed",
      concerned: { probers: ["edge-0"] },
    });
    expect(await registry.get("pods", "default", "timely")).toBeUndefined();
    expect(await removeTerminated(registry, identityOf(pod), endMs)).toEqual({ outcome: "gone" });
  });

  it("that finalizers hold waits for them alone", async () => {
    const pod = await terminating("held", ["example.com/hold"]);
    expect(await removeTerminated(registry, identityOf(pod), endMs)).toMatchObject({ outcome: "held" });
    expect(await registry.get("pods", "default", "held")).toMatchObject({
      metadata: { deletionGracePeriodSeconds: 0, finalizers: ["example.com/hold"] },
    });
    expect(await removeTerminated(registry, identityOf(pod), endMs)).toEqual({ outcome: "early" });
    expect((await readDue(env.DB, endMs)).terminated).toEqual([]);
  });

  it("is not its namesake, registered since", async () => {
    const pod = await terminating("again");
    await removeTerminated(registry, identityOf(pod), endMs);
    const namesake = written(await registry.create("pods", readyPod("again", "10.0.0.1")));
    expect(await removeTerminated(registry, identityOf(pod), endMs)).toEqual({ outcome: "gone" });
    expect(await registry.get("pods", "default", "again")).toEqual(namesake);
  });
});
