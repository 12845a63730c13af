import { describe, expect, it } from "vitest";
import type { Node } from "../../src/domain/node.ts";
import { KnownHealth } from "../../src/wiring/known-health.ts";
import { keptConditions } from "../kept-conditions.ts";

function edgeNode(name: string, status: "True" | "False"): Node {
  const ready = { type: "Ready", status, message: "it sleeps" };
  return { kind: "Node", apiVersion: "v1", metadata: { name }, status: { conditions: [ready] } } as unknown as Node;
}

function setUp() {
  const state = { nowMs: 0, readable: true, nodes: [edgeNode("edge-0", "True")], reads: 0, rounds: 0 };
  const health = new KnownHealth(
    {
      readRegistry: async () => {
        state.reads++;
        if (!state.readable) throw new Error("D1_ERROR: away");
      },
      edgeNodes: async () => {
        state.rounds++;
        if (!state.readable) throw new Error("D1_ERROR: away");
        return state.nodes;
      },
    },
    keptConditions(() => state.nowMs),
  );
  return { state, health };
}

const crowd = <Answer>(ask: () => Promise<Answer>): Promise<Answer[]> => Promise.all(Array.from({ length: 50 }, ask));

describe("what an isolate knows of its health", () => {
  it("is read once a second, however many ask and whatever comes of it", async () => {
    const { state, health } = setUp();
    const readable = () => health.isRegistryReadable();
    expect([new Set(await crowd(readable)), state.reads]).toEqual([new Set([true]), 1]);
    state.readable = false;
    state.nowMs = 999;
    expect(await readable()).toBe(true);
    state.nowMs = 1_000;
    expect([new Set(await crowd(readable)), state.reads]).toEqual([new Set([false]), 2]);
    expect([await readable(), state.reads]).toEqual([false, 2]);
    state.readable = true;
    state.nowMs = 2_000;
    expect(await readable()).toBe(true);
  });

  it("is asked of the probers once in ten seconds, however many ask at once", async () => {
    const { state, health } = setUp();
    const checks = () => health.proberChecks();
    expect([(await crowd(checks))[49], state.rounds]).toEqual([[{ name: "probers" }], 1]);
    state.nodes = [edgeNode("edge-0", "True"), edgeNode("edge-1", "False")];
    state.nowMs = 9_999;
    expect(await checks()).toEqual([{ name: "probers" }]);
    state.nowMs = 10_000;
    expect(await checks()).toEqual([{ name: "prober edge-1", failure: "it sleeps" }]);
    expect(state.rounds).toBe(2);
  });

  it("is not known of probers that cannot be asked", async () => {
    const { state, health } = setUp();
    state.readable = false;
    expect(await health.proberChecks()).toEqual([{ name: "probers", failure: "they could not be asked" }]);
  });
});
