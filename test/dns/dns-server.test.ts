import { describe, expect, it, vi } from "vitest";
import { anyone } from "../../src/dns/deps.ts";
import type { DnsServer } from "../../src/dns/dns-server.ts";
import { ask, query, verdict } from "./ask.ts";
import { endpoint, FakeCluster } from "./fake-cluster.ts";

const catalogueReads = ["readCatalogueRevision", "readCatalogue"];

function name(service: string): string {
  return `${service}.default.svc.cluster.local`;
}

async function verdictOn(server: DnsServer, service: string, type = "A"): Promise<string> {
  return verdict(await ask(server, name(service), type));
}

function setUp() {
  const cluster = new FakeCluster()
    .service("default/kubia", { clusterIP: "10.96.0.10" })
    .headless("default/web", [endpoint("10.30.0.1"), endpoint("10.30.0.2"), endpoint("10.30.0.3")])
    .headless("default/slow", [endpoint("10.30.0.9")], "60");
  return { cluster, server: cluster.server() };
}

describe("names that do not exist", () => {
  it("cost no I/O: 100,000 of them read the catalogue once, and wake nobody", async () => {
    const { cluster, server } = setUp();
    for (let index = 0; index < 100_000; index++) {
      // Enough to reach each of the ways in which a name can be missing.
      const random = `x${index.toString(36)}`;
      const names = [
        name(random),
        `a.${name(random)}`,
        `www.example.${name(random)}`,
        `web.${random}.svc.cluster.local`,
        `_http._tcp.${name(random)}`,
        `10-0-0-1.${random}.pod.cluster.local`,
        `${random}.cluster.local`,
        `${random}.example.com`,
        `_${random}.${name("kubia")}`,
      ];
      await server.answer(query(names[index % names.length] ?? "", "A"));
    }
    expect(cluster.calls).toEqual(catalogueReads);
  });

  it("outside all zones read nothing at all, and are refused while nothing can be read", async () => {
    const { cluster, server } = setUp();
    cluster.broken.add("readCatalogueRevision");
    expect(verdict(await ask(server, "www.example.com"))).toBe("REFUSED");
    expect(cluster.calls).toEqual([]);
  });

  it("below a headless service ask its object once per TTL", async () => {
    const { cluster, server } = setUp();
    for (let index = 0; index < 1000; index++) await ask(server, `x${index}.${name("web")}`);
    expect(cluster.calls).toEqual([...catalogueReads, "readyList default/web"]);
  });

  it("do not push answers out of the cache", async () => {
    const { cluster, server } = setUp();
    await verdictOn(server, "web");
    for (let index = 0; index < 10_000; index++) await server.answer(query(`x${index}.${name("web")}`, "A"));
    // Other services' lists have pushed out that of web, so its answer is now all that is known of it.
    for (let index = 0; index < 200; index++) cluster.headless(`default/other-${index}`, []);
    server.forget([]);
    for (let index = 0; index < 200; index++) await verdictOn(server, `other-${index}`);
    cluster.ready("default/web", []);
    expect(await verdictOn(server, "web")).toBe("A 10.30.0.1, A 10.30.0.2, A 10.30.0.3");
  });

  it("nor do types that nobody asks for, of names that exist", async () => {
    const { cluster, server } = setUp();
    await verdictOn(server, "web");
    for (let type = 1000; type < 6000; type++) await server.answer(query(name("kubia"), type));
    for (let index = 0; index < 200; index++) cluster.headless(`default/other-${index}`, []);
    server.forget([]);
    for (let index = 0; index < 200; index++) await verdictOn(server, `other-${index}`);
    cluster.ready("default/web", []);
    expect(await verdictOn(server, "web")).toBe("A 10.30.0.1, A 10.30.0.2, A 10.30.0.3");
  });

  it("read the catalogue's revision once a second when nothing may be kept at all", async () => {
    const { cluster } = setUp();
    const server = cluster.server({ ttlSeconds: 0 });
    for (let index = 0; index < 1000; index++) await server.answer(query(name(`x${index}`), "A"));
    expect(cluster.calls).toEqual(catalogueReads);
  });
});

