import { beforeAll, describe, expect, it } from "vitest";
import { bind, newAccount, rbacGroup, type Account } from "./accounts.ts";
import { created, endpoints, get, mergePatch, newNamespace, patch, send } from "./client.ts";
import { openWatch } from "./open-watch.ts";

interface AccessStatus {
  allowed: boolean;
  resourceRules: { verbs: string[]; resources: string[] }[];
  userInfo: { username: string; uid?: string; groups: string[]; extra?: Record<string, string[]> };
}

const reviews = "/apis/authorization.k8s.io/v1";

async function statusOf(account: Account, path: string, spec: object, headers = {}): Promise<AccessStatus> {
  const { body } = await account.send("POST", path, { spec }, headers);
  return body.status as AccessStatus;
}

describe("an account without a role", () => {
  let account: Account;
  beforeAll(async () => {
    account = await newAccount();
  });

  it.each([
    [
      "GET",
      "/api/v1/namespaces/default/pods",
      'pods is forbidden: User "NAME" cannot list resource "pods" in API group "" in the namespace "default"',
      { kind: "pods" },
    ],
    [
      "GET",
      "/api/v1/pods?watch=1",
      'pods is forbidden: User "NAME" cannot watch resource "pods" in API group "" at the cluster scope',
      { kind: "pods" },
    ],
    [
      "PUT",
      "/api/v1/namespaces/default/pods/web/status",
      'pods "web" is forbidden: User "NAME" cannot update resource "pods/status" in API group "" in the namespace "default"',
      { kind: "pods", name: "web" },
    ],
    [
      "DELETE",
      `${rbacGroup}/clusterroles`,
      'clusterroles.rbac.authorization.k8s.io is forbidden: User "NAME" cannot deletecollection resource "clusterroles" ' +
        'in API group "rbac.authorization.k8s.io" at the cluster scope',
      { kind: "clusterroles", group: "rbac.authorization.k8s.io" },
    ],
    [
      "GET",
      "/api/v1/namespaces/default",
      'namespaces "default" is forbidden: User "NAME" cannot get resource "namespaces" in API group "" in the namespace "default"',
      { kind: "namespaces", name: "default" },
    ],
    ["GET", "/metrics", 'forbidden: User "NAME" cannot get path "/metrics"', {}],
    [
      "POST",
      "/apis/apps/v1/namespaces/default/deployments",
      'deployments.apps is forbidden: User "NAME" cannot create resource "deployments" in API group "apps" in the namespace "default"',
      { kind: "deployments", group: "apps" },
    ],
  ])("may not %s %s, and is told so in Kubernetes' words", async (method, path, message, details) => {
    const { code, body } = await account.send(method, path);
    const name = `system:serviceaccount:${account.namespace}:ci`;
    expect([code, body.reason]).toEqual([403, "Forbidden"]);
    expect(body.message).toBe(message.replace("NAME", name));
    expect(body.details).toEqual(details);
  });

  it("may see what there is, and ask who it is", async () => {
    for (const path of ["/api", "/apis", "/api/v1", "/openapi/v2", "/openapi/v3", "/version", "/healthz"]) {
      expect([path, (await account.send("GET", path)).code]).toEqual([path, 200]);
    }
    const { userInfo } = await statusOf(account, "/apis/authentication.k8s.io/v1/selfsubjectreviews", {});
    expect(userInfo).toEqual({
      username: `system:serviceaccount:${account.namespace}:ci`,
      uid: expect.any(String) as unknown,
      groups: ["system:serviceaccounts", `system:serviceaccounts:${account.namespace}`, "system:authenticated"],
      extra: { "authentication.kubernetes.io/credential-id": [expect.stringMatching(/^JTI=/)] },
    });
  });
});

