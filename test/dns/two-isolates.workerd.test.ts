/** What other isolates know of a write, against the real registry and the real objects: nothing, for one TTL at most. */
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { DnsConfig } from "../../src/dns/deps.ts";
import { newDnsServer } from "../../src/wiring/isolate.ts";
import { serviceObject } from "../../src/wiring/objects.ts";
import { registryOf } from "../../src/wiring/waking.ts";
import { readyPod, service } from "../objects.ts";
import { ask, verdict } from "./ask.ts";
import { soundZones } from "./fake-cluster.ts";

const config: DnsConfig = {
  zones: soundZones("cluster.local"),
  ttlSeconds: 5,
  staleSeconds: 0,
  podRecords: "verified",
  nameServerAddresses: [],
  choices: true,
  upstreamUrl: undefined,
};
const registry = registryOf(env);
let nowMs = 1_800_000_000_000;

function newIsolate() {
  const server = newDnsServer(env, config, () => nowMs);
  const look = async (name: string): Promise<string> => {
    const seen = verdict(await ask(server, `${name}.default.svc.cluster.local`));
    return seen.split(", ").sort().join(", "); // the records turn
  };
  return { server, look };
}

it("a service that was just made resolves elsewhere within one TTL, after any denial", async () => {
  const [here, elsewhere] = [newIsolate(), newIsolate()];
  for (const { look } of [here, elsewhere]) expect(await look("new")).toBe("NXDOMAIN");
  nowMs += 1;
  await registry.create("services", service("new", { clusterIP: "10.96.0.99" }));
  here.server.forget(["default/new"]);
  expect([await here.look("new"), await elsewhere.look("new")]).toEqual(["A 10.96.0.99", "NXDOMAIN"]);
  nowMs += 4999;
  expect(await elsewhere.look("new")).toBe("A 10.96.0.99");
});

it("a pod that was deleted is handed out elsewhere for one TTL and no longer", async () => {
  const [here, elsewhere] = [newIsolate(), newIsolate()];
  await registry.create("services", service("web", { clusterIP: "None", selector: { app: "web" } }));
  for (const ip of ["10.30.0.1", "10.30.0.2"]) {
    await registry.create("pods", readyPod(`web-${ip}`, ip, { labels: { app: "web" } }));
  }
  const object = serviceObject(env, "default/web");
  await object.poke();
  for (const { look } of [here, elsewhere]) expect(await look("web")).toBe("A 10.30.0.1, A 10.30.0.2");
  nowMs += 1;
  const pod = await registry.get("pods", "default", "web-10.30.0.1");
  if (pod === undefined) throw new Error("the pod is gone");
  await registry.delete("pods", pod);
  await object.poke();
  here.server.forget(["default/web"]);
  expect(await here.look("web")).toBe("A 10.30.0.2");
  nowMs += 4998;
  expect(await elsewhere.look("web")).toBe("A 10.30.0.1, A 10.30.0.2");
  nowMs += 1;
  expect(await elsewhere.look("web")).toBe("A 10.30.0.2");
});
