/** What the DNS benchmark runs against: the started server with services in it, and an empty Worker as the limit. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { apiClient, type ApiClient } from "../scripts/lab/api-client.ts";
import { eventually } from "../scripts/lab/eventually.ts";
import { startServer } from "../scripts/lab/server-process.ts";
import { query } from "../test/dns/ask.ts";
import { startBareWorker, type Target } from "./bare-worker.ts";

export const zone = "default.svc.cluster.local";

/** The server, with a headless service for each entry: its name, and how many endpoints it has. */
export async function startRollcall(services: Readonly<Record<string, Endpoints>>): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), "rollcall-bench-"));
  // The sweep would come once a minute, in some of the runs and not in others.
  const server = await startServer(folder, { ROLLCALL_CRON: "off" });
  const stop = async (): Promise<void> => {
    await server.stop();
    rmSync(folder, { recursive: true });
  };
  try {
    const api = apiClient(server.url);
    for (const [name, endpoints] of Object.entries(services)) await makeService(api, server.url, name, endpoints);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: new URL(server.url), workerdPid: server.workerdPid(), stop };
}

interface Endpoints {
  count: number;
  /** The service's own TTL in seconds. */
  ttl?: string;
}

async function makeService(api: ApiClient, url: string, name: string, { count, ttl }: Endpoints): Promise<void> {
  const annotations = ttl === undefined ? {} : { "rollcall.dev/dns-ttl": ttl };
  await create(api, "/api/v1/namespaces/default/services", {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, annotations },
    spec: { clusterIP: "None", ports: [{ port: 80 }] },
  });
  await create(api, "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices", {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name, labels: { "kubernetes.io/service-name": name } },
    addressType: "IPv4",
    endpoints: Array.from({ length: count }, (_, index) => ({ addresses: [`10.30.${index >> 8}.${index & 255}`] })),
    ports: [{ port: 80 }],
  });
  const octets = query(`${name}.${zone}`, "A").length + count * 16;
  const look = async (): Promise<number> => (await answerOf(new URL(url), `${name}.${zone}`)).length;
  const seen = await eventually(look, (length) => length === octets, { deadlineMs: 15_000 });
  if (!seen.found) throw new Error(`the answer for ${name} has ${seen.value} octets and not ${octets}`);
}

async function create(api: ApiClient, path: string, manifest: unknown): Promise<void> {
  const { status, body } = await api("POST", path, manifest);
  if (status !== 201) throw new Error(`${path}: ${status} ${body.message}`);
}

export async function answerOf(url: URL, name: string): Promise<Uint8Array> {
  const encoded = Buffer.from(query(name, "A")).toString("base64url");
  return new Uint8Array(await (await fetch(new URL(`/dns-query?dns=${encoded}`, url))).arrayBuffer());
}

/** A Worker that does nothing but answer with `octets`, and the headers of a DNS answer. */
export async function startEmptyWorker(octets: Uint8Array): Promise<Target> {
  const script = `const octets = new Uint8Array(${JSON.stringify([...octets])});
    const headers = { "content-type": "application/dns-message", "cache-control": "max-age=5" };
    export default { fetch: () => new Response(octets, { headers }) };`;
  return startBareWorker(script);
}
