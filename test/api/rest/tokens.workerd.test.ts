import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { answer } from "../../../src/front.ts";
import { encodeMessage, encodeObject } from "../../../scripts/lab/encode-protobuf.ts";
import { created, fetchApi, get, newNamespace, send, type Document, type Reply } from "./client.ts";

interface TokenAnswer extends Document {
  status: { token: string; expirationTimestamp: string };
}

interface Account {
  /** The path of the account. */
  path: string;
  namespace: string;
  /** Asks for a token with this spec. */
  order: (spec?: object, query?: string) => Promise<Reply & { body: TokenAnswer }>;
  token: (spec?: object) => Promise<string>;
}

async function newAccount(): Promise<Account> {
  const { name, path } = await newNamespace();
  await created(`${path}/serviceaccounts`, { metadata: { name: "ci" } });
  const order: Account["order"] = async (spec, query = "") => {
    return (await send("POST", `${path}/serviceaccounts/ci/token${query}`, { spec })) as Reply & { body: TokenAnswer };
  };
  const token: Account["token"] = async (spec) => (await order(spec)).body.status.token;
  return { path: `${path}/serviceaccounts/ci`, namespace: name, order, token };
}

/** What the API makes of a token: 401 where it is not good, anything else where it is. */
async function codeWith(token: string): Promise<number> {
  return (await send("GET", "/version", undefined, { Authorization: `Bearer ${token}` })).code;
}

describe("a service account", () => {
  it("is an object as others are, with a column for the secrets that it lists", async () => {
    const { path, namespace } = await newAccount();
    expect((await get(path)).body).toMatchObject({ kind: "ServiceAccount", metadata: { name: "ci", namespace } });
    const table = await get(path, "application/json;as=Table;g=meta.k8s.io;v=v1");
    expect(table.body.columnDefinitions.map(({ name }) => name)).toEqual(["Name", "Secrets", "Age"]);
    expect(table.body.rows[0]?.cells.slice(0, 2)).toEqual(["ci", "0"]);
  });
});

describe("a token", () => {
  it("is made for an hour and for the API, unless something else is said", async () => {
    const { namespace, order } = await newAccount();
    const before = Date.now();
    const { code, body } = await order();
    expect(code).toBe(201);
    expect(body).toMatchObject({
      kind: "TokenRequest",
      apiVersion: "authentication.k8s.io/v1",
      metadata: { name: "ci", namespace },
      spec: { audiences: ["rollcall"], expirationSeconds: 3600 },
    });
    const lifetimeMs = Date.parse(body.status.expirationTimestamp) - before;
    expect(Math.round(lifetimeMs / 60_000)).toBe(60);
    const other = await order({ audiences: ["dns"], expirationSeconds: 86_400 });
    expect(other.body.spec).toEqual({ audiences: ["dns"], expirationSeconds: 86_400 });
  });

  it("is ordered in protobuf, as kubectl does", async () => {
    const { path } = await newAccount();
    const spec = { expirationSeconds: 600 };
    const body = encodeObject("authentication.k8s.io/v1", "TokenRequest", encodeMessage({ spec }, "TokenRequest"));
    const headers = { "Content-Type": "application/vnd.kubernetes.protobuf" };
    const response = await fetchApi(`${path}/token`, { method: "POST", headers, body });
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({ spec: { expirationSeconds: 600, audiences: ["rollcall"] } });
  });

  it("says who its holder is to the API, and nothing to it when it is meant for others", async () => {
    const { token } = await newAccount();
    expect(await codeWith(await token())).toBe(200);
    expect(await codeWith(await token({ audiences: ["dns"] }))).toBe(401);
    expect(await codeWith("x")).toBe(401);
  });

  it("dies with its account, and is not good for a later one of the same name", async () => {
    const { path, token } = await newAccount();
    const old = await token();
    expect(await codeWith(old)).toBe(200);
    await send("DELETE", path);
    expect(await codeWith(old)).toBe(401);
    await created(path.replace(/\/ci$/, ""), { metadata: { name: "ci" } });
    expect(await codeWith(old)).toBe(401);
    expect(await codeWith(await token())).toBe(200);
  });

  it.each([
    [{ expirationSeconds: 599 }, 422, "may not specify a duration less than 10 minutes"],
    [{ expirationSeconds: 2 ** 32 + 1 }, 422, "may not specify a duration larger than 2^32 seconds"],
    [
      { boundObjectRef: { apiVersion: "v1", kind: "Pod", name: "web" } },
      400,
      'cannot bind token for serviceaccount "ci"',
    ],
    [{ expirationSeconds: "soon" }, 400, "cannot unmarshal string"],
  ])("with %j is refused: %d, %s", async (spec, code, message) => {
    const { order } = await newAccount();
    const reply = await order(spec);
    expect([reply.code, reply.body.message]).toEqual([code, expect.stringContaining(message)]);
  });

  it("is not told to who only wants to see whether it could be had", async () => {
    const { order } = await newAccount();
    expect((await order({}, "?dryRun=All")).body.status.token).toBe("");
  });

  it("is made for accounts that exist, by POST alone, and for no other kind", async () => {
    const { path, namespace } = await newAccount();
    expect((await send("POST", `${path}x/token`, {})).body.message).toBe('serviceaccounts "cix" not found');
    expect((await send("POST", `${path}/token`, { metadata: { name: "other" } })).code).toBe(400);
    expect((await get(`${path}/token`)).code).toBe(405);
    expect((await send("POST", `/api/v1/namespaces/${namespace}/pods/ci/token`, {})).code).toBe(404);
  });

  it("cannot be made without a key, and it is said how to set one", async () => {
    const { path } = await newAccount();
    const headers = { "Content-Type": "application/json" };
    const request = new Request(`http://localhost${path}/token`, { method: "POST", body: "{}", headers });
    const response = await answer(request, { ...env, TOKEN_KEYS: "" } as Env, createExecutionContext());
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      reason: "ServiceUnavailable",
      message: expect.stringContaining("npx wrangler secret put TOKEN_KEYS") as unknown,
    });
  });
});
