import { describe, expect, it } from "vitest";
import { admit } from "../../src/access/admit.ts";

describe("the door to the API", () => {
  const token = { mode: "token", token: "s3cret" } as const;
  it.each([
    [{ mode: "closed" } as const, "Bearer s3cret", "closed"],
    [{ mode: "open" } as const, null, "admitted"],
    [token, "Bearer s3cret", "admitted"],
    [token, "bearer  s3cret ", "admitted"],
    [token, "Bearer s3cre", "unauthenticated"],
    [token, "Bearer s3cret2", "unauthenticated"],
    [token, "Bearer", "unauthenticated"],
    [token, "Basic s3cret", "unauthenticated"],
    [token, "s3cret", "unauthenticated"],
    [token, "", "unauthenticated"],
    [token, null, "unauthenticated"],
  ])("%j opens to %j: %s", async (access, authorization, expected) => {
    const headers = new Headers(authorization === null ? {} : { Authorization: authorization });
    expect(await admit(access, { url: "http://127.0.0.1:8787/api", headers })).toBe(expected);
  });

  it.each([
    ["http://127.0.0.1:8787", undefined, "admitted"],
    ["http://127.0.0.2:8787", undefined, "admitted"],
    ["http://[::1]:8787", undefined, "admitted"],
    ["http://localhost:8787", undefined, "admitted"],
    ["http://localhost:8787", "http://localhost:8787", "admitted"],
    ["http://localhost:8787", "http://localhost:3000", "foreign"],
    ["http://127.0.0.1:8787", "https://evil.example", "foreign"],
    ["http://127.0.0.1:8787", "null", "foreign"],
    ["http://rebound.example:8787", undefined, "foreign"],
    ["http://rebound.example:8787", "http://rebound.example:8787", "foreign"],
    ["http://localhost.evil.example:8787", undefined, "foreign"],
    ["http://192.0.2.1:8787", undefined, "foreign"],
  ])("without a token: a request to %s by a page of %s is %s", async (url, origin, expected) => {
    const headers = new Headers(origin === undefined ? {} : { Origin: origin });
    expect(await admit({ mode: "open" }, { url: `${url}/api`, headers })).toBe(expected);
  });
});
