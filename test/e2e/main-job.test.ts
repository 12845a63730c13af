/** The main job from the outside: real pods, a started server, and a DNS implementation that is not ours. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { apiClient, type ApiClient } from "../../scripts/lab/api-client.ts";
import { eventually } from "../../scripts/lab/eventually.ts";
import { httpProbe, podManifest, serviceManifest } from "../../scripts/lab/manifests.ts";
import { findFreePort, isOwnAddress, startPod, type PodProcess } from "../../scripts/lab/pod-process.ts";
import { startServer, type ServerProcess } from "../../scripts/lab/server-process.ts";
import { askDns } from "./ask-dns.ts";

const [first, second, third] = ["127.0.0.2", "127.0.0.3", "127.0.0.4"] as const;
// macOS has none of them unless told; see the demo.
const ownsAddresses = (await Promise.all([first, second, third].map(isOwnAddress))).every(Boolean);
const deadlineMs = 60_000;

/** A namespace with the headless service `web`, for pods that listen on one port. */
interface Place {
  api: ApiClient;
  namespace: string;
  port: number;
  startPod: (name: string, address: string, kind?: "http" | "tcp") => Promise<PodProcess>;
  register: (name: string, ip: string, readinessProbe?: Record<string, unknown>) => Promise<void>;
  /** The headless service's addresses, sorted, or the rcode. */
  answer: () => Promise<string>;
  /** The answer that was waited for; or the last one, if that does not come. */
  answerSoon: (wanted: string) => Promise<string>;
}

let folder: string;
let server: ServerProcess;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "rollcall-main-job-"));
  server = await startServer(join(folder, "data"));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

async function newPlace(namespace: string): Promise<Place> {
  const [api, port] = [apiClient(server.url), await findFreePort()];
  const post = async (path: string, manifest: unknown): Promise<void> => {
    const { status, body } = await api("POST", path, manifest);
    if (status !== 201) throw new Error(`${path}: ${status} ${body.message}`);
  };
  const within = `/api/v1/namespaces/${namespace}`;
  await post("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  await post(`${within}/services`, serviceManifest("web", { targetPort: port, headless: true }));
  const answer = async (): Promise<string> => {
    const { rcode, addresses } = await askDns(server.url, `web.${namespace}.svc.cluster.local`);
    return rcode === "NOERROR" ? addresses.join(" ") : rcode;
  };
  return {
    api,
    namespace,
    port,
    answer,
    answerSoon: async (wanted) => (await eventually(answer, (seen) => seen === wanted, { deadlineMs })).value,
    register: (name, ip, readinessProbe) =>
      post(`${within}/pods`, podManifest(name, { ip, port, ...(readinessProbe && { readinessProbe }) })),
    startPod: async (name, address, kind = "http") => {
      const pod = await startPod({ address, port, folder: join(folder, namespace, name), kind });
      onTestFinished(pod.kill);
      return pod;
    },
  };
}

describe.skipIf(!ownsAddresses)("a service of real pods", () => {
  it("is resolved to exactly the pods that are ready, as they come and go", async () => {
    const { startPod, register, answer, answerSoon, port } = await newPlace("come-and-go");
    const a = await startPod("a", first);
    const b = await startPod("b", second);
    await register("a", first, httpProbe(port));
    await register("b", second, httpProbe("http"));
    expect(await answer()).toBe("NXDOMAIN");

    a.becomeReady();
    expect(await answerSoon(first)).toBe(first);
    b.becomeReady();
    expect(await answerSoon(`${first} ${second}`)).toBe(`${first} ${second}`);

    a.becomeUnready();
    expect(await answerSoon(second)).toBe(second);
    a.becomeReady();
    expect(await answerSoon(`${first} ${second}`)).toBe(`${first} ${second}`);

    await b.kill();
    expect(await answerSoon(first)).toBe(first);
    await a.kill();
    expect(await answerSoon("NXDOMAIN")).toBe("NXDOMAIN");
  });

  it("has dropped a deleted pod when DELETE returns", async () => {
    const { register, answer, answerSoon, api, namespace } = await newPlace("deleted");
    await register("a", first);
    await register("b", second);
    expect(await answerSoon(`${first} ${second}`)).toBe(`${first} ${second}`);
    const { status } = await api("DELETE", `/api/v1/namespaces/${namespace}/pods/a`);
    expect(status).toBe(200);
    expect(await answer()).toBe(second);
  });

  it("takes in a pod that is probed by TCP once its port accepts, and one without a probe at once", async () => {
    const { startPod, register, answer, answerSoon, port } = await newPlace("tcp");
    await register("unprobed", first);
    expect(await answerSoon(first)).toBe(first);
    await register("tcp", third, { tcpSocket: { port }, periodSeconds: 1 });
    expect(await answer()).toBe(first);
    const pod = await startPod("tcp", third, "tcp");
    expect(await answerSoon(`${first} ${third}`)).toBe(`${first} ${third}`);
    await pod.kill();
    expect(await answerSoon(first)).toBe(first);
  });

  it("publishes the same in Endpoints and EndpointSlices", async () => {
    const { startPod, register, answerSoon, api, namespace, port } = await newPlace("published");
    const a = await startPod("a", first);
    await register("a", first, httpProbe(port));
    await register("b", second, httpProbe(port));
    a.becomeReady();
    expect(await answerSoon(first)).toBe(first);
    const published = async () => {
      const { subsets } = (await api("GET", `/api/v1/namespaces/${namespace}/endpoints/web`)).body;
      const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
      const { items } = (await api("GET", `${path}?labelSelector=kubernetes.io%2Fservice-name%3Dweb`)).body;
      const endpoints = items?.flatMap((slice) => slice.endpoints ?? []) ?? [];
      return {
        ready: subsets?.flatMap((subset) => subset.addresses ?? []).map(({ ip }) => ip),
        notReady: subsets?.flatMap((subset) => subset.notReadyAddresses ?? []).map(({ ip }) => ip),
        slices: endpoints.map(({ addresses, conditions }) => `${addresses.join()} ${conditions.ready}`).sort(),
      };
    };
    const expected = { ready: [first], notReady: [second], slices: [`${first} true`, `${second} false`] };
    const asExpected = (seen: unknown): boolean => JSON.stringify(seen) === JSON.stringify(expected);
    expect((await eventually(published, asExpected, { deadlineMs })).value).toEqual(expected);
  });
});
