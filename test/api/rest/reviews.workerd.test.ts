import { describe, expect, it } from "vitest";
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
