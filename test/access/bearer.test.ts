import { describe, expect, it } from "vitest";
import { admit } from "../../src/access/bearer.ts";

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
    expect(await admit(access, authorization)).toBe(expected);
  });
});
