import { describe, expect, it } from "vitest";
import { KnownAccounts } from "../../src/access/known-accounts.ts";
import { isRegistryFailure } from "../../src/registry/registry-failure.ts";
import { keptConditions } from "../kept-conditions.ts";

function knownAccounts() {
  const state = { uid: "1" as string | undefined, nowMs: 0, reads: 0, meanwhile: async () => {} };
  const accounts = new KnownAccounts(
    {
      readUid: async () => {
        state.reads++;
        await state.meanwhile();
        return state.uid;
      },
    },
    keptConditions(() => state.nowMs),
  );
  const exists = (uid: string, name = "ci"): Promise<boolean> => accounts.exists({ namespace: "default", name, uid });
  return { state, accounts, exists };
}

describe("the accounts that an isolate knows", () => {
  it("are read once in a while, so that one that goes is gone within seconds", async () => {
    const { state, exists } = knownAccounts();
    expect([await exists("1"), await exists("1"), state.reads]).toEqual([true, true, 1]);
    state.uid = undefined;
    state.nowMs = 4_999;
    expect(await exists("1")).toBe(true);
    state.nowMs = 5_000;
    expect(await exists("1")).toBe(false);
  });

  it("are read again when the clock was set back, rather than kept for as long as it had been ahead", async () => {
    const { state, exists } = knownAccounts();
    state.nowMs = 600_000;
    await exists("1");
    state.uid = undefined;
    state.nowMs = 0;
    expect(await exists("1")).toBe(false);
  });

  it("are read again for one that has been made since, and for a namesake", async () => {
    const { state, exists } = knownAccounts();
    expect(await exists("2")).toBe(false);
    state.uid = "2";
    expect([await exists("2"), await exists("1")]).toEqual([true, false]);
  });

  it("are read once for all who show tokens of theirs at the same time", async () => {
    const { state, accounts, exists } = knownAccounts();
    const crowd = (uid: string): Promise<boolean[]> => Promise.all(Array.from({ length: 500 }, () => exists(uid)));
    expect([new Set(await crowd("1")), state.reads]).toEqual([new Set([true]), 1]);
    state.nowMs = 5_000;
    expect([new Set(await crowd("1")), state.reads]).toEqual([new Set([true]), 2]);
    accounts.forget();
    expect([new Set(await crowd("2")), state.reads]).toEqual([new Set([false]), 3]);
  });

  it("are read again for one that was made after somebody else's question", async () => {
    const { state, exists } = knownAccounts();
    state.uid = undefined;
    const asked = Promise.withResolvers<void>();
    state.meanwhile = () => asked.promise;
    const earlier = exists("1");
    state.nowMs = 10;
    const later = exists("1");
    state.meanwhile = async () => void (state.uid = "1");
    asked.resolve();
    expect([await earlier, await later, state.reads]).toEqual([false, true, 2]);
  });

  it("are read by those who come after a write, although a reading from before is under way", async () => {
    const { state, accounts, exists } = knownAccounts();
    const asked = Promise.withResolvers<void>();
    state.meanwhile = () => asked.promise;
    void exists("1");
    accounts.forget();
    const later = exists("1");
    expect(state.reads).toBe(2);
    state.uid = undefined;
    asked.resolve();
    expect(await later).toBe(false);
  });

  it("are not known when they cannot be read, which is the registry's failure", async () => {
    const { state, exists } = knownAccounts();
    state.meanwhile = () => Promise.reject(new Error("D1_ERROR: away"));
    expect(await exists("1").catch(isRegistryFailure)).toBe(true);
    state.meanwhile = async () => {};
    expect(await exists("1")).toBe(true);
  });

  it("are read again as soon as something was written here", async () => {
    const { state, accounts, exists } = knownAccounts();
    await exists("1");
    state.uid = undefined;
    accounts.forget();
    expect(await exists("1")).toBe(false);
  });

  it("are bounded in number", async () => {
    const { state, exists } = knownAccounts();
    for (let index = 0; index <= 1_000; index++) await exists("1", `ci-${index}`);
    state.reads = 0;
    await exists("1", "ci-1000");
    expect(state.reads).toBe(0);
    await exists("1", "ci-0");
    expect(state.reads).toBe(1);
  });
});
