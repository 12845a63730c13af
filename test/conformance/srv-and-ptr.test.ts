/** dns.md sections 4, 5 and 6: ports, pointers and pod names. */
import { describe, expect, it } from "vitest";
import { ask, verdict, type Asked } from "../dns/ask.ts";
import { endpoint, FakeCluster } from "../dns/fake-cluster.ts";
import { inZone, sampleCluster, verdictOn } from "./cluster.ts";

const webSuffix = "web.default.svc.cluster.local";

function askSample(name: string, type: string): Promise<Asked> {
  return ask(sampleCluster().server(), inZone(name), type);
}

describe("K23: SRV by the name of the port and its protocol, without case", () => {
  it.each([
    ["_http._tcp.kubia.default.svc.Z", "SRV 0 100 80 kubia.default.svc.cluster.local"],
    ["_dns._udp.kubia.default.svc.Z", "SRV 0 100 53 kubia.default.svc.cluster.local"],
    ["_Http._TCP.kubia.default.svc.Z", "SRV 0 100 80 kubia.default.svc.cluster.local"],
    ["_http._udp.kubia.default.svc.Z", "NXDOMAIN"],
    ["_80._tcp.kubia.default.svc.Z", "NXDOMAIN"],
    ["_x._tcp.kubia.default.svc.Z", "NXDOMAIN"],
    ["_80._tcp.unnamed.default.svc.Z", "NXDOMAIN"],
    ["_tcp.unnamed.default.svc.Z", "NXDOMAIN"],
  ])("%s: %s", async (name, expected) => {
    expect(await verdictOn(name, "SRV")).toBe(expected);
  });
});

it("K23: nor have unnamed ports of endpoints one, and the names of ports written by hand fold", async () => {
  const cluster = new FakeCluster().headless("default/web", [endpoint("10.30.0.1", ["/TCP/80", "HTTP/TCP/81"], "a")]);
  const only = `SRV 0 100 81 a.${webSuffix}`;
  expect(verdict(await ask(cluster.server(), inZone("web.default.svc.Z"), "SRV"))).toBe(only);
  expect(verdict(await ask(cluster.server(), inZone("_http._tcp.web.default.svc.Z"), "SRV"))).toBe(only);
});

it("K24: a ClusterIP service has one, with its own name and port", async () => {
  expect(await verdictOn("_http._tcp.kubia.default.svc.Z", "SRV")).toBe("SRV 0 100 80 kubia.default.svc.cluster.local");
});

it("K25: a headless service has one per ready endpoint, with the endpoint's name and port", async () => {
  expect(await verdictOn("_http._tcp.web.default.svc.Z", "SRV")).toBe(
    [
      `SRV 0 33 8080 web-0.${webSuffix}`,
      `SRV 0 33 8080 10-30-1-11.${webSuffix}`,
      `SRV 0 33 8080 2001-db8--1-11.${webSuffix}`,
    ].join(", "),
  );
});

it("K26: endpoints times named ports", async () => {
  const { answers } = await askSample("web.default.svc.Z", "SRV");
  expect(answers).toHaveLength(3 * 2);
});

describe("K27: weights share 100 among all pairs of address and port, and are at least 1", () => {
  it.each([
    [1, 100],
    [3, 33],
    [80, 1],
    [250, 1],
  ])("%i endpoints have weight %i", async (count, weight) => {
    const endpoints = Array.from({ length: count }, (_, index) => endpoint(`10.30.3.${index}`, ["http/TCP/80"]));
    const server = new FakeCluster().headless("default/web", endpoints).server();
    const { answers } = await ask(server, inZone("_http._tcp.web.default.svc.Z"), "SRV");
    expect(answers).toHaveLength(count);
    expect(answers.every((line) => line.includes(` SRV 0 ${weight} 80 `))).toBe(true);
  });

  it("a dual-stack ClusterIP service has one record with weight 50", async () => {
    expect(await verdictOn("_http._tcp.dual.default.svc.Z", "SRV")).toBe("SRV 0 50 80 dual.default.svc.cluster.local");
  });
});

it("K28: the same target and port come once", async () => {
  const cluster = new FakeCluster()
    .headless("default/web", [
      endpoint("10.30.0.1", ["http/TCP/80"], "db"),
      endpoint("10.30.0.2", ["http/TCP/80"], "db"),
    ])
    .service("default/dns", {
      clusterIP: "10.96.0.1",
      ports: [
        { name: "dns", port: 53, protocol: "UDP" },
        { name: "dns-tcp", port: 53 },
      ],
    });
  const shared = await ask(cluster.server(), inZone("_http._tcp.web.default.svc.Z"), "SRV");
  expect(verdict(shared)).toBe(`SRV 0 50 80 db.${webSuffix}`);
  expect(shared.additional).toEqual([`db.${webSuffix} 5 A 10.30.0.1`, `db.${webSuffix} 5 A 10.30.0.2`]);
  const both = await ask(cluster.server(), inZone("dns.default.svc.Z"), "SRV");
  expect(verdict(both)).toBe("SRV 0 50 53 dns.default.svc.cluster.local");
});

