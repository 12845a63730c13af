import { describe, expect, it } from "vitest";
import { isWithin, sourceOf } from "../../src/guard/rate.ts";

const from = (address: string): string | undefined => {
  return sourceOf({ headers: new Headers(address === "" ? {} : { "CF-Connecting-IP": address }) });
};

describe("a rate", () => {
  it("limits whom the binding says", async () => {
    const limiter = { limit: async ({ key }: { key: string }) => ({ success: key !== "loud" }) };
    expect(await isWithin(limiter, "quiet")).toBe(true);
    expect(await isWithin(limiter, "loud")).toBe(false);
  });

  it("limits nobody without a binding, a key, or an answer", async () => {
    const broken = { limit: () => Promise.reject(new Error("no answer")) };
    expect(await isWithin(undefined, "a")).toBe(true);
    expect(await isWithin({ limit: async () => ({ success: false }) }, undefined)).toBe(true);
    expect(await isWithin(broken, "a")).toBe(true);
  });

  it("takes an IPv6 network for one source, and nothing that the platform did not say", () => {
    expect(from("20.0.0.1")).toBe("20.0.0.1");
    expect(from("2a00:1:2:3::1")).toBe(from("2a00:1:2:3:ffff::9"));
    expect(from("2a00:1:2:4::1")).not.toBe(from("2a00:1:2:3::1"));
    expect(from("")).toBeUndefined();
    expect(from("somebody")).toBeUndefined();
  });
});
