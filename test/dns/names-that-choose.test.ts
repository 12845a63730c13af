/** Names that choose, asked of a server: which exist, what they answer, and who may keep it. */
import { describe, expect, it } from "vitest";
import { anyone } from "../../src/dns/deps.ts";
import { handleDoh } from "../../src/dns/doh.ts";
import { ask, query, verdict } from "./ask.ts";
import { endpointOf, FakeCluster } from "./fake-cluster.ts";

const web = [
  endpointOf("web-0", "10.30.0.1", { zone: "AMS", region: "weur" }),
  endpointOf("web-0", "2001:db8::1", { zone: "AMS", region: "weur" }),
  endpointOf("web-1", "10.30.0.2", { zone: "FRA", region: "weur" }),
  endpointOf("web-1", "2001:db8::2", { zone: "FRA", region: "weur" }),
  endpointOf("web-2", "10.30.0.3", { zone: "NRT", region: "apac" }),
  endpointOf("web-2", "2001:db8::3", { zone: "NRT", region: "apac" }),
];

function setUp() {
  const cluster = new FakeCluster()
    .headless("default/web", web)
    .headless("default/v4", [endpointOf("v4-0", "10.30.1.1")])
    .headless("default/empty", [])
    .service("default/kubia", { clusterIP: "10.96.0.10" }, [endpointOf("kubia-0", "10.30.2.1")])
    .service("default/idle", { clusterIP: "10.96.0.11" })
    .service("default/ext", { type: "ExternalName", externalName: "example.com" })
    .service("default/alias", { type: "ExternalName", externalName: inZone("_any1._pick.web") });
  return { cluster, server: cluster.server() };
}

function inZone(name: string): string {
  return `${name}.default.svc.cluster.local`;
}

const any = 255;
const https = 65;
const byPlace = ["_near.web", "ams._zone.web", "_any3._pick.web", "_key-x._pick.web"];

describe("which of them exist", () => {
  it.each([
    ["_pick.web", "A", "NODATA"],
    ["_zone.web", "A", "NODATA"],
    ["_zone.web", any, "NODATA"],
    ["_any3._pick.web", "SRV", "NODATA"],
    ["_any3._pick.web", https, "NODATA"],
    ["_near.web", "TXT", "NODATA"],
    ["_near.v4", "AAAA", "NODATA"],
    ["_key-x._pick.v4", any, "A 10.30.1.1"],
    ["_any9._pick.v4", "A", "A 10.30.1.1"],
    ["_any0._pick.web", "A", "NXDOMAIN"],
    ["_key-._pick.web", "TXT", "NXDOMAIN"],
    ["x._near.web", "A", "NXDOMAIN"],
    ["x._any3._pick.web", "A", "NXDOMAIN"],
    // A service with a cluster IP has endpoints as well, and they can be chosen from.
    ["_any3._pick.kubia", "A", "A 10.30.2.1"],
    ["_near.kubia", "A", "A 10.30.2.1"],
    ["_pick.kubia", "A", "NODATA"],
    // Nobody is ready: there is nothing below the service.
    ["_pick.idle", "A", "NXDOMAIN"],
    ["_any3._pick.idle", "A", "NXDOMAIN"],
    ["_near.empty", "A", "NXDOMAIN"],
    ["ams._zone.empty", "TXT", "NXDOMAIN"],
    ["_near.ext", "A", "NXDOMAIN"],
    ["_pick.ext", "A", "NXDOMAIN"],
    ["_near.gone", "A", "NXDOMAIN"],
    // They stand below services, and nowhere else.
    ["_near", "A", "NXDOMAIN"],
    ["_near.web-0.web", "A", "NXDOMAIN"],
  ])("%s %s: %s", async (name, type, expected) => {
    expect(verdict(await ask(setUp().server, inZone(name), type))).toBe(expected);
  });

  it.each(["_pick.web", ...byPlace])("none when they are switched off: %s", async (name) => {
    const { cluster } = setUp();
    expect(verdict(await ask(cluster.server({ choices: false }), inZone(name)))).toBe("NXDOMAIN");
  });

  it("none that can be read while the list cannot", async () => {
    const { cluster, server } = setUp();
    cluster.broken.add("readyList");
    expect(verdict(await ask(server, inZone("_near.web")))).toBe("SERVFAIL");
  });
});

