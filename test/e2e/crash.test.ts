/**
 * Ends the server in the middle of writes and starts it again. Every write that was acknowledged must be there, and
 * everything derived from the pods must agree with them after one sweep.
 */
import { expect, it } from "vitest";
import { apiClient, type ApiClient } from "../../scripts/lab/api-client.ts";
import { eventually } from "../../scripts/lab/eventually.ts";
import { podManifest, serviceManifest } from "../../scripts/lab/manifests.ts";
import type { ServerProcess } from "../../scripts/lab/server-process.ts";
import { askDns } from "./ask-dns.ts";
import { runningServer } from "./running-server.ts";
import { tempFolder } from "./temp-folder.ts";

const pods = "/api/v1/namespaces/default/pods";
const port = 8080;

/** What the API has acknowledged, by the name of the pod. */
type Acknowledged = Map<string, { ip: string; state: "created" | "deleted" | "unsure" }>;

/** Writes until the server is gone: creates pods, and deletes every third. One request at a time. */
async function writePods(api: ApiClient, writer: number, acknowledged: Acknowledged): Promise<void> {
  for (let count = 0; ; count += 1) {
    const name = `pod-${writer}-${count}`;
    const ip = `10.${writer}.${Math.floor(count / 250)}.${(count % 250) + 1}`;
    acknowledged.set(name, { ip, state: "unsure" });
    if (!(await succeeds(api("POST", pods, podManifest(name, { ip, port })), 201))) return;
    acknowledged.set(name, { ip, state: "created" });
    if (count % 3 !== 2) continue;
    acknowledged.set(name, { ip, state: "unsure" });
    if (!(await succeeds(api("DELETE", `${pods}/${name}?gracePeriodSeconds=0`), 200))) return;
    acknowledged.set(name, { ip, state: "deleted" });
  }
}

async function succeeds(answer: ReturnType<ApiClient>, expected: number): Promise<boolean> {
  const { status, body } = await answer.catch(() => ({ status: 0, body: { message: "" } }));
  if (status === 0) return false;
  if (status !== expected) throw new Error(`${status}: ${body.message}`);
  return true;
}

function countCertain(acknowledged: Acknowledged): number {
  return [...acknowledged.values()].filter(({ state }) => state !== "unsure").length;
}

async function untilCertain(acknowledged: Acknowledged, count: number): Promise<void> {
  const look = async () => countCertain(acknowledged);
  const { found } = await eventually(look, (certain) => certain >= count, { deadlineMs: 60_000 });
  if (!found) throw new Error(`fewer than ${count} writes were acknowledged`);
}

/** The pods in the registry, name to address. */
async function readPods(api: ApiClient): Promise<Map<string, string>> {
  const { items = [] } = (await api("GET", pods)).body;
  return new Map(items.map(({ metadata, status }) => [metadata.name, status?.podIP ?? ""]));
}

/** The names of the pods whose last acknowledged write is not there. */
function lostWrites(registered: Map<string, string>, acknowledged: Acknowledged): string[] {
  const isLost = ([name, { ip, state }]: [string, { ip: string; state: string }]): boolean =>
    (state === "created" && registered.get(name) !== ip) || (state === "deleted" && registered.has(name));
  return [...acknowledged].filter(isLost).map(([name]) => name);
}

/** Everything that is derived from the pods, each as sorted addresses. */
async function readDerived(server: ServerProcess, api: ApiClient) {
  const { subsets = [] } = (await api("GET", "/api/v1/namespaces/default/endpoints/web")).body;
  const { items = [] } = (await api("GET", "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices")).body;
  const slices = items.flatMap(({ endpoints = [] }) => endpoints);
  return {
    dns: (await askDns(server.url, "web.default.svc.cluster.local")).addresses,
    endpoints: subsets.flatMap(({ addresses = [] }) => addresses.map(({ ip }) => ip)).sort(),
    slices: slices.flatMap(({ addresses, conditions }) => (conditions.ready === true ? addresses : [])).sort(),
  };
}

/** What is derived once it is as wanted; or the last that was seen. */
async function derivedAfterOneSweep(server: ServerProcess, wanted: Awaited<ReturnType<typeof readDerived>>) {
  const api = apiClient(server.url);
  server.sweep();
  const asWanted = (seen: unknown): boolean => JSON.stringify(seen) === JSON.stringify(wanted);
  return (await eventually(() => readDerived(server, api), asWanted, { deadlineMs: 60_000 })).value;
}

const endings: { what: string; kill: (server: ServerProcess) => Promise<void>; writesWithoutNode: number }[] = [
  { what: "Node and workerd", kill: (server) => server.killBoth(), writesWithoutNode: 0 },
  { what: "Node alone", kill: (server) => server.killNode(), writesWithoutNode: 10 },
  { what: "Node and workerd, again", kill: (server) => server.killBoth(), writesWithoutNode: 0 },
];

it("has kept every acknowledged write, when a server is killed in the middle of writes, one way after the other", async () => {
  const folder = tempFolder();
  const acknowledged: Acknowledged = new Map();
  // Without the cron, so that nothing but the one sweep can have brought the derived state about.
  let server = await runningServer(folder, { ROLLCALL_CRON: "off" });
  await apiClient(server.url)(
    "POST",
    "/api/v1/namespaces/default/services",
    serviceManifest("web", { targetPort: port, headless: true }),
  );
  for (const [round, { what, kill, writesWithoutNode }] of endings.entries()) {
    const api = apiClient(server.url);
    const writers = [1, 2, 3].map((writer) => writePods(api, round * 10 + writer, acknowledged));
    await untilCertain(acknowledged, countCertain(acknowledged) + 30);
    await kill(server);
    await untilCertain(acknowledged, countCertain(acknowledged) + writesWithoutNode);
    server = await runningServer(folder, { ROLLCALL_CRON: "off" });
    await Promise.all(writers);
    const registered = await readPods(apiClient(server.url));
    expect({ what, lost: lostWrites(registered, acknowledged) }).toEqual({ what, lost: [] });
    const addresses = [...registered.values()].sort();
    const converged = { dns: addresses, endpoints: addresses, slices: addresses };
    expect(await derivedAfterOneSweep(server, converged)).toEqual(converged);
  }
});
