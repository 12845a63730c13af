/**
 * Every route, by every verb, for everybody: who is refused, and who is let through as far as the object that is not
 * there. The routes are those that discovery and the routers know; one without a row in the table fails.
 */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { createApi } from "../../src/api/api.ts";
import { resources, type Resource } from "../../src/api/discovery/resources.ts";
import { answer, routes } from "../../src/front.ts";
import { dnsRoute, pathRows, resourceRows, roles, type Holder } from "./table.ts";

const home = "matrix-home";
const elsewhere = "matrix-elsewhere";
const rbac = "/apis/rbac.authorization.k8s.io/v1";
const deployed: Env = Object.assign({}, env, { ROLLCALL_OPEN: "false", ROLLCALL_ADMIN_TOKEN: "root" });

/** other: an administrator, but of another namespace. dns: holds a token that is for DNS. */
const identities = ["none", "wrong", "dns", "other", ...roles, "masters"] as const;
type Identity = (typeof identities)[number];
const tokens = new Map<Identity, string>([
  ["wrong", "wrong"],
  ["masters", "root"],
]);

async function ask(identity: Identity, method: string, path: string, body?: object | string): Promise<Response> {
  const token = tokens.get(identity);
  const headers = new Headers(token === undefined ? {} : { Authorization: `Bearer ${token}` });
  if (body !== undefined) {
    headers.set("Content-Type", method === "PATCH" ? "application/merge-patch+json" : "application/json");
  }
  const text = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
  const request = new Request(`https://rollcall.test${path}`, {
    method,
    headers,
    ...(text !== undefined && { body: text }),
  });
  const execution = createExecutionContext();
  const response = await answer(request, deployed, execution);
  await waitOnExecutionContext(execution);
  return response;
}

async function make(path: string, manifest: object): Promise<{ status?: { token?: string } }> {
  const response = await ask("masters", "POST", path, manifest);
  expect([response.status, path]).toEqual([201, path]);
  return response.json();
}

async function newIdentity(identity: Identity, namespace: string, role: string, where: string): Promise<void> {
  const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  await make(accounts, { metadata: { name: identity } });
  const audiences = identity === "dns" ? ["dns"] : [];
  const { status } = await make(`${accounts}/${identity}/token`, { spec: { audiences } });
  tokens.set(identity, status?.token ?? "");
  const binding = {
    metadata: { name: `matrix-${identity}` },
    roleRef: { kind: "ClusterRole", name: role },
    subjects: [{ kind: "ServiceAccount", name: identity, namespace }],
  };
  await make(where === "" ? `${rbac}/clusterrolebindings` : `${rbac}/namespaces/${where}/rolebindings`, binding);
}

beforeAll(async () => {
  for (const name of [home, elsewhere]) await make("/api/v1/namespaces", { metadata: { name } });
  await newIdentity("view", home, "view", home);
  await newIdentity("edit", home, "edit", home);
  await newIdentity("admin", home, "admin", home);
  await newIdentity("node", home, "system:node", "");
  await newIdentity("dns", home, "admin", home);
  await newIdentity("other", elsewhere, "admin", elsewhere);
});

interface Route {
  /** `pods/status` */
  resource: string;
  verb: string;
  /** Where the role must hold: a namespace, or the cluster. */
  scope: typeof home | typeof elsewhere | "cluster";
  method: string;
  path: string;
}

const methods: Readonly<Record<string, string>> = {
  create: "POST",
  delete: "DELETE",
  deletecollection: "DELETE",
  get: "GET",
  list: "GET",
  patch: "PATCH",
  update: "PUT",
  watch: "GET",
};

/** No request finds an object or may write one. */
const queries: Readonly<Record<string, string>> = {
  deletecollection: "?dryRun=All&labelSelector=nobody%3Dhas-it",
  get: "",
  list: "?limit=1",
  watch: "?watch=1&resourceVersion=999999999&timeoutSeconds=1",
};

function routesOf(resource: Resource): Route[] {
  const { group, version, plural, verbs, subresources, namespaced } = resource;
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const name = group === "" ? plural : `${plural}.${group}`;
  const targets = [
    { resource: name, verbs, suffix: "" },
    ...subresources.map((sub) => ({ resource: `${name}/${sub.name}`, verbs: sub.verbs, suffix: `/${sub.name}` })),
  ];
  const places: Route["scope"][] = namespaced ? [home, elsewhere] : ["cluster"];
  return targets.flatMap(({ resource, verbs, suffix }) =>
    verbs.flatMap((verb) => {
      const method = methods[verb] ?? verb;
      const query = queries[verb] ?? "?dryRun=All";
      const isOfMany = suffix === "" && ["create", "deletecollection", "list", "watch"].includes(verb);
      const named = (collection: string, object: string): string =>
        `${collection}${isOfMany ? "" : `/${object}`}${suffix}${query}`;
      // A namespace is a thing within itself.
      if (plural === "namespaces" && !isOfMany) {
        const scopes = [home, elsewhere] as const;
        return scopes.map((scope) => ({ resource, verb, scope, method, path: named(`${root}/${plural}`, scope) }));
      }
      const inPlaces = places.map((scope: Route["scope"]): Route => {
        const place = scope === "cluster" ? root : `${root}/namespaces/${scope}`;
        return { resource, verb, scope, method, path: named(`${place}/${plural}`, "none") };
      });
      const overAll =
        namespaced && suffix === "" && (verb === "list" || verb === "watch" || verb === "deletecollection");
      if (!overAll) return inPlaces;
      return [...inPlaces, { resource, verb, scope: "cluster", method, path: named(`${root}/${plural}`, "") }];
    }),
  );
}

