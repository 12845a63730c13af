/** dns.md section 9: SOA, NS, TTL, and how long a denial may be kept. */
import { describe, expect, it } from "vitest";
import { parseIp } from "../../src/domain/ip.ts";
import { ask, verdict } from "../dns/ask.ts";
import { endpoint, FakeCluster } from "../dns/fake-cluster.ts";
import { inZone, sampleCluster, verdictOn } from "./cluster.ts";

describe("K54: the SOA", () => {
  it("is the answer at the apex, with CoreDNS's names and timers, and the TTL as its minimum", async () => {
    const { answers } = await ask(sampleCluster().server({ ttlSeconds: 7 }), "cluster.local", "SOA");
    expect(answers).toEqual([
      expect.stringMatching(
        /^cluster\.local 7 SOA ns\.dns\.cluster\.local hostmaster\.cluster\.local \d+ 7200 1800 86400 7$/,
      ),
    ]);
  });

  it("is in the authority section elsewhere", async () => {
    expect(await verdictOn("kubia.default.svc.Z", "SOA")).toBe("NODATA");
  });

  it("has a serial that moves with the data", async () => {
    const cluster = sampleCluster();
    const server = cluster.server();
    const serial = async () => Number((await ask(server, "cluster.local", "SOA")).answers[0]?.split(" ")[5]);
    const before = await serial();
    cluster.service("default/new", { clusterIP: "10.96.0.99" });
    server.forget([]);
    expect(await serial()).toBeGreaterThan(before);
  });

  it("of a reverse zone names the same server", async () => {
    const { answers } = await ask(sampleCluster().server(), "10.in-addr.arpa", "SOA");
    expect(answers[0]).toContain("10.in-addr.arpa 5 SOA ns.dns.cluster.local hostmaster.cluster.local ");
  });
});

describe("K55: the TTL is 5 seconds, or what is configured, or what the service says", () => {
  const cluster = new FakeCluster()
    .service("default/plain", { clusterIP: "10.96.0.1" })
    .service("default/slow", { clusterIP: "10.96.0.2", ports: [{ name: "http", port: 80 }] }, [], "300")
    .headless("default/pods", [endpoint("10.30.0.1")], "14")
    .service("default/alias", { type: "ExternalName", externalName: "slow.default.svc.cluster.local" }, [], "30");

  it.each([
    ["plain.default.svc.Z", "A", [5]],
    ["slow.default.svc.Z", "A", [300]],
    ["_http._tcp.slow.default.svc.Z", "SRV", [300]],
    ["2.0.96.10.in-addr.arpa", "PTR", [300]],
    ["pods.default.svc.Z", "A", [14]],
    ["10-30-0-1.pods.default.svc.Z", "A", [14]],
    ["1.0.30.10.in-addr.arpa", "PTR", [14]],
    ["alias.default.svc.Z", "A", [30, 300]],
    ["Z", "NS", [5]],
  ])("%s %s", async (name, type, ttls) => {
    const { answers } = await ask(cluster.server(), inZone(name), type);
    expect(answers.map((line) => Number(line.split(" ")[1]))).toEqual(ttls);
  });

  it.each(["-1", "3601", "5s", "", "1e3", "99999999999"])(
    "a TTL that is none counts as not written: %j",
    async (ttl) => {
      const server = new FakeCluster().service("default/s", { clusterIP: "10.96.0.1" }, [], ttl).server();
      expect((await ask(server, inZone("s.default.svc.Z"))).answers).toEqual([
        "s.default.svc.cluster.local 5 A 10.96.0.1",
      ]);
    },
  );
});

describe("K56: a denial lives as long as the SOA's TTL, which is its minimum too", () => {
  const cluster = new FakeCluster()
    .service("default/slow", { clusterIP: "10.96.0.2", ports: [{ name: "http", port: 80 }] }, [], "3600")
    .headless("default/empty", [], "30");

  it.each([
    ["gone.default.svc.Z", 5],
    ["slow.default.svc.Z", 3600],
    ["x.slow.default.svc.Z", 3600],
    ["_tcp.slow.default.svc.Z", 3600],
    ["empty.default.svc.Z", 30],
    ["x.empty.default.svc.Z", 30],
    ["dns-version.Z", 5],
  ])("%s: %i", async (name, seconds) => {
    const { authority, maxAgeSeconds } = await ask(cluster.server(), inZone(name), "AAAA");
    expect(authority).toEqual([expect.stringMatching(new RegExp(` ${seconds} SOA .* ${seconds}$`))]);
    expect(maxAgeSeconds).toBe(seconds);
  });
});

it("K57: the records of an RRset share a TTL, and it never leaves its bounds", async () => {
  const cluster = sampleCluster();
  const server = cluster.server({ ttlSeconds: 3600 });
  const ttls = async () => (await ask(server, inZone("web.default.svc.Z"))).answers.map((line) => line.split(" ")[1]);
  expect(await ttls()).toEqual(["3600", "3600"]);
  cluster.now += 3599_999;
  expect(await ttls()).toEqual(["1", "1"]);
});

it("K57: pointers to several services share the shortest TTL of theirs", async () => {
  const cluster = new FakeCluster()
    .headless("default/one", [endpoint("10.30.0.1")], "14")
    .headless("default/two", [endpoint("10.30.0.1"), endpoint("10.30.0.2")], "9");
  const ttls = async (name: string) =>
    (await ask(cluster.server(), name, "PTR")).answers.map((line) => line.split(" ")[1]);
  expect(await ttls("1.0.30.10.in-addr.arpa")).toEqual(["9", "9"]);
  expect(await ttls("2.0.30.10.in-addr.arpa")).toEqual(["9"]);
});

describe("K58: NS at the apex", () => {
  it("names ns.dns, with its addresses where they are configured", async () => {
    const nameServerAddresses = ["192.0.2.53", "2001:db8::53"]
      .map((text) => parseIp(text))
      .filter((ip) => ip !== undefined);
    const server = sampleCluster().server({ nameServerAddresses });
    expect(await ask(server, "cluster.local", "NS")).toMatchObject({
      answers: ["cluster.local 5 NS ns.dns.cluster.local"],
      additional: ["ns.dns.cluster.local 5 A 192.0.2.53", "ns.dns.cluster.local 5 AAAA 2001:db8::53"],
    });
    expect(verdict(await ask(server, inZone("ns.dns.Z"), "AAAA"))).toBe("AAAA 2001:db8::53");
  });

  it("and without, since a Worker has no address of its own", async () => {
    expect(await ask(sampleCluster().server(), "cluster.local", "NS")).toMatchObject({ additional: [] });
    expect(await verdictOn("ns.dns.Z")).toBe("NODATA");
  });

  it("is nowhere else", async () => {
    expect(await verdictOn("default.svc.Z", "NS")).toBe("NODATA");
    expect(await verdictOn("gone.default.svc.Z", "NS")).toBe("NXDOMAIN");
  });
});

it("K59: a TTL of zero is answered, and nothing of it is kept", async () => {
  const cluster = sampleCluster();
  const server = cluster.server({ ttlSeconds: 0 });
  expect((await ask(server, inZone("v6.default.svc.Z"), "AAAA")).maxAgeSeconds).toBe(0);
  cluster.ready("default/v6", [endpoint("2001:db8::99")]);
  expect(verdict(await ask(server, inZone("v6.default.svc.Z"), "AAAA"))).toBe("AAAA 2001:db8::99");
});