describe("an answer that is kept", () => {
  it("asks nobody again within its TTL, and its TTL runs down", async () => {
    const { cluster, server } = setUp();
    const seen: (number | undefined)[] = [];
    for (const ageMs of [0, 999, 1000, 4999]) {
      cluster.now = 1_700_000_000_000 + ageMs;
      const { answers, maxAgeSeconds } = await ask(server, name("web"));
      expect(answers.every((line) => line.includes(` ${maxAgeSeconds} A `))).toBe(true);
      seen.push(maxAgeSeconds);
    }
    expect(seen).toEqual([5, 5, 4, 1]);
    expect(cluster.calls).toEqual([...catalogueReads, "readyList default/web"]);
  });

  it("is made anew behind its TTL", async () => {
    const { cluster, server } = setUp();
    await verdictOn(server, "web");
    cluster.ready("default/web", [endpoint("10.30.0.4")]);
    cluster.now += 4999;
    expect(await verdictOn(server, "web")).toBe("A 10.30.0.1, A 10.30.0.2, A 10.30.0.3");
    cluster.now += 1;
    expect(await verdictOn(server, "web")).toBe("A 10.30.0.4");
  });

  it("is as old as the oldest thing that it is made of", async () => {
    const { cluster, server } = setUp();
    await verdictOn(server, "kubia");
    cluster.now += 3000;
    expect((await ask(server, name("web"))).maxAgeSeconds).toBe(2);
    expect((await ask(server, name("gone"))).maxAgeSeconds).toBe(2);
    expect((await ask(server, name("slow"))).maxAgeSeconds).toBe(57);
  });

  it("is kept by name and type, without case, and by the caller's rights", async () => {
    const { cluster, server } = setUp();
    const exposes = (namespace: string): boolean => namespace !== "default";
    const rights = { key: "nothing in default", exposes, areEverybodys: false };
    const asker = { ...anyone, rights };
    expect(await verdictOn(server, "web")).toContain("A 10.30.0.1");
    expect(verdict(await ask(server, name("web"), "A", asker))).toBe("NXDOMAIN");
    expect((await ask(server, "svc.cluster.local", "A", asker)).isPersonal).toBe(true);
    expect(await verdictOn(server, "web", "AAAA")).toBe("NODATA");
    expect(verdict(await ask(server, name("WEB").toUpperCase()))).toContain("A 10.30.0.1");
    expect(cluster.calls).toEqual([...catalogueReads, "readyList default/web"]);
  });

  it("turns, so that clients who take the first address spread", async () => {
    const { cluster, server } = setUp();
    const orders: string[] = [];
    for (const random of [0, 0.34, 0.67, 0.999]) {
      cluster.nextRandom = random;
      orders.push(await verdictOn(server, "web"));
    }
    expect(orders).toEqual([
      "A 10.30.0.1, A 10.30.0.2, A 10.30.0.3",
      "A 10.30.0.2, A 10.30.0.3, A 10.30.0.1",
      "A 10.30.0.3, A 10.30.0.1, A 10.30.0.2",
      "A 10.30.0.3, A 10.30.0.1, A 10.30.0.2",
    ]);
  });

  it("turns records of different lengths, and what stands before them stays", async () => {
    const cluster = new FakeCluster()
      .headless("default/web", [
        endpoint("10.30.0.1", ["http/TCP/80"], "a"),
        endpoint("10.30.0.2", ["http/TCP/80"], "longer"),
        endpoint("10.30.0.3", ["http/TCP/80"]),
      ])
      .service("default/alias", { type: "ExternalName", externalName: name("web") });
    const server = cluster.server();
    cluster.nextRandom = 0.5;
    const { answers, additional } = await ask(server, name("alias"), "SRV");
    expect(answers).toEqual([
      `${name("alias")} 5 CNAME ${name("web")}`,
      `${name("web")} 5 SRV 0 33 80 longer.${name("web")}`,
      `${name("web")} 5 SRV 0 33 80 10-30-0-3.${name("web")}`,
      `${name("web")} 5 SRV 0 33 80 a.${name("web")}`,
    ]);
    expect(additional).toHaveLength(3);
  });
});

