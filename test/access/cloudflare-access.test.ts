import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT, type JWTPayload } from "jose";
import { describe, expect, it } from "vitest";
import { certificatesUrl, verifyAssertion } from "../../src/access/cloudflare-access.ts";

const nowMs = Date.parse("2026-11-24T12:00:00Z");
const access = {
  issuer: "https://team.cloudflareaccess.com",
  audience: "tag",
  userPrefix: "access:",
  groups: ["staff"],
};
const [mine, other] = await Promise.all([generateKeyPair("RS256"), generateKeyPair("RS256")]);
const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(mine.publicKey)), kid: "k", alg: "RS256" }] });

function assertion(claims: JWTPayload, key = mine.privateKey): Promise<string> {
  const whole = { iss: access.issuer, aud: ["tag"], exp: nowMs / 1000 + 60, email: "jane@example.com", ...claims };
  return new SignJWT(whole).setProtectedHeader({ alg: "RS256", kid: "k" }).sign(key);
}

describe("an assertion of Cloudflare Access", () => {
  it("says who somebody is, by a name that nobody else has", async () => {
    expect(await verifyAssertion(access, keys, await assertion({}), nowMs)).toEqual({
      user: { username: "access:jane@example.com", groups: ["staff", "system:authenticated"] },
      expiresMs: nowMs + 60_000,
    });
  });

  it("says which service token it was", async () => {
    const byService = await assertion({ email: "", common_name: "e367.access" });
    expect((await verifyAssertion(access, keys, byService, nowMs))?.user.username).toBe("access:e367.access");
  });

  it.each<[string, JWTPayload]>([
    ["another team", { iss: "https://other.cloudflareaccess.com" }],
    ["another application", { aud: ["other"] }],
    ["the past", { exp: nowMs / 1000 - 1 }],
    ["nobody", { email: "" }],
  ])("is of no use when it is of %s", async (_, claims) => {
    expect(await verifyAssertion(access, keys, await assertion(claims), nowMs)).toBeUndefined();
  });

  it("is of no use when another key has signed it, or none", async () => {
    expect(await verifyAssertion(access, keys, await assertion({}, other.privateKey), nowMs)).toBeUndefined();
    expect(await verifyAssertion(access, keys, "a.b.c", nowMs)).toBeUndefined();
  });

  it("is checked with the keys that the team publishes", () => {
    expect(certificatesUrl(access).href).toBe("https://team.cloudflareaccess.com/cdn-cgi/access/certs");
  });
});
