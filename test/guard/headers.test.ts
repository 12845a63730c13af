import { describe, expect, it } from "vitest";
import { secured, shared } from "../../src/guard/headers.ts";

describe("an answer", () => {
  it("tells browsers to run and frame nothing, and keeps what it says itself", () => {
    const { headers } = secured(new Response("", { headers: { "Cache-Control": "no-cache, private" } }), true);
    expect(Object.fromEntries(headers)).toMatchObject({
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
      "referrer-policy": "no-referrer",
      "cache-control": "no-cache, private",
      "strict-transport-security": "max-age=31536000",
    });
    expect(secured(new Response(""), false).headers.has("strict-transport-security")).toBe(false);
  });
});

describe("an answer of DNS", () => {
  const asked = (origin: string | undefined, allowed: string[], method = "GET"): Record<string, string> => {
    const request = new Request("https://dns/", { method, headers: origin === undefined ? {} : { Origin: origin } });
    return Object.fromEntries(shared(new Response("x"), request, allowed).headers);
  };

  it("is for no page unless that is configured", () => {
    expect(asked("https://a.test", [])).not.toHaveProperty("access-control-allow-origin");
  });

  it("is for the pages of the origins that are named", () => {
    expect(asked("https://a.test", ["https://a.test"])).toMatchObject({
      "access-control-allow-origin": "https://a.test",
      vary: "Origin",
    });
    expect(asked("https://b.test", ["https://a.test"])).not.toHaveProperty("access-control-allow-origin");
    expect(asked(undefined, ["https://a.test"])).toMatchObject({ vary: "Origin" });
    expect(asked("https://b.test", ["*"])).toMatchObject({ "access-control-allow-origin": "*" });
  });

  it("to the question beforehand names what may be asked", () => {
    expect(asked("https://a.test", ["*"], "OPTIONS")).toMatchObject({
      "access-control-allow-methods": "GET, HEAD, POST",
      "access-control-allow-headers": "Content-Type, Accept",
    });
  });
});