describe("a name that was just created", () => {
  it("resolves at once where it was created, whatever was answered before", async () => {
    const { cluster, server } = setUp();
    expect(await verdictOn(server, "new")).toBe("NXDOMAIN");
    cluster.service("default/new", { clusterIP: "10.96.0.99" });
    server.forget(["default/new"]);
    expect(await verdictOn(server, "new")).toBe("A 10.96.0.99");
  });

  it("resolves everywhere else within one TTL, and no denial outlives that", async () => {
    const { cluster, server: here } = setUp();
    const server = cluster.server();
    await verdictOn(server, "kubia");
    cluster.now += 1;
    cluster.service("default/new", { clusterIP: "10.96.0.99" });
    here.forget(["default/new"]);
    const createdMs = cluster.now;
    for (const laterMs of [0, 1, 1999, 2000, 4500]) {
      cluster.now = createdMs + laterMs;
      expect(await verdictOn(here, "new")).toBe("A 10.96.0.99");
      const denied = await ask(server, name("new"));
      expect(denied.rcode).toBe("NXDOMAIN");
      const heldUntilMs = cluster.now + (denied.maxAgeSeconds ?? 0) * 1000;
      expect(heldUntilMs).toBeLessThanOrEqual(createdMs + 5000);
    }
    cluster.now = createdMs + 4999;
    expect(await verdictOn(server, "new")).toBe("A 10.96.0.99");
  });

  it("resolves so although its object had nothing ready, and was denied by that", async () => {
    const { cluster, server: here } = setUp();
    const elsewhere = cluster.server();
    cluster.headless("default/late", [], "30");
    for (const server of [here, elsewhere]) expect(await verdictOn(server, "late")).toBe("NXDOMAIN");
    cluster.now += 1;
    cluster.ready("default/late", [endpoint("10.30.0.8")]);
    here.forget(["default/late"]);
    expect(await verdictOn(here, "late")).toBe("A 10.30.0.8");
    const { rcode, maxAgeSeconds } = await ask(elsewhere, name("late"));
    expect([rcode, maxAgeSeconds]).toEqual(["NXDOMAIN", 29]);
    cluster.now += 29_999;
    expect(await verdictOn(elsewhere, "late")).toBe("A 10.30.0.8");
  });

  it("resolves although the question was under way when it was created", async () => {
    const { cluster, server } = setUp();
    const gate = Promise.withResolvers<undefined>();
    cluster.gate = gate.promise;
    const before = verdictOn(server, "new");
    await vi.waitFor(() => expect(cluster.calls).toHaveLength(1));
    cluster.service("default/new", { clusterIP: "10.96.0.99" });
    server.forget(["default/new"]);
    const after = verdictOn(server, "new");
    gate.resolve(undefined);
    expect(await after).toBe("A 10.96.0.99");
    await before;
    expect(await verdictOn(server, "new")).toBe("A 10.96.0.99");
  });
});

describe("an address that is no longer ready", () => {
  it("is gone at once where that was learnt, and elsewhere when its TTL is over, whoever asked last", async () => {
    const { cluster, server: here } = setUp();
    const elsewhere = cluster.server();
    const all = "A 10.30.0.1, A 10.30.0.2, A 10.30.0.3";
    for (const server of [here, elsewhere]) expect(await verdictOn(server, "web")).toBe(all);
    cluster.now += 1;
    cluster.ready("default/web", [endpoint("10.30.0.2")]);
    here.forget(["default/web"]);
    expect(await verdictOn(here, "web")).toBe("A 10.30.0.2");
    cluster.now += 4998;
    const { maxAgeSeconds } = await ask(elsewhere, name("web"));
    expect([await verdictOn(elsewhere, "web"), maxAgeSeconds]).toEqual([all, 1]);
    cluster.now += 1;
    expect(await verdictOn(elsewhere, "web")).toBe("A 10.30.0.2");
  });
});

describe("what this isolate forgets", () => {
  it("leaves answers about other services alone", async () => {
    const { cluster, server } = setUp();
    await verdictOn(server, "web");
    cluster.ready("default/web", []);
    server.forget(["default/kubia"]);
    expect(await verdictOn(server, "web")).toBe("A 10.30.0.1, A 10.30.0.2, A 10.30.0.3");
    server.forget(["default/web"]);
    expect(await verdictOn(server, "web")).toBe("NXDOMAIN");
  });

  it("includes who has which address", async () => {
    const { cluster, server } = setUp();
    const podName = "10-30-9-9.default.pod.cluster.local";
    const reverseName = "9.9.30.10.in-addr.arpa";
    expect(verdict(await ask(server, podName))).toBe("NXDOMAIN");
    expect(verdict(await ask(server, reverseName, "PTR"))).toBe("NXDOMAIN");
    cluster.pod("default", "10.30.9.9").ready("default/web", [endpoint("10.30.9.9")]);
    server.forget(["default/web"]);
    expect(verdict(await ask(server, podName))).toBe("A 10.30.9.9");
    expect(verdict(await ask(server, reverseName, "PTR"))).toBe(`PTR 10-30-9-9.${name("web")}`);
  });

  it("includes an alias of an address", async () => {
    const { cluster, server } = setUp();
    const externalName = "10-30-9-9.default.pod.cluster.local";
    cluster.service("default/alias", { type: "ExternalName", externalName }).pod("default", "10.30.9.9");
    expect(await verdictOn(server, "alias")).toBe(`CNAME ${externalName}, A 10.30.9.9`);
    cluster.withoutPod("default", "10.30.9.9");
    server.forget([]);
    expect(await verdictOn(server, "alias")).toBe(`CNAME ${externalName}, NXDOMAIN`);
  });

  it("includes an answer that is being made of what is no longer true", async () => {
    const { cluster, server } = setUp();
    await verdictOn(server, "kubia");
    const gate = Promise.withResolvers<undefined>();
    cluster.gate = gate.promise;
    const before = verdictOn(server, "web");
    await vi.waitFor(() => expect(cluster.calls).toContain("readyList default/web"));
    server.forget(["default/web"]);
    gate.resolve(undefined);
    await before;
    cluster.ready("default/web", [endpoint("10.30.0.4")]);
    expect(await verdictOn(server, "web")).toBe("A 10.30.0.4");
  });
});

