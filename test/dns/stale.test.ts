import { describe, expect, it } from "vitest";
import type { DnsServer } from "../../src/dns/dns-server.ts";
import { ask, verdict } from "./ask.ts";
import { endpoint, FakeCluster } from "./fake-cluster.ts";

const web = "web.default.svc.cluster.local";

async function setUp(staleSeconds: number): Promise<{ cluster: FakeCluster; server: DnsServer }> {
  const cluster = new FakeCluster()
    .service("default/kubia", { clusterIP: "10.96.0.10" })
    .headless("default/web", [endpoint("10.30.0.1"), endpoint("10.30.0.2")]);
  const server = cluster.server({ staleSeconds });
  await ask(server, web);
  for (const read of ["readCatalogueRevision", "readCatalogue", "readyList"] as const) cluster.broken.add(read);
  return { cluster, server };
}

async function seen(server: DnsServer): Promise<string> {
  const message = await ask(server, web);
  return `${verdict(message)} for ${message.answers.map((line) => line.split(" ")[1]).join(",")} s`;
}

describe("while the registry cannot be read", () => {
  it("nothing stale is given unless it is configured", async () => {
    const { cluster, server } = await setUp(0);
    cluster.now += 5000;
    expect(verdict(await ask(server, web))).toBe("SERVFAIL");
  });

  it("the last answer is given for so long beyond its TTL, and then no more", async () => {
    const { cluster, server } = await setUp(60);
    cluster.now += 5000;
    expect(await seen(server)).toMatch(/ for 5,5 s$/);
    cluster.now += 57_000;
    expect(await seen(server)).toMatch(/ for 3,3 s$/);
    cluster.now += 3000;
    expect(verdict(await ask(server, web))).toBe("SERVFAIL");
  });

  it("what was never asked for is not known", async () => {
    const { cluster, server } = await setUp(60);
    cluster.now += 5000;
    expect(verdict(await ask(server, "kubia.default.svc.cluster.local"))).toBe("SERVFAIL");
  });

  it("what is known to have changed is not given", async () => {
    const { cluster, server } = await setUp(60);
    server.forget(["default/web"]);
    cluster.now += 5000;
    expect(verdict(await ask(server, web))).toBe("SERVFAIL");
  });

  it("a new answer takes the place of the stale one as soon as it can be read again", async () => {
    const { cluster, server } = await setUp(60);
    cluster.now += 5000;
    await seen(server);
    cluster.broken.clear();
    cluster.ready("default/web", [endpoint("10.30.0.7")]);
    expect((await ask(server, web)).answers).toHaveLength(1);
  });
});
