import { describe, expect, it } from "vitest";
import { bind, newAccount, type Account } from "./accounts.ts";
import { get, send, type Document, type Reply } from "./client.ts";

const authorization = "/apis/authorization.k8s.io/v1";
const authentication = "/apis/authentication.k8s.io/v1";

/** With a question, whatever it is. */
interface Reviewed extends Document {
  status: { userInfo?: { username: string; groups: string[] } };
}

function ask(path: string, spec?: object): Promise<Reply> {
  return send("POST", path, spec === undefined ? {} : { spec });
}

describe("a review", () => {
  it("of access is answered with yes, beside what was asked", async () => {
    const spec = { resourceAttributes: { namespace: "default", verb: "create", resource: "pods" } };
    const { code, body } = await ask(`${authorization}/selfsubjectaccessreviews`, spec);
    expect(code).toBe(201);
    expect(body).toMatchObject({
      kind: "SelfSubjectAccessReview",
      apiVersion: "authorization.k8s.io/v1",
      metadata: { creationTimestamp: expect.stringMatching(/^\d{4}-.*Z$/) as unknown },
      spec,
      status: { allowed: true },
    });
    const path = { nonResourceAttributes: { path: "/healthz", verb: "get" } };
    expect((await ask(`${authorization}/selfsubjectaccessreviews`, path)).body.status).toEqual({ allowed: true });
  });

  it("of rules is answered with a rule that allows everything", async () => {
    const { code, body } = await ask(`${authorization}/selfsubjectrulesreviews`, { namespace: "default" });
    expect(code).toBe(201);
    expect(body.status).toEqual({
      resourceRules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }],
      nonResourceRules: [{ verbs: ["*"], nonResourceURLs: ["*"] }],
      incomplete: false,
    });
  });

  it("of the one who asks is answered with a name and its groups", async () => {
    const { code, body } = await ask(`${authentication}/selfsubjectreviews`);
    expect(code).toBe(201);
    const { userInfo } = (body as Reviewed).status;
    expect(userInfo?.username).toMatch(/^(admin|system:anonymous)$/);
    expect(userInfo?.groups[0]).toMatch(/^system:/);
  });

  it.each([
    ["neither a resource nor a path", {}, "spec.resourceAttributes"],
    [
      "both a resource and a path",
      { resourceAttributes: { verb: "get" }, nonResourceAttributes: { path: "/" } },
      "spec.nonResourceAttributes",
    ],
  ])("of access to %s is invalid", async (_name, spec, field) => {
    const { code, body } = await ask(`${authorization}/selfsubjectaccessreviews`, spec);
    expect(code).toBe(422);
    expect(body.details.causes?.map((cause) => cause.field)).toEqual([field]);
  });

  it("is refused when it is malformed, of another kind, or of no namespace", async () => {
    const rules = `${authorization}/selfsubjectrulesreviews`;
    for (const body of ["{", "", { kind: "Pod" }, { spec: {} }]) {
      expect((await send("POST", rules, body)).code).toBe(400);
    }
    const misspelt = await send("POST", `${rules}?fieldValidation=Strict`, {
      spec: { namespace: "a", namespaze: "b" },
    });
    expect(misspelt.body.message).toContain('unknown field "spec.namespaze"');
  });

  it("can only be put", async () => {
    expect((await get(`${authorization}/selfsubjectaccessreviews`)).code).toBe(405);
    expect((await send("DELETE", `${authorization}/selfsubjectaccessreviews`)).code).toBe(405);
    expect((await get(`${authorization}/selfsubjectaccessreviews/x`)).code).toBe(404);
    expect((await send("POST", `${authorization}/namespaces/default/selfsubjectaccessreviews`, {})).code).toBe(404);
    expect((await get("/apis/authorization.k8s.io/v2/selfsubjectaccessreviews")).code).toBe(404);
  });
});

describe("a review of a token", () => {
  const reviews = `${authentication}/tokenreviews`;

  async function reviewed(spec: object, by?: Account): Promise<Reply> {
    return by === undefined ? send("POST", reviews, { spec }) : by.send("POST", reviews, { spec });
  }

  it("says who holds it, and for which of the audiences that were named it is good", async () => {
    const { namespace, name, token } = await newAccount();
    const { code, body } = await reviewed({ token });
    expect(code).toBe(201);
    expect(body).toMatchObject({
      kind: "TokenReview",
      apiVersion: "authentication.k8s.io/v1",
      spec: { token },
      status: {
        authenticated: true,
        user: {
          username: `system:serviceaccount:${namespace}:${name}`,
          uid: expect.any(String) as unknown,
          groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
          extra: { "authentication.kubernetes.io/credential-id": [expect.stringMatching(/^JTI=/) as unknown] },
        },
        audiences: ["rollcall"],
      },
    });
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
    const made = await send("POST", path, { spec: { audiences: ["vault", "dns"] } });
    const { token: forVault } = made.body.status as { token: string };
    const named = await reviewed({ token: forVault, audiences: ["elsewhere", "vault"] });
    expect(named.body.status).toMatchObject({ authenticated: true, audiences: ["vault"] });
    expect((await reviewed({ token: forVault })).body.status).toEqual({
      user: {},
      error: '[invalid bearer token, token audiences ["vault" "dns"] is invalid for the target audiences ["rollcall"]]',
    });
  });

  it("says no more of a token than that it is no good, and of that of an account that has gone", async () => {
    const gone = await newAccount();
    expect((await reviewed({ token: gone.token })).body.status).toMatchObject({ authenticated: true });
    await send("DELETE", `/api/v1/namespaces/${gone.namespace}/serviceaccounts/${gone.name}`);
    for (const token of [gone.token, `${gone.token}x`, "x", "..", "\u0000"]) {
      const { code, body } = await reviewed({ token });
      expect([code, body.status]).toEqual([201, { user: {}, error: "invalid bearer token" }]);
    }
  });

  it("needs a token, and the right that system:auth-delegator gives", async () => {
    const { code, body } = await reviewed({});
    expect([code, body.message]).toEqual([400, "token is required for TokenReview in authentication"]);
    const proxy = await newAccount();
    expect((await reviewed({ token: proxy.token }, proxy)).code).toBe(403);
    await bind(proxy, "system:auth-delegator", "");
    expect((await reviewed({ token: proxy.token }, proxy)).body.status).toMatchObject({ authenticated: true });
    const access = { user: "jane", resourceAttributes: { verb: "get", resource: "pods" } };
    const answer = await proxy.send("POST", `${authorization}/subjectaccessreviews`, { spec: access });
    expect(answer.body.status).toEqual({ allowed: false });
    const changed = await send("DELETE", "/apis/rbac.authorization.k8s.io/v1/clusterroles/system:auth-delegator");
    expect(changed.body.message).toContain("this role belongs to Rollcall");
  });
});
