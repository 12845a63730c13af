import { describe, expect, it } from "vitest";
import { userOf } from "../../src/access/user.ts";

describe("whoever is let in", () => {
  it("by the token is the administrator, who is a master as in any cluster", () => {
    expect(userOf({ mode: "token", token: "s3cret" })).toEqual({
      username: "admin",
      groups: ["system:masters", "system:authenticated"],
    });
  });

  it("without a token is anonymous", () => {
    expect(userOf({ mode: "open" })).toEqual({ username: "system:anonymous", groups: ["system:unauthenticated"] });
  });
});
