import { describe, expect, it } from "vitest";
import { KnownPolicy } from "../../src/access/known-policy.ts";
import type { PolicyObjects } from "../../src/access/policy.ts";
import { isRegistryFailure } from "../../src/registry/registry-failure.ts";
import { keptConditions } from "../kept-conditions.ts";

const jane = { username: "jane", groups: ["system:authenticated"] };
const metrics = { verb: "get", path: "/metrics" };

/** A policy in which jane may read the metrics, or not. */
function objects(allows: boolean): PolicyObjects {
  return {
    roles: [{ namespace: "", name: "metrics", rules: [{ nonResourceURLs: ["/metrics"], verbs: ["get"] }] }],
    bindings: allows
      ? [
          {
            namespace: "",
            roleRef: { kind: "ClusterRole", name: "metrics" },
            subjects: [{ kind: "User", name: "jane" }],
          },
        ]
      : [],
  };
}

function knownPolicy() {
  const state = { allows: false, revision: 1, nowMs: 0, reads: [] as string[], whileReading: () => {} };
  const policy = new KnownPolicy(
    {
      readRevision: async () => {
        state.reads.push("revision");
        return state.revision;
      },
      readPolicy: async () => {
        state.reads.push("policy");
        const read = { revision: state.revision, ...objects(state.allows) };
        state.whileReading();
        return read;
      },
    },
    keptConditions(() => state.nowMs),
  );
  const grant = (allows: boolean): void => {
    state.allows = allows;
    state.revision++;
  };
  return { state, policy, grant, allowed: () => policy.allows(jane, metrics) };
}

describe("the policy that an isolate knows", () => {
  it("is looked at every five seconds, and read again only when it has moved", async () => {
    const { state, grant, allowed } = knownPolicy();
    expect(await allowed()).toBe(false);
    state.nowMs = 4_999;
    grant(true);
    expect(await allowed()).toBe(false);
    state.nowMs = 5_000;
    expect(await allowed()).toBe(true);
    state.nowMs = 10_000;
    expect(await allowed()).toBe(true);
    expect(state.reads).toEqual(["policy", "revision", "policy", "revision"]);
  });

  it("is looked at when the clock was set back, rather than kept for as long as it had been ahead", async () => {
    const { state, grant, allowed } = knownPolicy();
    grant(true);
    state.nowMs = 600_000;
    await allowed();
    grant(false);
    state.nowMs = 0;
    expect(await allowed()).toBe(false);
  });

  it("counts at once what was written here, even while it is being read", async () => {
    const { state, policy, grant, allowed } = knownPolicy();
    await allowed();
    grant(true);
    policy.forget();
    expect(await allowed()).toBe(true);

    state.nowMs = 5_000;
    grant(true);
    state.whileReading = () => {
      state.whileReading = () => {};
      grant(false);
      policy.forget();
    };
    await allowed();
    expect(await allowed()).toBe(false);
  });

  it("is read once for all who need it at the same time", async () => {
    const { state, policy, grant, allowed } = knownPolicy();
    const crowd = (): Promise<boolean[]> => Promise.all(Array.from({ length: 500 }, allowed));
    expect(new Set(await crowd())).toEqual(new Set([false]));
    state.nowMs = 5_000;
    await crowd();
    grant(true);
    policy.forget();
    expect(new Set(await crowd())).toEqual(new Set([true]));
    expect(state.reads).toEqual(["policy", "revision", "revision", "policy"]);
  });

  it("is not known when it cannot be read, which is the registry's failure", async () => {
    const { state, allowed } = knownPolicy();
    state.whileReading = () => {
      throw new Error("D1_ERROR: away");
    };
    expect(await allowed().catch(isRegistryFailure)).toBe(true);
    state.whileReading = () => {};
    expect(await allowed()).toBe(false);
  });

  it("is not looked at for masters", async () => {
    const { state, policy } = knownPolicy();
    expect(await policy.allows({ username: "admin", groups: ["system:masters"] }, metrics)).toBe(true);
    expect(state.reads).toEqual([]);
  });
});
