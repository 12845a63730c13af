import { describe, expect, it } from "vitest";
import { apiAudience, signToken } from "../../src/access/account-token.ts";
import { authenticate, type Authentication } from "../../src/access/authenticate.ts";
import { KnownTokens } from "../../src/access/known-tokens.ts";
import type { AccessConfig } from "../../src/config/access.ts";
import type { AccountReference } from "../../src/domain/service-account.ts";

const nobody: AccessConfig = { open: false, adminToken: undefined, tokenKeys: [], cloudflareAccess: undefined };
const [oldKey, newKey] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
const account = { namespace: "default", name: "ci", uid: "11" };
const nowMs = Date.parse("2026-11-24T12:00:00Z");

interface Sent {
  access?: Partial<AccessConfig>;
  url?: string;
  headers?: Record<string, string>;
  existing?: AccountReference;
  atMs?: number;
}

async function authenticated({
  access,
  url,
  headers,
  existing = account,
  atMs = nowMs,
}: Sent): Promise<Authentication> {
  return authenticate(
    {
      access: { ...nobody, ...access },
      tokens: new KnownTokens(access?.tokenKeys ?? []),
      accounts: { exists: async ({ uid }) => uid === existing.uid },
      verifyAssertion: async (_, assertion) =>
        assertion === "good"
          ? { user: { username: "access:jane@example.com", groups: [] }, expiresMs: nowMs }
          : undefined,
      nowMs: () => atMs,
    },
    { url: url ?? "http://127.0.0.1:8787/api", headers: new Headers(headers) },
  );
}

function bearer(token: string | undefined): Record<string, string> {
  return { Authorization: `Bearer ${token ?? ""}` };
}

const admin = { adminToken: "s3cret" };

describe("who makes a request", () => {
  it.each([
    [{}, "Bearer s3cret", "closed"],
    [{}, null, "closed"],
    [{ open: true }, null, "authenticated"],
    [{ open: true }, "Bearer ", "authenticated"],
    [{ open: true }, "Bearer s3cret", "unauthenticated"],
    [admin, "Bearer s3cret", "authenticated"],
    [admin, "bearer  s3cret ", "authenticated"],
    [admin, "Bearer s3cre", "unauthenticated"],
    [admin, "Bearer s3cret2", "unauthenticated"],
    [admin, "Bearer", "anonymous"],
    [admin, "Basic s3cret", "anonymous"],
    [admin, "s3cret", "anonymous"],
    [admin, "", "anonymous"],
    [admin, null, "anonymous"],
    [{ tokenKeys: [newKey] }, "Bearer s3cret", "unauthenticated"],
    [{ tokenKeys: [newKey] }, null, "anonymous"],
  ])("where there is %j and %j is shown, is %s", async (access, authorization, outcome) => {
    const headers = authorization === null ? {} : { Authorization: authorization };
    expect(await authenticated({ access, headers })).toMatchObject({ outcome });
  });

  it("is the administrator, a master as in any cluster, by the token or from this machine", async () => {
    const expected = {
      outcome: "authenticated",
      identity: { user: { username: "admin", groups: ["system:masters", "system:authenticated"] } },
    };
    expect(await authenticated({ access: admin, headers: bearer("s3cret") })).toMatchObject(expected);
    expect(await authenticated({ access: { open: true } })).toMatchObject(expected);
  });

  it.each([
    ["http://127.0.0.1:8787", undefined, "authenticated"],
    ["http://127.0.0.2:8787", undefined, "authenticated"],
    ["http://[::1]:8787", undefined, "authenticated"],
    ["http://localhost:8787", undefined, "authenticated"],
    ["http://localhost:8787", "http://localhost:8787", "authenticated"],
    ["http://localhost:8787", "http://localhost:3000", "foreign"],
    ["http://127.0.0.1:8787", "https://evil.example", "foreign"],
    ["http://127.0.0.1:8787", "null", "foreign"],
    ["http://rebound.example:8787", undefined, "foreign"],
    ["http://rebound.example:8787", "http://rebound.example:8787", "foreign"],
    ["http://localhost.evil.example:8787", undefined, "foreign"],
    ["http://192.0.2.1:8787", undefined, "foreign"],
  ])("without a token: by a request to %s of a page of %s, is %s", async (url, origin, outcome) => {
    const headers = origin === undefined ? {} : { Origin: origin };
    expect(await authenticated({ access: { open: true }, url: `${url}/api`, headers })).toMatchObject({ outcome });
  });
});