describe("K29: the additional section holds the targets' addresses, or leaves them out", () => {
  it("all of them", async () => {
    expect((await askSample("_http._tcp.web.default.svc.Z", "SRV")).additional).toEqual([
      `web-0.${webSuffix} 5 A 10.30.1.10`,
      `10-30-1-11.${webSuffix} 5 A 10.30.1.11`,
      `2001-db8--1-11.${webSuffix} 5 AAAA 2001:db8::1:11`,
    ]);
    expect((await askSample("_http._tcp.dual.default.svc.Z", "SRV")).additional).toEqual([
      "dual.default.svc.cluster.local 5 A 10.96.0.11",
      "dual.default.svc.cluster.local 5 AAAA 2001:db8::11",
    ]);
  });

  it("an RRset that no longer fits is left out as a whole", async () => {
    // 700 targets of two addresses each: more than 65,535 octets with the last additional records.
    const endpoints = Array.from({ length: 1400 }, (_, index) =>
      endpoint(`10.30.${index >> 8}.${index & 255}`, ["http/TCP/80"], `host-${index >> 1}`),
    );
    const server = new FakeCluster().headless("default/web", endpoints).server();
    const asked = await ask(server, inZone("_http._tcp.web.default.svc.Z"), "SRV");
    expect(asked.answers).toHaveLength(700);
    expect(asked.additional.length).toBeGreaterThan(0);
    expect(asked.additional.length).toBeLessThan(1400);
    const perTarget = Map.groupBy(asked.additional, (line) => line.split(" ")[0]);
    expect([...perTarget.values()].every((addresses) => addresses.length === 2)).toBe(true);
  });
});

it("K30: SRV at the bare name lists all named ports, and at an endpoint's name that endpoint's", async () => {
  const suffix = "kubia.default.svc.cluster.local";
  expect(await verdictOn("kubia.default.svc.Z", "SRV")).toBe(`SRV 0 50 80 ${suffix}, SRV 0 50 53 ${suffix}`);
  expect(await verdictOn("web-0.web.default.svc.Z", "SRV")).toBe(
    `SRV 0 50 8080 web-0.${webSuffix}, SRV 0 50 9090 web-0.${webSuffix}`,
  );
});

it("K31: targets come in the stored letters, owners in those of the question", async () => {
  const asked = await ask(sampleCluster().server(), "_HTTP._Tcp.KUBIA.default.svc.Cluster.Local", "SRV");
  expect(asked.answers).toEqual([
    "_HTTP._Tcp.KUBIA.default.svc.Cluster.Local 5 SRV 0 100 80 kubia.default.svc.cluster.local",
  ]);
});

describe("K32: a cluster IP points to its service", () => {
  const nibbles = "1.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa";
  it.each([
    ["10.0.96.10.in-addr.arpa", "PTR kubia.default.svc.cluster.local"],
    ["10.0.96.10.IN-ADDR.Arpa", "PTR kubia.default.svc.cluster.local"],
    [nibbles, "PTR dual.default.svc.cluster.local"],
    [nibbles.toUpperCase(), "PTR dual.default.svc.cluster.local"],
    ["99.0.96.10.in-addr.arpa", "NXDOMAIN"],
  ])("%s", async (name, expected) => {
    expect(await verdictOn(name, "PTR")).toBe(expected);
  });
});

it("K33: a ready endpoint of a headless service points to its endpoint name, an unready one nowhere", async () => {
  expect(await verdictOn("10.1.30.10.in-addr.arpa", "PTR")).toBe(`PTR web-0.${webSuffix}`);
  expect(await verdictOn("11.1.30.10.in-addr.arpa", "PTR")).toBe(`PTR 10-30-1-11.${webSuffix}`);
  expect(await verdictOn("12.1.30.10.in-addr.arpa", "PTR")).toBe("NXDOMAIN");
});

it("K34: an address behind several services has a pointer to each, ClusterIP services included", async () => {
  const cluster = new FakeCluster()
    .headless("default/one", [endpoint("10.30.0.1")])
    .headless("kube-system/two", [endpoint("10.30.0.1", [], "host")])
    .service("default/three", { clusterIP: "10.96.0.1" }, [endpoint("10.30.0.1")]);
  expect(verdict(await ask(cluster.server(), "1.0.30.10.in-addr.arpa", "PTR"))).toBe(
    [
      "PTR 10-30-0-1.one.default.svc.cluster.local",
      "PTR host.two.kube-system.svc.cluster.local",
      "PTR 10-30-0-1.three.default.svc.cluster.local",
    ].join(", "),
  );
});

