import { describe, expect, it } from "vitest";
import { KnownAccounts } from "../../src/access/known-accounts.ts";

function knownAccounts() {
  const state = { uid: "1" as string | undefined, nowMs: 0, reads: 0 };
  const accounts = new KnownAccounts({
    readUid: async () => {
      state.reads++;
      return state.uid;
    },
    nowMs: () => state.nowMs,
  });
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
