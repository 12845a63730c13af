/** What happens at the limits, through the Worker's own front. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Variables } from "../../src/config/variables.ts";
import { answer } from "../../src/front.ts";
import { Gate } from "../../src/guard/gate.ts";
import type { RateLimiter } from "../../src/guard/rate.ts";

type Overrides = Variables & Partial<Record<"API_RATE" | "SOURCE_RATE" | "DNS_RATE", RateLimiter> & Pick<Env, "DB">>;

async function send(path: string, init: RequestInit = {}, overrides: Overrides = {}): Promise<Response> {
  return answer(
    new Request(`http://localhost${path}`, init),
    { ...env, DNS_ACCESS: "public", ...overrides },
    createExecutionContext(),
  );
}

const json = (body: unknown, method = "POST"): RequestInit => {
  return { method, body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
};
const services = "/api/v1/namespaces/default/services";
const service = (name: string) => ({ metadata: { name }, spec: { ports: [{ port: 80 }] } });

const asked: string[] = [];
const none: RateLimiter = {
  limit: async ({ key }) => {
    asked.push(key);
    return { success: false };
  },
};

async function seen(response: Response): Promise<[number, [string, string][], string]> {
  return [response.status, [...response.headers], await response.text()];
}

const tokenKeys = { TOKEN_KEYS: btoa("k".repeat(32)) };

/** The token of an account that asks DNS. */
async function resolverToken(): Promise<string> {
  const accounts = "/api/v1/namespaces/default/serviceaccounts";
  await send(accounts, json({ metadata: { name: "resolver" } }), tokenKeys);
  const ordered = await send(`${accounts}/resolver/token`, json({ spec: { audiences: ["dns"] } }), tokenKeys);
  return (await ordered.json<{ status: { token: string } }>()).status.token;
}

afterEach(() => {
  vi.restoreAllMocks();
  asked.length = 0;
});

describe("a quota", () => {
  it("is told as a ResourceQuota is, and holds for each namespace", async () => {
    const quota = { NAMESPACE_QUOTA: "services=1,count/leases.coordination.k8s.io=0" };
    expect((await send(services, json(service("one")), quota)).status).toBe(201);
    const refused = await send(services, json(service("two")), quota);
    expect([refused.status, await refused.json()]).toEqual([
      403,
      expect.objectContaining({
        reason: "Forbidden",
        message:
          'services "two" is forbidden: exceeded quota: namespace-quota, requested: services=1, used: services=1, limited: services=1',
      }),
    ]);
    const pretended = await send(`${services}?dryRun=All`, json(service("two")), quota);
    expect([pretended.status, (await pretended.json<{ message: string }>()).message]).toEqual([
      403,
      expect.stringContaining("requested: services=1, used: services=1, limited: services=1"),
    ]);
    expect((await send(`${services}?dryRun=All`, json(service("one")), quota)).status).toBe(409);
    const roomy = { NAMESPACE_QUOTA: "services=2" };
    expect((await send(`${services}?dryRun=All`, json(service("two")), roomy)).status).toBe(201);
    const leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases";
    expect(await (await send(leases, json({ metadata: { name: "a" } }), quota)).json()).toMatchObject({
      message: expect.stringContaining("limited: count/leases.coordination.k8s.io=0") as unknown,
    });
    expect((await send("/api/v1/namespaces/kube-public/services", json(service("one")), quota)).status).toBe(201);
  });
});

