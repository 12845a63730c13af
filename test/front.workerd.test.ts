/** Which part answers which path, through the Worker itself. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import packet from "dns-packet";
import { describe, expect, it } from "vitest";
import type { Variables } from "../src/config/variables.ts";
import { answer } from "../src/front.ts";
import { registryOf } from "../src/wiring/waking.ts";
import { query, rcodeOf } from "./dns/ask.ts";
import { service, slice } from "./objects.ts";

await registryOf(env).create("services", service("web", { clusterIP: "10.96.0.10" }));
const web = query("web.default.svc.cluster.local", "A");
const encoded = Buffer.from(web).toString("base64url");
const dnsMessage = "application/dns-message";

async function send(
  path: string,
  init: RequestInit = {},
  variables: Variables = { DNS_ACCESS: "public" },
): Promise<Response> {
  return answer(new Request(`https://rollcall.test${path}`, init), { ...env, ...variables }, createExecutionContext());
}

describe("DNS", () => {
  it.each<[string, string, RequestInit]>([
    ["GET", `/dns-query?dns=${encoded}`, {}],
    ["POST", "/dns-query", { method: "POST", body: web, headers: { "content-type": dnsMessage } }],
  ])("is answered to %s, without a token", async (_, path, init) => {
    const response = await send(path, init);
    expect([response.status, response.headers.get("content-type")]).toEqual([200, dnsMessage]);
    const { answers } = packet.decode(Buffer.from(await response.arrayBuffer()));
    expect(answers).toMatchObject([{ name: "web.default.svc.cluster.local", data: "10.96.0.10" }]);
  });

  it("is answered to HEAD and in JSON as well", async () => {
    const head = await send(`/dns-query?dns=${encoded}`, { method: "HEAD" });
    expect([head.status, head.headers.get("content-type"), await head.text()]).toEqual([200, dnsMessage, ""]);
    const json = await send("/dns-query?name=web.default.svc.cluster.local");
    expect(await json.json()).toMatchObject({ Status: 0, Answer: [{ data: "10.96.0.10" }] });
  });

  it("knows where the asker is, and tells caches that others are elsewhere", async () => {
    const slices = [
      { addresses: ["10.30.0.1"], zone: "AMS" },
      { addresses: ["10.30.0.2"], zone: "NRT" },
    ];
    await registryOf(env).create("endpointslices.discovery.k8s.io", slice("by-hand", "web", slices));
    for (const [colo, data] of [
      ["AMS", "10.30.0.1"],
      ["NRT", "10.30.0.2"],
    ]) {
      const near = await send("/dns-query?name=_near.web.default.svc.cluster.local", { cf: { colo } });
      expect(near.headers.get("cache-control")).toMatch(/^private, /);
      expect(await near.json()).toMatchObject({ Answer: [{ data }] });
    }
  });

  it("keeps replies apart, whose octets lie side by side", async () => {
    const ids = [1, 2, 3, 4, 5];
    const responses = await Promise.all(
      ids.map((id) => {
        const message = Uint8Array.from(web);
        message[1] = id;
        return send(`/dns-query?dns=${Buffer.from(message).toString("base64url")}`);
      }),
    );
    const replies = await Promise.all(responses.map(async (response) => new Uint8Array(await response.arrayBuffer())));
    expect(replies.map((reply) => [reply[1], rcodeOf(reply)])).toEqual(ids.map((id) => [id, "NOERROR"]));
  });

  it.each(["/dns-query/", "/DNS-QUERY", "/dns-queryx", "/x/dns-query", "/?/dns-query", "/dns", "/resolve"])(
    "Q8: has one path, which compares with case: %s is none",
    async (path) => {
      const response = await send(`${path}?dns=${encoded}`);
      expect(response.headers.get("content-type")).not.toBe(dnsMessage);
      expect(response.status).toBe(path === "/?/dns-query" ? 200 : 404);
    },
  );

  it("says what is wrong with the configuration, as everything does", async () => {
    for (const path of [`/dns-query?dns=${encoded}`, "/api", "/readyz"]) {
      const response = await send(path, {}, { DNS_TTL: "soon" });
      expect([response.status, await response.text()]).toEqual([503, expect.stringContaining("DNS_TTL")]);
    }
  });
});

describe("metrics", () => {
  it("are for those who may use the API", async () => {
    const [token, header] = ["secret", { Authorization: "Bearer secret" }];
    expect((await send("/metrics", {}, { ROLLCALL_OPEN: "false", TOKEN_KEYS: "" })).status).toBe(503);
    expect((await send("/metrics", {}, { ROLLCALL_ADMIN_TOKEN: token })).status).toBe(401);
    const shown = await send("/metrics", { headers: header }, { ROLLCALL_ADMIN_TOKEN: token });
    expect([shown.status, shown.headers.get("content-type")]).toEqual([
      200,
      "text/plain; version=0.0.4; charset=utf-8",
    ]);
    expect(await shown.text()).toContain("# TYPE rollcall_dns_programming_duration_seconds histogram\n");
  });
});
