import { describe, expect, it } from "vitest";
import { signToken } from "../../src/access/account-token.ts";
import { judgeAccountToken, judgeToken, type TokenVerdict } from "../../src/access/judge-token.ts";
import { KnownTokens } from "../../src/access/known-tokens.ts";

const key = new Uint8Array(32).fill(1);
const account = { namespace: "default", name: "ci", uid: "11" };
const nowMs = Date.parse("2026-11-24T12:00:00Z");
const expiresMs = nowMs + 3_600_000;

function newDeps(adminToken: string | undefined = "s3cret") {
  const asked: string[] = [];
  return {
    asked,
    access: { adminToken },
    tokens: new KnownTokens([key]),
    accounts: {
      exists: async ({ name }: typeof account) => {
        asked.push(name);
        return name !== "gone";
      },
    },
    nowMs: () => nowMs,
  };
}

async function tokenFor(audiences: string[], name = "ci"): Promise<string> {
  const order = { account: { ...account, name }, audiences, issuedMs: nowMs, expiresMs, id: "1" };
  return (await signToken([key], order)) ?? "";
}

/** Who is let in, and by which audiences; or why nobody is. */
function inShort(verdict: TokenVerdict): unknown {
  if (verdict.outcome === "bad") return "bad";
  if (verdict.outcome === "for-others") return { others: verdict.audiences };
  return [verdict.identity.user.username, ...verdict.audiences];
}

const ci = "system:serviceaccount:default:ci";

describe("the token of a service account", () => {
  it.each([
    [["rollcall"], ["rollcall"], [ci, "rollcall"]],
    [["dns"], ["dns"], [ci, "dns"]],
    [
      ["dns", "vault", "rollcall"],
      ["rollcall", "vault"],
      [ci, "rollcall", "vault"],
    ],
    [["dns"], ["rollcall"], { others: ["dns"] }],
    [["rollcall"], ["dns", "vault"], { others: ["rollcall"] }],
    [["rollcall"], [], { others: ["rollcall"] }],
  ])("for %j, shown to %j, is %j", async (audiences, shownTo, expected) => {
    expect(inShort(await judgeToken(newDeps(), await tokenFor(audiences), shownTo))).toEqual(expected);
  });

  it("is good no longer than its account, which nobody is asked about who is not meant", async () => {
    const deps = newDeps();
    expect(inShort(await judgeAccountToken(deps, await tokenFor(["dns"], "gone"), ["rollcall"]))).toEqual({
      others: ["dns"],
    });
    expect(deps.asked).toEqual([]);
    expect(inShort(await judgeAccountToken(deps, await tokenFor(["dns"], "gone"), ["dns"]))).toBe("bad");
  });

  it("says until when it is good", async () => {
    const verdict = await judgeToken(newDeps(), await tokenFor(["rollcall"]), ["rollcall"]);
    expect(verdict).toMatchObject({ outcome: "good", identity: { expiresMs } });
  });
});

describe("the administrator's token", () => {
  it.each([
    ["s3cret", ["rollcall"], ["admin", "rollcall"]],
    ["s3cret", ["vault", "rollcall"], ["admin", "rollcall"]],
    ["s3cret", ["dns"], "bad"],
    ["s3cret2", ["rollcall"], "bad"],
    ["", ["rollcall"], "bad"],
  ])("%j, shown to %j, is %j", async (token, shownTo, expected) => {
    expect(inShort(await judgeToken(newDeps(), token, shownTo))).toEqual(expected);
  });

  it("is no token for DNS, nor any where there is none", async () => {
    expect(inShort(await judgeAccountToken(newDeps(), "s3cret", ["rollcall"]))).toBe("bad");
    expect(inShort(await judgeToken(newDeps(""), "s3cret", ["rollcall"]))).toBe("bad");
  });
});