describe("an account with a role in its namespace", () => {
  it("may do there what the role says, and nothing elsewhere", async () => {
    const account = await newAccount();
    const other = await newNamespace();
    await bind(account, "view", account.namespace);
    const home = `/api/v1/namespaces/${account.namespace}`;
    expect((await account.send("GET", `${home}/endpoints`)).code).toBe(200);
    expect((await account.send("GET", home)).code).toBe(200);
    expect((await account.send("POST", `${home}/endpoints`, endpoints("a"))).code).toBe(403);
    expect((await account.send("GET", `${other.path}/endpoints`)).code).toBe(403);
    expect((await account.send("GET", "/api/v1/endpoints")).code).toBe(403);
  });

  it("keeps it no longer than its binding", async () => {
    const account = await newAccount();
    const { metadata } = await bind(account, "view", account.namespace);
    const path = `/api/v1/namespaces/${account.namespace}/services`;
    expect((await account.send("GET", path)).code).toBe(200);
    await send("DELETE", `${rbacGroup}/namespaces/${account.namespace}/rolebindings/${metadata.name}`);
    expect((await account.send("GET", path)).code).toBe(403);
  });

  it("for one object by its name may ask for it by a field selector as well", async () => {
    const account = await newAccount();
    const roles = `${rbacGroup}/namespaces/${account.namespace}`;
    const rules = [{ apiGroups: [""], resources: ["endpoints"], resourceNames: ["mine"], verbs: ["get", "list"] }];
    await created(`${roles}/roles`, { metadata: { name: "one" }, rules });
    await created(`${roles}/rolebindings`, {
      metadata: { name: "one" },
      roleRef: { kind: "Role", name: "one" },
      subjects: [{ kind: "ServiceAccount", name: "ci" }],
    });
    const path = `/api/v1/namespaces/${account.namespace}/endpoints`;
    for (const name of ["mine", "yours"]) await created(path, endpoints(name));
    expect((await account.send("GET", `${path}/mine`)).code).toBe(200);
    expect((await account.send("GET", `${path}/yours`)).code).toBe(403);
    expect((await account.send("GET", path)).code).toBe(403);
    expect((await account.send("GET", `${path}?fieldSelector=metadata.name%3Dyours`)).code).toBe(403);
    expect((await account.send("GET", `${path}?fieldSelector=metadata.name!%3Dmine`)).code).toBe(403);
    const found = await account.send("GET", `${path}?fieldSelector=metadata.name%3Dmine`);
    expect(found.body.items.map(({ metadata }) => metadata.name)).toEqual(["mine"]);
  });

  it("that lets it patch and replace may not create by applying or replacing", async () => {
    const account = await newAccount();
    const roles = `${rbacGroup}/namespaces/${account.namespace}`;
    const rules = [{ apiGroups: [""], resources: ["endpoints"], verbs: ["patch", "update"] }];
    await created(`${roles}/roles`, { metadata: { name: "patcher" }, rules });
    await created(`${roles}/rolebindings`, {
      metadata: { name: "patcher" },
      roleRef: { kind: "Role", name: "patcher" },
      subjects: [{ kind: "ServiceAccount", name: "ci" }],
    });
    const path = `/api/v1/namespaces/${account.namespace}/endpoints`;
    const apply = { "Content-Type": "application/apply-patch+yaml" };
    const applied = () => account.send("PATCH", `${path}/a?fieldManager=test`, endpoints("a"), apply);
    const replaced = () => account.send("PUT", `${path}/a`, endpoints("a"));
    for (const { code, body } of [await applied(), await replaced()]) {
      expect(code).toBe(403);
      expect(body.message).toContain('cannot create resource "endpoints" in API group "" in the namespace');
    }
    await created(path, endpoints("a"));
    expect([(await applied()).code, (await replaced()).code]).toEqual([200, 200]);
  });
});

