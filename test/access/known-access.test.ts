import { describe, expect, it } from "vitest";
import { KnownAccess } from "../../src/access/known-access.ts";
import { keptConditions } from "../kept-conditions.ts";

const jane = { username: "jane", groups: [] };
const ci = { namespace: "default", name: "ci", uid: "1" };

function knownAccess() {
  const state = { revision: 1, uid: "1" as string | undefined, reads: [] as string[] };
  const read = <Value>(what: string, value: () => Value) => {
    return async (): Promise<Value> => {
      state.reads.push(what);
      return value();
    };
  };
  const access = new KnownAccess(
    {
      readRevision: read("revision", () => state.revision),
      readPolicy: read("policy", () => ({ revision: state.revision, roles: [], bindings: [] })),
      readUid: read("account", () => state.uid),
    },
    keptConditions(() => 0),
  );
  /** What a watch does that hears of a change. */
  const recheck = async (revision: number): Promise<boolean> => {
    access.forgetBefore(revision);
    if (!(await access.accounts.exists(ci))) return false;
    await access.policy.allows(jane, { verb: "get", path: "/metrics" });
    return true;
  };
  return { state, access, recheck };
}

describe("what an isolate knows of who may do what", () => {
  it("is read once after a change, however many watches hear of it", async () => {
    const { state, recheck } = knownAccess();
    await recheck(5);
    state.revision = 2;
    state.reads = [];
    await Promise.all(Array.from({ length: 500 }, () => recheck(6)));
    expect(state.reads).toEqual(["account", "revision", "policy"]);
    // One that hears of it late, or of a change before.
    expect([await recheck(6), await recheck(5), state.reads.length]).toEqual([true, true, 3]);
  });

  it("ends what has ended at once, also for those who hear of the next change while the last is looked at", async () => {
    const { state, recheck } = knownAccess();
    const first = recheck(5);
    state.uid = undefined;
    expect([await recheck(6), await first]).toEqual([false, true]);
  });

  it("is forgotten with what was written here", async () => {
    const { state, access, recheck } = knownAccess();
    await recheck(5);
    state.uid = undefined;
    access.forget();
    expect(await recheck(5)).toBe(false);
  });
});
