import packet from "dns-packet";
import { describe, expect, it } from "vitest";
import { handleDoh } from "../../src/dns/doh.ts";
import { query } from "./ask.ts";
import { FakeCluster } from "./fake-cluster.ts";

const cluster = new FakeCluster().service("default/kubia", { clusterIP: "10.96.0.10" });
const server = cluster.server();
const message = query("kubia.default.svc.cluster.local", "A");
const encoded = Buffer.from(message).toString("base64url");

function send(path: string, init?: RequestInit): Promise<Response> {
  return handleDoh(new Request(`http://dns.test/dns-query${path}`, init), server);
}

function post(body: Uint8Array, headers: Record<string, string> = { "content-type": "application/dns-message" }) {
  return send("", { method: "POST", body, headers });
}

async function addresses(response: Response): Promise<unknown[]> {
  const { answers } = packet.decode(Buffer.from(await response.arrayBuffer()));
  return (answers ?? []).map((record) => ("data" in record ? record.data : undefined));
}

describe("a query in the URL", () => {
  it("is answered with the message and nothing but its type", async () => {
    const response = await send(`?dns=${encoded}`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/dns-message");
    expect(response.headers.get("cache-control")).toBe("max-age=5");
    expect(await addresses(response)).toEqual(["10.96.0.10"]);
  });
});

describe("a query in the body", () => {
  it("is answered in the same way", async () => {
    const response = await post(message);
    expect(response.status).toBe(200);
    expect(await addresses(response)).toEqual(["10.96.0.10"]);
  });
});