describe("a service that was deleted and created again", () => {
  it("is looked up anew when its object knows the other one", async () => {
    const { cluster, server } = setUp();
    await verdictOn(server, "kubia");
    cluster.remove("default/web").headless("default/web", [endpoint("10.30.0.7")]);
    expect(await verdictOn(server, "web")).toBe("A 10.30.0.7");
  });

  it("is NXDOMAIN when it was only deleted", async () => {
    const { cluster, server } = setUp();
    await verdictOn(server, "kubia");
    cluster.remove("default/web");
    expect(await verdictOn(server, "web")).toBe("NXDOMAIN");
  });

  it("is SERVFAIL while its object stays behind, at the price of one look at the catalogue a second", async () => {
    const { cluster, server } = setUp();
    cluster.readyList = () => Promise.resolve({ serviceUid: "another", revision: 1, endpoints: [] });
    for (let times = 0; times < 10; times++) expect(await verdictOn(server, "web")).toBe("SERVFAIL");
    expect(cluster.calls).toEqual([...catalogueReads, "readCatalogueRevision"]);
  });
});

describe("what cannot be read", () => {
  it("is SERVFAIL, is reported, is not kept, and heals", async () => {
    const { cluster, server } = setUp();
    cluster.broken.add("readyList");
    expect(await verdictOn(server, "web")).toBe("SERVFAIL");
    expect(cluster.failures).toEqual(["ready list"]);
    cluster.broken.clear();
    expect(await verdictOn(server, "web")).toContain("A 10.30.0.1");
  });

  it.each([
    ["readyList", name("web"), "A"],
    ["readyList", "1.0.30.10.in-addr.arpa", "PTR"],
    ["servicesOfAddress", "1.0.30.10.in-addr.arpa", "PTR"],
    ["hasPodWithIp", "10-0-0-1.default.pod.cluster.local", "A"],
    ["readCatalogue", "default.svc.cluster.local", "A"],
    ["readCatalogueRevision", "10-0-0-1.default.pod.cluster.local", "A"],
  ] as const)("%s: %s %s", async (read, asked, type) => {
    const { cluster, server } = setUp();
    cluster.broken.add(read);
    expect(verdict(await ask(server, asked, type))).toBe("SERVFAIL");
  });
});

describe("many who ask at the same time", () => {
  it("share one question to the object", async () => {
    const { cluster, server } = setUp();
    const verdicts = await Promise.all(Array.from({ length: 50 }, () => verdictOn(server, "web")));
    expect(new Set(verdicts).size).toBe(1);
    expect(cluster.calls).toEqual([...catalogueReads, "readyList default/web"]);
  });
});

describe("the catalogue", () => {
  it("is read again only when its revision has moved, which is looked at once per TTL", async () => {
    const { cluster, server } = setUp();
    for (let second = 0; second <= 10; second++) {
      cluster.now = 1_700_000_000_000 + second * 1000;
      await verdictOn(server, "kubia");
    }
    // The shortest TTL of all is the 5 seconds of the zone.
    expect(cluster.calls).toEqual([...catalogueReads, "readCatalogueRevision", "readCatalogueRevision"]);
    cluster.namespace("other");
    cluster.now += 5000;
    await verdictOn(server, "kubia");
    expect(cluster.calls.slice(4)).toEqual(catalogueReads);
  });

  it("is looked at as often as the shortest TTL of a service demands", async () => {
    const { cluster, server } = setUp();
    cluster.service("default/quick", { clusterIP: "10.96.0.11" }, [], "2");
    await verdictOn(server, "quick");
    cluster.respec("default/quick", { clusterIP: "10.96.0.12" });
    cluster.now += 2000;
    expect(await verdictOn(server, "quick")).toBe("A 10.96.0.12");
  });
});