describe("a rate", () => {
  const tooMany = { code: 429, reason: "TooManyRequests", message: "Too many requests, please try again later." };

  it("of a user is told with a time to come back", async () => {
    const response = await send("/api/v1/pods", {}, { API_RATE: none });
    expect([response.status, response.headers.get("Retry-After")]).toEqual([429, "10"]);
    expect(await response.json()).toMatchObject({ kind: "Status", ...tooMany, details: { retryAfterSeconds: 10 } });
    expect(asked).toEqual(["admin"]);
  });

  it("of a user is that of who asks, not of whom they impersonate", async () => {
    await send("/api/v1/pods", { headers: { "Impersonate-User": "jane" } }, { API_RATE: none });
    expect(asked).toEqual(["admin"]);
  });

  it("of a source holds before anybody knows who asks", async () => {
    const headers = { "CF-Connecting-IP": "20.0.0.1", Authorization: "Bearer guess" };
    const closed = { SOURCE_RATE: none, ROLLCALL_OPEN: "false", ROLLCALL_ADMIN_TOKEN: "secret" };
    expect(await (await send("/api/v1/pods", { headers }, closed)).json()).toMatchObject(tooMany);
    expect(asked).toEqual(["20.0.0.1"]);
  });

  it.each(["/readyz", "/readyz?verbose", "/healthz"])(
    "of a source holds for %s, which anybody may ask",
    async (path) => {
      const headers = { "CF-Connecting-IP": "20.0.0.1" };
      const prepare = vi.spyOn(env.DB, "prepare");
      const response = await send(path, { headers }, { SOURCE_RATE: none });
      expect([response.status, response.headers.get("Retry-After")]).toEqual([429, "10"]);
      expect(prepare).not.toHaveBeenCalled();
    },
  );

  it("of a user is not counted for those who are nobody, each of whom would use up the others'", async () => {
    const closed = { API_RATE: none, ROLLCALL_OPEN: "false", ROLLCALL_ADMIN_TOKEN: "secret" };
    const paths = ["/version", "/healthz", "/livez"];
    const codes = await Promise.all(paths.map(async (path) => (await send(path, {}, closed)).status));
    expect([codes, asked]).toEqual([[200, 200, 200], []]);
  });

  it("of DNS queries is told in HTTP's terms", async () => {
    const headers = { "CF-Connecting-IP": "20.0.0.1" };
    const response = await send("/dns-query?name=cluster.local", { headers }, { DNS_RATE: none });
    expect([response.status, response.headers.get("Retry-After")]).toEqual([429, "10"]);
    expect((await send("/dns-query?name=cluster.local", {}, { DNS_RATE: none })).status).toBe(200);
  });

  it("of DNS queries holds before a token in the path is looked at, and says the same whatever it is", async () => {
    const token = await resolverToken();
    const headers = { "CF-Connecting-IP": "20.0.0.1" };
    const ask = (shown: string, rate?: { DNS_RATE: RateLimiter }) =>
      send(`/dns-query/${shown}?name=cluster.local`, { headers }, { ...tokenKeys, DNS_ACCESS: "token", ...rate });
    const [head = "", claims = ""] = token.split(".");
    const guesses = [token, `${head}.${claims}.guess`, "guess"];
    const verifications = vi.spyOn(crypto.subtle, "verify");
    const refused = await Promise.all(guesses.map(async (shown) => seen(await ask(shown, { DNS_RATE: none }))));
    expect(new Set(refused.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(refused[0]?.[0]).toBe(429);
    expect(asked).toEqual(["20.0.0.1", "20.0.0.1", "20.0.0.1"]);
    expect(verifications).not.toHaveBeenCalled();
    expect(await Promise.all(guesses.map(async (shown) => (await ask(shown)).status))).toEqual([200, 404, 404]);
    expect(verifications).toHaveBeenCalled();
  });
});

describe("a list", () => {
  it.each(["/api/v1/pods", "/%61pi/v1/pods", "/api/v1/%70ods/", "/apis/discovery.k8s.io/v1/endpointslices"])(
    "is one of those that may be made at a time, however its path is written: %s",
    async (path) => {
      const entered = vi.spyOn(Gate.prototype, "enter");
      expect((await send(path)).status).toBe(200);
      expect(entered).toHaveBeenCalledTimes(1);
    },
  );
});

describe("a watch", () => {
  it("more than a user may have is refused, and may begin when another has ended", async () => {
    const review = { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" };
    const me = await send("/apis/authentication.k8s.io/v1/selfsubjectreviews", review);
    const { username } = (await me.json<{ status: { userInfo: { username: string } } }>()).status.userInfo;
    const feed = env.CHANGE_FEED.getByName("feed");
    const open = async (): Promise<WebSocket | number> => {
      const subscription = JSON.stringify({ resource: "pods", toldRevision: 0 });
      const query = new URLSearchParams({ subscription, watcher: username });
      const response = await feed.fetch(`https://feed/?${query.toString()}`, { headers: { Upgrade: "websocket" } });
      response.webSocket?.accept();
      return response.webSocket ?? response.status;
    };
    const sockets = await Promise.all(Array.from({ length: Number(env.WATCHES_PER_IDENTITY) }, open));
    expect(await open()).toBe(429);
    expect(await feed.hasRoom("somebody else")).toBe(true);
    const asJane = { "Impersonate-User": "jane", "Impersonate-Group": "system:masters" };
    for (const headers of [{}, asJane]) {
      const refused = await send("/api/v1/pods?watch=true", { headers });
      expect([refused.status, refused.headers.get("Retry-After")]).toEqual([429, "10"]);
    }
    for (const socket of sockets) if (typeof socket !== "number") socket.close(1000);
    await vi.waitFor(async () => expect(await feed.hasRoom(username)).toBe(true), { timeout: 10_000 });
  });
});

describe("a write", () => {
  it("is told in one line, without what was written", async () => {
    const lines: string[] = [];
    vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
    const audit = { AUDIT: "on" };
    const secret = {
      metadata: { generateName: "audited-", annotations: { note: "hush" } },
      spec: { ports: [{ port: 1 }] },
    };
    const made = await (await send(services, json(secret), audit)).json<{ metadata: { name: string } }>();
    await send(`${services}/nobody`, { method: "DELETE" }, audit);
    await send(`${services}?dryRun=All`, json(service("dry")), audit);
    await send(services, {}, audit);
    expect(lines.map((line) => (JSON.parse(line) as { audit: object }).audit)).toMatchObject([
      { verb: "create", resource: "services", namespace: "default", name: made.metadata.name, code: 201 },
      { verb: "delete", resource: "services", namespace: "default", name: "nobody", code: 404, reason: "NotFound" },
      { verb: "create", resource: "services", name: "dry", dryRun: true, code: 201 },
    ]);
    expect(lines.join()).not.toContain("hush");
    expect(lines.join()).not.toContain("\n");
  });

  it("is told of when who asked may not make it, or the registry fails under it", async () => {
    const lines: string[] = [];
    vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
    vi.spyOn(console, "error").mockImplementation(() => {});
    const asJane = { "Content-Type": "application/json", "Impersonate-User": "jane" };
    await send(services, { ...json(service("denied")), headers: asJane }, { AUDIT: "on" });
    const down = {
      prepare: () => {
        throw new Error("D1_ERROR: the network connection was lost");
      },
    };
    await send(`${services}/kubia`, { method: "DELETE" }, { AUDIT: "on", DB: down as unknown as D1Database });
    expect(lines.map((line) => (JSON.parse(line) as { audit: object }).audit)).toMatchObject([
      {
        user: "admin",
        impersonatedUser: "jane",
        verb: "create",
        resource: "services",
        namespace: "default",
        code: 403,
        reason: "Forbidden",
      },
      { user: "admin", verb: "delete", resource: "services", name: "kubia", code: 503 },
    ]);
    expect(lines[1]).not.toContain("impersonatedUser");
  });

  it("is told to nobody when that is switched off", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    await send(services, json(service("quiet")), { AUDIT: "off" });
    expect(log).not.toHaveBeenCalled();
  });
});

describe("every answer", () => {
  it.each(["/", "/readyz", "/api", "/api/v1/pods", "/nowhere", "/metrics"])(
    "of %s tells browsers to run nothing of it",
    async (path) => {
      const { headers } = await send(path);
      expect([headers.get("X-Content-Type-Options"), headers.get("Content-Security-Policy")]).toEqual([
        "nosniff",
        "default-src 'none'; frame-ancestors 'none'; sandbox",
      ]);
    },
  );

  it("of DNS is for the pages that may ask", async () => {
    const headers = { Origin: "https://app.test" };
    const shared = await send("/dns-query?name=cluster.local", { headers }, { DNS_CORS: "https://app.test" });
    expect(shared.headers.get("Access-Control-Allow-Origin")).toBe("https://app.test");
    const api = await send("/version", { headers: { Origin: "http://localhost" } }, { DNS_CORS: "*" });
    expect(api.headers.get("Access-Control-Allow-Origin")).toBeNull();
  });
});