describe("an assertion of Cloudflare Access", () => {
  const cloudflareAccess = { issuer: "https://team.cloudflareaccess.com", audience: "tag", userPrefix: "", groups: [] };
  const header = "Cf-Access-Jwt-Assertion";
  it.each<[string, Partial<AccessConfig>, Record<string, string>, Authentication["outcome"]]>([
    ["says who somebody is", { cloudflareAccess }, { [header]: "good" }, "authenticated"],
    ["must be good", { cloudflareAccess }, { [header]: "bad" }, "unauthenticated"],
    ["is needed", { cloudflareAccess }, {}, "anonymous"],
    ["is not looked at unless it is configured", admin, { [header]: "good" }, "anonymous"],
    ["gives way to a token", { ...admin, cloudflareAccess }, { [header]: "good", ...bearer("bad") }, "unauthenticated"],
    [
      "is nobody's word where a page of another site makes the browser show it",
      { cloudflareAccess },
      { [header]: "good", Origin: "https://evil.example" },
      "foreign",
    ],
  ])("%s", async (_, access, headers, outcome) => {
    expect(await authenticated({ access, headers })).toMatchObject({ outcome });
  });
});

describe("the token of a service account", () => {
  const hourMs = 3_600_000;

  function tokenBy(key: Uint8Array, order: { audiences?: string[]; issuedMs?: number } = {}) {
    const { audiences = [apiAudience], issuedMs = nowMs } = order;
    return signToken([key], { account, audiences, issuedMs, expiresMs: issuedMs + hourMs, id: "token-1" });
  }

  async function outcomeOf(token: string | undefined, sent: Sent = {}): Promise<Authentication["outcome"]> {
    const { outcome } = await authenticated({
      access: { tokenKeys: [newKey, oldKey] },
      headers: bearer(token),
      ...sent,
    });
    return outcome;
  }

  it("says who they are, and until when", async () => {
    const token = await tokenBy(newKey);
    expect(await authenticated({ access: { tokenKeys: [newKey] }, headers: bearer(token) })).toEqual({
      outcome: "authenticated",
      identity: {
        expiresMs: nowMs + hourMs,
        user: {
          username: "system:serviceaccount:default:ci",
          uid: "11",
          groups: ["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"],
          extra: { "authentication.kubernetes.io/credential-id": ["JTI=token-1"] },
        },
      },
    });
  });

  it("has the claims of Kubernetes' tokens", async () => {
    const [, payload = ""] = ((await tokenBy(newKey)) ?? "").split(".");
    expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toEqual({
      iss: "rollcall",
      sub: "system:serviceaccount:default:ci",
      aud: ["rollcall"],
      iat: nowMs / 1000,
      nbf: nowMs / 1000,
      exp: (nowMs + hourMs) / 1000,
      jti: "token-1",
      "kubernetes.io": { namespace: "default", serviceaccount: { name: "ci", uid: "11" } },
    });
  });

  it("is good with every key that is listed, and with no other", async () => {
    expect(await outcomeOf(await tokenBy(newKey))).toBe("authenticated");
    expect(await outcomeOf(await tokenBy(oldKey))).toBe("authenticated");
    const rotated = { access: { tokenKeys: [newKey] } };
    expect(await outcomeOf(await tokenBy(oldKey), rotated)).toBe("unauthenticated");
  });

  it("is of no use before its time, after it, for another audience, without its account, or for a namesake", async () => {
    const token = await tokenBy(newKey);
    expect(await outcomeOf(token, { atMs: nowMs - 1000 })).toBe("unauthenticated");
    expect(await outcomeOf(token, { atMs: nowMs + hourMs - 1000 })).toBe("authenticated");
    expect(await outcomeOf(token, { atMs: nowMs + hourMs })).toBe("unauthenticated");
    expect(await outcomeOf(await tokenBy(newKey, { audiences: ["dns"] }))).toBe("unauthenticated");
    expect(await outcomeOf(await tokenBy(newKey, { audiences: ["dns", apiAudience] }))).toBe("authenticated");
    expect(await outcomeOf(token, { existing: { ...account, uid: "12" } })).toBe("unauthenticated");
  });

  it("for DNS is of no use to the API", async () => {
    expect(await outcomeOf(await tokenBy(newKey, { audiences: ["dns"] }))).toBe("unauthenticated");
  });

  it.each([
    ["nothing", ""],
    ["two dots", ".."],
    ["what was never signed", `${segment({ alg: "none" })}.${segment({ sub: "system:serviceaccount:default:ci" })}.`],
    ["another method", `${segment({ alg: "RS256" })}.${segment({ sub: "system:serviceaccount:default:ci" })}.AAAA`],
    ["no JSON", "AAAA.AAAA.AAAA"],
  ])("is not made of %s", async (_, token) => {
    expect(await outcomeOf(`x${token}`)).toBe("unauthenticated");
    expect(["unauthenticated", "anonymous"]).toContain(await outcomeOf(token));
  });

  it("cannot be changed in any octet", async () => {
    const token = (await tokenBy(newKey)) ?? "";
    for (let at = 0; at < token.length - 1; at += 7) {
      const changed = token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
      expect(await outcomeOf(changed), `octet ${at}`).toBe("unauthenticated");
    }
  });
});

function segment(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