const allRoutes = resources.flatMap((resource) => routesOf(resource));

function holdersOf({ resource, verb }: Pick<Route, "resource" | "verb">): Holder[] | undefined {
  const rows = resourceRows.filter(([name, verbs]) => name === resource && verbs.split(" ").includes(verb));
  const [row] = rows;
  if (row === undefined || rows.length > 1) return undefined;
  return row[2].split(" ").filter((holder) => holder !== "") as Holder[];
}

type Outcome = "unauthenticated" | "forbidden" | "let through";

function expected(identity: Identity, route: Route): Outcome {
  if (identity === "none" || identity === "wrong" || identity === "dns") return "unauthenticated";
  const holders = holdersOf(route) ?? [];
  const role = identity === "other" ? "admin" : identity;
  const reach = { masters: true, node: true, other: route.scope === elsewhere };
  const reaches = identity in reach ? reach[identity as keyof typeof reach] : route.scope === home;
  const isHeld = role === "masters" || holders.includes(role);
  return holders.includes("everybody") || (isHeld && reaches) ? "let through" : "forbidden";
}

async function outcomeOf(response: Response): Promise<Outcome> {
  const status = response.status;
  await response.body?.cancel();
  if (status === 401) return "unauthenticated";
  if (status >= 500) throw new Error(`answered ${status}`);
  return status === 403 ? "forbidden" : "let through";
}

describe("the table", () => {
  it("has one row for each verb of each resource that is served, and no other", () => {
    const served = allRoutes.map(({ resource, verb }) => `${verb} ${resource}`);
    const listed = resourceRows.flatMap(([resource, verbs]) => verbs.split(" ").map((verb) => `${verb} ${resource}`));
    expect([...listed].sort()).toEqual([...new Set(served)].sort());
  });

  it("has one row for each path that leads to no resource, and no other", () => {
    const resourceRoute = /^\/apis?\/.*:(plural|subresource)/;
    const patterns = [...createApi().routes, ...routes.routes].map(({ path }) => path);
    const told = patterns.filter((path) => !resourceRoute.test(path) && path !== "*" && path !== "/*");
    expect([...Object.keys(pathRows), dnsRoute].sort()).toEqual([...new Set(told)].sort());
  });
});

describe.each(identities)("whoever is %s", (identity) => {
  it.each([...new Set(allRoutes.map(({ resource }) => resource))])(
    "gets from %s what the table says",
    async (resource) => {
      const asked = allRoutes.filter((route) => route.resource === resource);
      const found: string[] = [];
      for (const route of asked) {
        const body = ["POST", "PUT", "PATCH"].includes(route.method) ? "[" : undefined;
        const outcome = await outcomeOf(await ask(identity, route.method, route.path, body));
        found.push(`${route.method} ${route.path}: ${outcome}`);
      }
      expect(found).toEqual(asked.map((route) => `${route.method} ${route.path}: ${expected(identity, route)}`));
    },
  );

  it.each(Object.values(pathRows))("reads %s where the table says %s", async (path, readers) => {
    const outcome = await outcomeOf(await ask(identity, "GET", path));
    const isKnown = !["none", "wrong", "dns"].includes(identity);
    const isOpen = path === "/" || path === "/readyz" || (readers === "anybody" && identity === "none");
    const mayRead = isOpen || identity === "masters" || (isKnown && readers !== "masters");
    expect(outcome).toBe(mayRead ? "let through" : isKnown ? "forbidden" : "unauthenticated");
  });
});

describe("DNS", () => {
  it.each(identities)("knows whoever is %s by a token for it in the path, and by nothing else", async (identity) => {
    const statusOf = async (path: string): Promise<number> => (await ask(identity, "GET", path)).status;
    const question = "?name=dns-version.cluster.local&type=TXT";
    const token = tokens.get(identity) ?? "none";
    expect(await statusOf(`/dns-query/${token}${question}`)).toBe(identity === "dns" ? 200 : 404);
    expect(await statusOf(`/dns-query${question}`)).toBe(404);
    expect(await statusOf(`/dns-query/x${question}`)).toBe(404);
  });
});

describe("nobody is known by", () => {
  it.each(["Basic cm9vdDpyb290", "Bearer", "Bearer root root", "root", "Bearer roo", "Bearer roott"])(
    "the header Authorization: %s",
    async (header) => {
      const headers = { Authorization: header };
      const request = new Request("https://rollcall.test/api/v1/pods", { headers });
      expect((await answer(request, deployed, createExecutionContext())).status).toBe(401);
    },
  );

  it("an assertion of Cloudflare Access that nobody has configured", async () => {
    const headers = { "Cf-Access-Jwt-Assertion": "a.b.c" };
    const request = new Request("https://rollcall.test/api/v1/pods", { headers });
    expect((await answer(request, deployed, createExecutionContext())).status).toBe(401);
  });
});