it("K35: a cluster IP ends the search", async () => {
  const cluster = new FakeCluster()
    .service("default/s", { clusterIP: "10.96.0.1" })
    .headless("default/web", [endpoint("10.96.0.1")]);
  expect(verdict(await ask(cluster.server(), "1.0.96.10.in-addr.arpa", "PTR"))).toBe("PTR s.default.svc.cluster.local");
});

describe("K36: in a reverse zone, malformed names do not exist and parents do", () => {
  it.each([
    ["1.10.0.96.10.in-addr.arpa", "NXDOMAIN"],
    ["300.0.96.10.in-addr.arpa", "NXDOMAIN"],
    // 266 is 10 in an octet.
    ["266.0.96.10.in-addr.arpa", "NXDOMAIN"],
    ["010.0.96.10.in-addr.arpa", "NXDOMAIN"],
    ["x.96.10.in-addr.arpa", "NXDOMAIN"],
    ["10.8.b.d.0.1.0.0.2.ip6.arpa", "NXDOMAIN"],
    ["0.96.10.in-addr.arpa", "NODATA"],
    ["96.10.in-addr.arpa", "NODATA"],
    ["10.in-addr.arpa", "NODATA"],
    ["0.0.8.b.d.0.1.0.0.2.ip6.arpa", "NODATA"],
  ])("%s: %s", async (name, expected) => {
    expect(await verdictOn(name, "PTR")).toBe(expected);
  });
});

it.each(["1.2.0.192.in-addr.arpa", "1.in-addr.arpa", "in-addr.arpa", "f.f.ip6.arpa"])(
  "K37: a reverse name in no zone of ours is refused: %s",
  async (name) => {
    expect(await verdictOn(name, "PTR")).toBe("REFUSED");
  },
);

describe("K38: a pod's label is read as IPv4 with three dashes and no double one, else as IPv6", () => {
  it.each([
    ["10-30-1-10", "A", "A 10.30.1.10"],
    ["2001-db8--1", "AAAA", "AAAA 2001:db8::1"],
    ["1-2--3", "AAAA", "AAAA 1:2::3"],
    ["256-1-1-1", "A", "NXDOMAIN"],
    ["10-30-1", "A", "NXDOMAIN"],
    ["010-30-1-10", "A", "NXDOMAIN"],
    ["pod-name", "A", "NXDOMAIN"],
  ])("%s", async (label, type, expected) => {
    const server = sampleCluster().server({ podRecords: "insecure" });
    expect(verdict(await ask(server, inZone(`${label}.default.pod.Z`), type))).toBe(expected);
  });
});

it("K39: any type but that of the address has no data", async () => {
  expect(await verdictOn("10-30-1-10.default.pod.Z", "A")).toBe("A 10.30.1.10");
  expect(await verdictOn("10-30-1-10.default.pod.Z", "AAAA")).toBe("NODATA");
  expect(await verdictOn("10-30-1-10.default.pod.Z", "SRV")).toBe("NODATA");
});

describe("K40: what each mode of pod names answers", () => {
  it.each([
    ["disabled", "pod.Z", "NODATA"],
    ["disabled", "default.pod.Z", "NXDOMAIN"],
    ["disabled", "10-30-1-10.default.pod.Z", "NXDOMAIN"],
    ["insecure", "default.pod.Z", "NODATA"],
    ["insecure", "203-0-113-1.default.pod.Z", "A 203.0.113.1"],
    ["insecure", "203-0-113-1.other.pod.Z", "NXDOMAIN"],
    ["verified", "default.pod.Z", "NODATA"],
    ["verified", "10-30-1-10.default.pod.Z", "A 10.30.1.10"],
    ["verified", "10-30-1-10.kube-system.pod.Z", "NXDOMAIN"],
    ["verified", "203-0-113-1.default.pod.Z", "NXDOMAIN"],
    ["verified", "10-30-1-10.other.pod.Z", "NXDOMAIN"],
  ] as const)("%s: %s is %s", async (podRecords, name, expected) => {
    expect(verdict(await ask(sampleCluster().server({ podRecords }), inZone(name)))).toBe(expected);
  });

  it("a pod's address has one spelling where pods are verified", async () => {
    expect(await verdictOn("2001-db8--1-10.default.pod.Z", "AAAA")).toBe("AAAA 2001:db8::1:10");
    expect(await verdictOn("2001-db8-0-0-0-0-1-10.default.pod.Z", "AAAA")).toBe("NXDOMAIN");
  });
});