describe("who hands out rights", () => {
  async function namespaceAdmin(): Promise<{ admin: Account; roles: string }> {
    const admin = await newAccount();
    await bind(admin, "admin", admin.namespace);
    return { admin, roles: `${rbacGroup}/namespaces/${admin.namespace}` };
  }

  it("may hand out what they hold", async () => {
    const { admin, roles } = await namespaceAdmin();
    const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
    expect((await admin.send("POST", `${roles}/roles`, { metadata: { name: "reader" }, rules })).code).toBe(201);
    const binding = { metadata: { name: "reader" }, roleRef: { kind: "Role", name: "reader" }, subjects: [] };
    expect((await admin.send("POST", `${roles}/rolebindings`, binding)).code).toBe(201);
    for (const name of ["view", "edit", "admin"]) {
      const toBuiltIn = { metadata: { name }, roleRef: { kind: "ClusterRole", name } };
      expect((await admin.send("POST", `${roles}/rolebindings`, toBuiltIn)).code).toBe(201);
    }
  });

  it("may not hand out more, by a new role, a changed one, or a binding", async () => {
    const { admin, roles } = await namespaceAdmin();
    const [few, many] = [
      [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
      [{ apiGroups: ["", "apps"], resources: ["pods", "nodes"], verbs: ["get"] }],
    ];
    const refused = await admin.send("POST", `${roles}/roles`, { metadata: { name: "more" }, rules: many });
    expect(refused.code).toBe(403);
    expect(refused.body.message).toBe(
      `roles.rbac.authorization.k8s.io "more" is forbidden: user "system:serviceaccount:${admin.namespace}:ci" ` +
        `(groups=["system:serviceaccounts" "system:serviceaccounts:${admin.namespace}" "system:authenticated"]) ` +
        "is attempting to grant RBAC permissions not currently held:\n" +
        '{APIGroups:[""], Resources:["nodes"], Verbs:["get"]}\n' +
        '{APIGroups:["apps"], Resources:["nodes"], Verbs:["get"]}\n' +
        '{APIGroups:["apps"], Resources:["pods"], Verbs:["get"]}',
    );
    await created(`${roles}/roles`, { metadata: { name: "more" }, rules: few });
    const changed = await admin.send("PATCH", `${roles}/roles/more`, { rules: many }, { "Content-Type": mergePatch });
    expect(changed.code).toBe(403);
    const labelled = { metadata: { labels: { a: "b" } } };
    expect((await admin.send("PATCH", `${roles}/roles/more`, labelled, { "Content-Type": mergePatch })).code).toBe(200);
    const toAdmin = { metadata: { name: "x" }, roleRef: { kind: "ClusterRole", name: "cluster-admin" } };
    expect((await admin.send("POST", `${roles}/rolebindings`, toAdmin)).code).toBe(403);
    const toNothing = { metadata: { name: "x" }, roleRef: { kind: "Role", name: "none" } };
    const missing = await admin.send("POST", `${roles}/rolebindings`, toNothing);
    expect([missing.code, missing.body.message]).toEqual([404, 'roles.rbac.authorization.k8s.io "none" not found']);
    const dry = await admin.send("POST", `${roles}/roles?dryRun=All`, { metadata: { name: "y" }, rules: many });
    expect(dry.code).toBe(403);
  });

  it("may bind and escalate where they were given leave", async () => {
    const { admin, roles } = await namespaceAdmin();
    const name = `leave-${admin.namespace}`;
    await created(`${rbacGroup}/clusterroles`, {
      metadata: { name },
      rules: [
        {
          apiGroups: ["rbac.authorization.k8s.io"],
          resources: ["clusterroles"],
          verbs: ["bind"],
          resourceNames: ["system:node"],
        },
        { apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles"], verbs: ["escalate"] },
      ],
    });
    await bind(admin, name, admin.namespace);
    const toNode = { metadata: { name: "node" }, roleRef: { kind: "ClusterRole", name: "system:node" } };
    expect((await admin.send("POST", `${roles}/rolebindings`, toNode)).code).toBe(201);
    const rules = [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }];
    expect((await admin.send("POST", `${roles}/roles`, { metadata: { name: "all" }, rules })).code).toBe(201);
  });

  it("cannot weaken what every cluster has", async () => {
    const roles = `${rbacGroup}/clusterroles`;
    const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
    const changed = await patch(`${roles}/cluster-admin`, mergePatch, { rules });
    expect([changed.code, changed.body.details.causes?.[0]?.field]).toEqual([422, "rules"]);
    expect((await send("DELETE", `${roles}/view`)).code).toBe(403);
    expect((await patch(`${roles}/view`, mergePatch, { metadata: { labels: { a: "b" } } })).code).toBe(200);
  });
});

describe("a role or a binding", () => {
  it("is shown in Kubernetes' columns", async () => {
    const table = "application/json;as=Table;g=meta.k8s.io;v=v1";
    const roles = await get(`${rbacGroup}/clusterroles`, table);
    expect(roles.body.columnDefinitions.map(({ name }) => name)).toEqual(["Name", "Created At"]);
    expect(roles.body.rows.map(({ cells: [name] }) => name)).toEqual(
      expect.arrayContaining(["admin", "cluster-admin", "edit", "system:node", "view"]),
    );
    const bindings = await get(`${rbacGroup}/clusterrolebindings`, table);
    expect(bindings.body.columnDefinitions.map(({ name }) => name)).toEqual([
      "Name",
      "Role",
      "Age",
      "Users",
      "Groups",
      "ServiceAccounts",
    ]);
    const [, role, , , groups] = bindings.body.rows.find(({ cells: [name] }) => name === "cluster-admin")?.cells ?? [];
    expect([role, groups]).toEqual(["ClusterRole/cluster-admin", "system:masters"]);
  });

  it.each([
    ["roles", { rules: [{}] }, ["rules[0].verbs", "rules[0].apiGroups", "rules[0].resources"]],
    ["roles", { rules: [{ nonResourceURLs: ["/x"], verbs: ["get"] }] }, ["rules[0].nonResourceURLs"]],
    ["rolebindings", {}, ["roleRef.kind", "roleRef.name"]],
    [
      "rolebindings",
      { roleRef: { kind: "Role", name: "a/b", apiGroup: "x" }, subjects: [{ kind: "Robot" }] },
      ["roleRef.apiGroup", "roleRef.name", "subjects[0].name", "subjects[0].kind"],
    ],
    [
      "rolebindings",
      { roleRef: { kind: "Role", name: "a" }, subjects: [{ kind: "ServiceAccount", name: "A", apiGroup: "x" }] },
      ["subjects[0].name", "subjects[0].apiGroup"],
    ],
  ])("of the %s with %j is invalid", async (plural, rest, fields) => {
    const { name } = await newNamespace();
    const path = `${rbacGroup}/namespaces/${name}/${plural}`;
    const { code, body } = await send("POST", path, { metadata: { name: "x" }, ...rest });
    expect([code, body.details.causes?.map(({ field }) => field)]).toEqual([422, fields]);
  });

  it("fills in groups, and keeps the role that it binds to", async () => {
    const { name } = await newNamespace();
    const path = `${rbacGroup}/namespaces/${name}/rolebindings`;
    const subjects = [
      { kind: "User", name: "jane" },
      { kind: "ServiceAccount", name: "ci" },
    ];
    const roleRef = { kind: "ClusterRole", name: "view" };
    const made = await send("POST", path, { metadata: { name: "x:y" }, roleRef, subjects });
    const apiGroup = "rbac.authorization.k8s.io";
    expect(made.body).toMatchObject({ roleRef: { apiGroup }, subjects: [{ apiGroup }, subjects[1]] });
    const moved = await patch(`${path}/x:y`, mergePatch, { roleRef: { name: "edit" } });
    expect([moved.code, moved.body.message]).toEqual([422, expect.stringContaining("cannot change roleRef")]);
  });
});

describe("a review", () => {
  it("of access answers truthfully for the one who asks, and for others", async () => {
    const account = await newAccount();
    await bind(account, "view", account.namespace);
    const { namespace } = account;
    const asks = (verb: string, where: string): object => ({
      resourceAttributes: { verb, resource: "pods", namespace: where },
    });
    const self = (spec: object): Promise<AccessStatus> =>
      statusOf(account, `${reviews}/selfsubjectaccessreviews`, spec);
    expect(await self(asks("list", namespace))).toEqual({ allowed: true });
    expect(await self(asks("create", namespace))).toEqual({ allowed: false });
    expect(await self(asks("list", "default"))).toEqual({ allowed: false });
    expect(await self({ nonResourceAttributes: { verb: "get", path: "/api" } })).toEqual({ allowed: true });

    const user = `system:serviceaccount:${namespace}:ci`;
    const subject = { ...asks("list", namespace), user, groups: ["system:authenticated"] };
    const local = `${reviews}/namespaces/${namespace}/localsubjectaccessreviews`;
    for (const path of [`${reviews}/subjectaccessreviews`, local]) {
      expect((await send("POST", path, { spec: subject })).body.status).toEqual({ allowed: true });
      expect((await account.send("POST", path, { spec: subject })).code).toBe(403);
    }
    expect((await send("POST", local, { spec: { ...asks("list", "default"), user } })).code).toBe(422);
    expect((await send("POST", `${reviews}/subjectaccessreviews`, { spec: asks("list", "x") })).code).toBe(422);
  });

  it("of rules lists what holds in the namespace", async () => {
    const account = await newAccount();
    await bind(account, "view", account.namespace);
    const spec = { namespace: account.namespace };
    const { resourceRules } = await statusOf(account, `${reviews}/selfsubjectrulesreviews`, spec);
    expect(resourceRules).toContainEqual({
      apiGroups: ["coordination.k8s.io"],
      resources: ["leases"],
      verbs: ["get", "list", "watch"],
    });
    const elsewhere = await statusOf(account, `${reviews}/selfsubjectrulesreviews`, { namespace: "default" });
    expect(elsewhere.resourceRules.flatMap(({ resources }) => resources)).toEqual([
      "selfsubjectaccessreviews",
      "selfsubjectrulesreviews",
      "selfsubjectreviews",
    ]);
  });
});

describe("acting as somebody else", () => {
  it("is for who may impersonate, and takes all other rights away", async () => {
    const account = await newAccount();
    const whoami = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    const asJane = { "Impersonate-User": "jane", "Impersonate-Group": "devs" };
    const acting = await send("POST", whoami, {}, asJane);
    expect(acting.body.status).toMatchObject({
      userInfo: { username: "jane", groups: ["devs", "system:authenticated"] },
    });
    expect((await send("GET", "/api/v1/namespaces/default/pods", undefined, asJane)).code).toBe(403);
    const refused = await account.send("POST", whoami, {}, asJane);
    expect([refused.code, refused.body.message]).toEqual([
      403,
      `users "jane" is forbidden: User "system:serviceaccount:${account.namespace}:ci" cannot impersonate resource ` +
        '"users" in API group "" at the cluster scope',
    ]);
    expect((await send("POST", whoami, {}, { "Impersonate-Group": "devs" })).code).toBe(400);
  });

  it("is never a way to become a master without leave for that", async () => {
    const account = await newAccount();
    const name = `impersonator-${account.namespace}`;
    const rules = [{ apiGroups: [""], resources: ["users"], verbs: ["impersonate"] }];
    await created(`${rbacGroup}/clusterroles`, { metadata: { name }, rules });
    await bind(account, name, "");
    const path = "/api/v1/namespaces/default/pods";
    const masters = { "Impersonate-User": "jane", "Impersonate-Group": "system:masters" };
    expect((await account.send("GET", path, undefined, masters)).body.message).toContain('groups "system:masters"');
    expect((await account.send("GET", path, undefined, { "Impersonate-User": "jane" })).body.message).toContain("jane");
  });
});

describe("a watch", () => {
  async function watching(): Promise<{
    account: Account;
    binding: string;
    watch: Awaited<ReturnType<typeof openWatch>>;
  }> {
    const account = await newAccount();
    const { metadata } = await bind(account, "view", account.namespace);
    const path = `/api/v1/namespaces/${account.namespace}/endpoints`;
    await created(path, endpoints("first"));
    const watch = await openWatch(path, "*/*", { Authorization: `Bearer ${account.token}` });
    expect((await watch.next()).object.metadata.name).toBe("first");
    const binding = `${rbacGroup}/namespaces/${account.namespace}/rolebindings/${metadata.name}`;
    return { account, binding, watch };
  }

  it("ends when the right to it ends, before it tells anything else", async () => {
    const { account, binding, watch } = await watching();
    await send("DELETE", binding);
    await created(`/api/v1/namespaces/${account.namespace}/endpoints`, endpoints("secret"));
    const rest = await watch.rest();
    expect(rest.map(({ type, object }) => [type, object.reason])).toEqual([["ERROR", "Forbidden"]]);
  });

  it("ends when the account goes", async () => {
    const { account, watch } = await watching();
    await send("DELETE", `/api/v1/namespaces/${account.namespace}/serviceaccounts/ci`);
    expect((await watch.rest()).map(({ object }) => object.reason)).toEqual(["Unauthorized"]);
  });

  it("goes on when other rights change", async () => {
    const { account, watch } = await watching();
    await bind(account, "edit", account.namespace);
    await created(`/api/v1/namespaces/${account.namespace}/endpoints`, endpoints("second"));
    expect((await watch.next()).object.metadata.name).toBe("second");
    await watch.close();
  });
});