describe("what they answer", () => {
  it("is as many as were asked for, drawn anew each time", async () => {
    const { cluster, server } = setUp();
    const draws: string[] = [];
    for (const random of [0, 0.5, 0.99]) {
      cluster.nextRandom = random;
      draws.push(verdict(await ask(server, inZone("_any1._pick.web"))));
    }
    expect(draws).toEqual(["A 10.30.0.1", "A 10.30.0.2", "A 10.30.0.3"]);
    expect(cluster.calls.filter((call) => call.startsWith("readyList"))).toHaveLength(1);
  });

  it("is one pod for a key in both families, whatever the letters", async () => {
    const { server } = setUp();
    const pods = new Set<string>();
    for (let index = 0; index < 30; index++) {
      const { answers } = await ask(server, inZone(`_key-${index}._pick.web`));
      const { answers: sixes } = await ask(server, inZone(`_KEY-${index}._Pick.web`).toUpperCase(), "AAAA");
      const [last, lastOfSix] = [answers[0]?.at(-1), sixes[0]?.at(-1)];
      expect([answers.length, sixes.length, lastOfSix]).toEqual([1, 1, last]);
      pods.add(last ?? "");
    }
    expect([...pods].sort()).toEqual(["1", "2", "3"]);
  });

  it("is a pod's key still when it comes back under another address", async () => {
    const { cluster, server } = setUp();
    const name = inZone("_key-x._pick.web");
    const [before = ""] = (await ask(server, name)).answers;
    const moved = web.map((endpoint) => ({ ...endpoint, ip: endpoint.ip.replace("10.30.0.", "10.30.9.") }));
    cluster.ready("default/web", moved);
    server.forget(["default/web"]);
    expect((await ask(server, name)).answers).toEqual([before.replace("10.30.0.", "10.30.9.")]);
  });

  it.each([
    ["nrt._zone.web", "A", "A 10.30.0.3"],
    ["NRT._zone.web", "AAAA", "AAAA 2001:db8::3"],
    ["lax._zone.web", "A", "A 10.30.0.1, A 10.30.0.2, A 10.30.0.3"],
  ])("is who is in the zone, else everybody: %s", async (name, type, expected) => {
    expect(verdict(await ask(setUp().server, inZone(name), type))).toBe(expected);
  });

  it.each([
    [["AMS", "NL", "weur"], "A 10.30.0.1"],
    [["CDG", "FR", "weur"], "A 10.30.0.1, A 10.30.0.2"],
    [["SYD", "AU", "oc", "apac"], "A 10.30.0.3"],
    [[], "A 10.30.0.1, A 10.30.0.2, A 10.30.0.3"],
  ])("is who is near somebody at %j", async (places, expected) => {
    const asker = { ...anyone, places: () => places };
    const { server } = setUp();
    // The answer for one asker is not the answer for the next.
    await ask(server, inZone("_near.web"), "A", { ...anyone, places: () => ["NRT"] });
    expect(verdict(await ask(server, inZone("_near.web"), "A", asker))).toBe(expected);
  });

  it("is found through an alias, and drawn anew behind it", async () => {
    const { cluster, server } = setUp();
    const target = inZone("_any1._pick.web");
    expect(verdict(await ask(server, inZone("alias")))).toBe(`CNAME ${target}, A 10.30.0.1`);
    cluster.nextRandom = 0.99;
    const second = await ask(server, inZone("alias"));
    expect(verdict(second)).toBe(`CNAME ${target}, A 10.30.0.3`);
    expect(second.isPersonal).toBe(true);
  });
});

describe("who may keep the answer", () => {
  it.each([
    ["_any2._pick.web", "private, max-age=5"],
    ["_near.web", "private, max-age=5"],
    // All of them are no draw, and neither is one by its key or its zone.
    ["_any3._pick.web", "max-age=5"],
    ["_key-x._pick.web", "max-age=5"],
    ["ams._zone.web", "max-age=5"],
    ["web", "max-age=5"],
    ["_pick.web", "max-age=5"],
  ])("of %s: %s", async (name, cacheControl) => {
    const { server } = setUp();
    const dns = Buffer.from(query(inZone(name), "A")).toString("base64url");
    for (const variables of [`dns=${dns}`, `name=${inZone(name)}`]) {
      const response = await handleDoh(new Request(`https://dns.test/dns-query?${variables}`), server);
      expect(response.headers.get("cache-control")).toBe(cacheControl);
    }
  });

  it("is not the isolate: thousands of keys are answered from one list, and push no other answer out", async () => {
    const { cluster } = setUp();
    const server = cluster.server({}, { entries: 2, octets: 10_000 });
    await ask(server, inZone("v4"));
    for (const type of ["A", "AAAA", "SRV", https]) {
      for (let index = 0; index < 1000; index++) await server.answer(query(inZone(`_key-${index}._pick.web`), type));
    }
    for (let index = 0; index < 1000; index++) await server.answer(query(inZone(`z${index}._zone.web`), "A"));
    expect(cluster.calls.filter((call) => call.startsWith("readyList"))).toEqual([
      "readyList default/v4",
      "readyList default/web",
    ]);
    cluster.ready("default/v4", []);
    for (let index = 0; index < 200; index++) cluster.headless(`default/other-${index}`, []);
    server.forget([]);
    for (let index = 0; index < 200; index++) await ask(server, inZone(`other-${index}`));
    expect(verdict(await ask(server, inZone("v4")))).toBe("A 10.30.1.1");
  });

  it("counts the time that the list was kept", async () => {
    const { cluster, server } = setUp();
    await ask(server, inZone("web"));
    cluster.now += 3000;
    const { answers, maxAgeSeconds } = await ask(server, inZone("_key-x._pick.web"));
    expect([answers[0]?.split(" ")[1], maxAgeSeconds]).toEqual(["2", 2]);
  });
});
