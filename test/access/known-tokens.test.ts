import { afterEach, describe, expect, it, vi } from "vitest";
import { apiAudience, signToken } from "../../src/access/account-token.ts";
import { KnownTokens } from "../../src/access/known-tokens.ts";

const [oldKey, newKey] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
const account = { namespace: "default", name: "ci", uid: "11" };
const issuedMs = Date.parse("2026-11-24T12:00:00Z");
const hourMs = 3_600_000;
const expiresMs = issuedMs + hourMs;

async function newToken(id: string, key = newKey): Promise<string> {
  const token = await signToken([key], { account, audiences: [apiAudience], issuedMs, expiresMs, id });
  return token ?? "";
}

/** How often a signature was verified. */
const verifications = vi.spyOn(crypto.subtle, "verify");

afterEach(() => void verifications.mockClear());

describe("the tokens that an isolate knows", () => {
  it("are verified once", async () => {
    const known = new KnownTokens([newKey]);
    const token = await newToken("1");
    const first = await known.verify(token, issuedMs);
    expect(first).toEqual({ account, audiences: [apiAudience], expiresMs, id: "1" });
    expect(await known.verify(token, issuedMs + 1000)).toBe(first);
    expect(verifications).toHaveBeenCalledTimes(1);
  });

  it("end at their time, and are forgotten then", async () => {
    const known = new KnownTokens([newKey]);
    const token = await newToken("1");
    expect(await known.verify(token, expiresMs - 1)).toBeDefined();
    expect(await known.verify(token, expiresMs)).toBeUndefined();
    expect(known.size).toBe(0);
  });

  it("gain nothing by a clock that is set back: they are looked at as if for the first time", async () => {
    const known = new KnownTokens([newKey]);
    const token = await newToken("1");
    await known.verify(token, issuedMs + 2000);
    expect(await known.verify(token, issuedMs - 1000)).toBeUndefined();
    expect(await known.verify(token, issuedMs)).toBeDefined();
    expect(await known.verify(token, expiresMs)).toBeUndefined();
    expect(verifications).toHaveBeenCalledTimes(4);
  });

  it("are bounded in number, and no guess pushes one out", async () => {
    const known = new KnownTokens([newKey]);
    const tokens = await Promise.all(Array.from({ length: 1_001 }, (_, index) => newToken(`${index}`)));
    const [first = "", second = "", ...others] = tokens;
    await known.verify(first, issuedMs);
    await known.verify(second, issuedMs);
    const [head = "", claims = ""] = first.split(".");
    for (let guess = 0; guess < 1_000; guess++) await known.verify(`${head}.${claims}.${guess}`, issuedMs);
    expect(known.size).toBe(2);
    for (const token of others) await known.verify(token, issuedMs);
    expect(known.size).toBe(1_000);
    verifications.mockClear();
    await known.verify(second, issuedMs);
    expect(verifications).not.toHaveBeenCalled();
    await known.verify(first, issuedMs);
    expect(verifications).toHaveBeenCalledTimes(1);
  });

  it("are none of another key's", async () => {
    const token = await newToken("1", oldKey);
    expect(await new KnownTokens([oldKey]).verify(token, issuedMs)).toBeDefined();
    expect(await new KnownTokens([newKey]).verify(token, issuedMs)).toBeUndefined();
  });
});
