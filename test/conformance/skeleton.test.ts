/** dns.md section 1 and 8: which names there are, and how the others are denied. */
import { describe, expect, it } from "vitest";
import { anyone, everything } from "../../src/dns/deps.ts";
import { ask, verdict } from "../dns/ask.ts";
import { inZone, sampleCluster, verdictOn } from "./cluster.ts";

const cname = 5;
const https = 65;
const any = 255;

describe("K1: the schema version is the only TXT record, with a TTL of its own", () => {
  it.each([5, 3600])("whatever the ordinary TTL of %i", async (ttlSeconds) => {
    const asked = await ask(sampleCluster().server({ ttlSeconds }), inZone("dns-version.Z"), "TXT");
    expect(asked.answers).toEqual(['dns-version.cluster.local 28800 TXT "1.1.0"']);
  });

  it.each(["Z", "svc.Z", "default.svc.Z", "kubia.default.svc.Z", "pod.Z", "ns.dns.Z"])(
    "so %s has none",
    async (name) => {
      expect(await verdictOn(name, "TXT")).toBe("NODATA");
    },
  );
});

it.each([
  "foo.Z",
  "hostmaster.Z",
  "x.dns-version.Z",
  "a.b.c.kubia.default.svc.Z",
  "kubia.default.Z",
  "x.ns.dns.Z",
  "x.dns.Z",
])("K2: what is not in the table does not exist: %s", async (name) => {
  expect(await verdictOn(name)).toBe("NXDOMAIN");
});

describe("K3: names compare without case, and objects may be called like the zone's own labels", () => {
  it.each([
    ["KUBIA.Default.SVC.Cluster.LOCAL", "A", "A 10.96.0.10"],
    ["_HTTP._TCP.kubia.default.svc.Z", "SRV", "SRV 0 50 80 kubia.default.svc.cluster.local"],
    ["WEB-0.web.default.svc.Z", "A", "A 10.30.1.10"],
    ["2001-DB8--1-11.web.default.svc.Z", "AAAA", "AAAA 2001:db8::1:11"],
    ["svc.edge.svc.Z", "A", "A 10.96.0.20"],
    ["svc.svc.Z", "A", "NXDOMAIN"],
  ])("%s %s: %s", async (name, type, expected) => {
    const ports = "SRV 0 50 80";
    expect((await verdictOn(name, type)).replace(/SRV 0 \d+ 80/, ports)).toBe(expected);
  });
});

it.each([
  ["edge.svc.Z", "A"],
  ["svc.edge.svc.Z", "A"],
  ["edge.pod.Z", "A"],
  ["20.0.96.10.in-addr.arpa", "PTR"],
])("K4: a namespace that is not exposed is as if it did not exist: %s", async (name, type) => {
  const rights = { ...everything, key: "not edge", exposes: (namespace: string) => namespace !== "edge" };
  const asker = { ...anyone, rights };
  const server = sampleCluster().server();
  expect(verdict(await ask(server, inZone(name), type, asker))).toBe("NXDOMAIN");
  expect(verdict(await ask(server, inZone(name), type))).not.toBe("NXDOMAIN");
});

describe("K48: a denial is authoritative and carries exactly one SOA, that of the zone", () => {
  it.each([
    ["gone.default.svc.Z", "NXDOMAIN"],
    ["svc.Z", "NOERROR"],
    ["kubia.default.svc.Z", "NOERROR"],
  ])("%s", async (name, rcode) => {
    const asked = await ask(sampleCluster().server(), inZone(name), "AAAA");
    expect(asked).toMatchObject({ rcode, authoritative: true, answers: [], additional: [] });
    expect(asked.authority).toEqual([expect.stringMatching(/^cluster\.local 5 SOA /)]);
  });

  it.each(["svc.Z", "pod.Z", "dns.Z", "bare.svc.Z", "bare.pod.Z", "_tcp.kubia.default.svc.Z"])(
    "an empty non-terminal is there: %s",
    async (name) => {
      expect(await verdictOn(name)).toBe("NODATA");
    },
  );
});

describe("K49: the type never decides whether a name exists", () => {
  const missing = [
    "gone.default.svc.Z",
    "empty.default.svc.Z",
    "x.web.default.svc.Z",
    "_x._tcp.kubia.default.svc.Z",
    "foo.Z",
  ];
  const empty = ["svc.Z", "default.svc.Z", "_tcp.kubia.default.svc.Z", "pod.Z", "default.pod.Z", "dns.Z"];
  const types = ["A", "AAAA", "TXT", "SRV", "SOA", "NS", "PTR", cname, https, any];

  it.each(missing)("missing for all: %s", async (name) => {
    const verdicts = await Promise.all(types.map((type) => verdictOn(name, type)));
    expect(new Set(verdicts)).toEqual(new Set(["NXDOMAIN"]));
  });

  it.each(empty)("empty for all: %s", async (name) => {
    const verdicts = await Promise.all(types.map((type) => verdictOn(name, type)));
    expect(new Set(verdicts)).toEqual(new Set(["NODATA"]));
  });
});

it.each([
  // 1. no label left
  ["Z", "NS", "NS ns.dns.cluster.local"],
  ["Z", "A", "NODATA"],
  // 2. dns-version
  ["dns-version.Z", "TXT", 'TXT "1.1.0"'],
  ["dns-version.Z", "A", "NODATA"],
  ["x.dns-version.Z", "TXT", "NXDOMAIN"],
  // 3. neither svc, pod nor dns
  ["default.Z", "A", "NXDOMAIN"],
  // 4. svc and pod alone
  ["svc.Z", "A", "NODATA"],
  ["pod.Z", "A", "NODATA"],
  // 5. namespace unknown, however many labels follow
  ["other.svc.Z", "A", "NXDOMAIN"],
  ["_http._tcp.kubia.other.svc.Z", "SRV", "NXDOMAIN"],
  ["10-30-1-10.other.pod.Z", "A", "NXDOMAIN"],
  // 6. namespace alone
  ["bare.svc.Z", "A", "NODATA"],
  ["bare.pod.Z", "A", "NODATA"],
  // 7. under pod, exactly one more label
  ["x.10-30-1-10.default.pod.Z", "A", "NXDOMAIN"],
  // 8. service unknown, or headless without a ready endpoint
  ["gone.default.svc.Z", "A", "NXDOMAIN"],
  ["empty.default.svc.Z", "A", "NXDOMAIN"],
  // 9. service alone
  ["ext.default.svc.Z", "A", "CNAME example.com"],
  ["kubia.default.svc.Z", "A", "A 10.96.0.10"],
  ["kubia.default.svc.Z", "AAAA", "NODATA"],
  // 10. ExternalName with more labels
  ["x.ext.default.svc.Z", "A", "NXDOMAIN"],
  // 11. one more label
  ["web-0.web.default.svc.Z", "A", "A 10.30.1.10"],
  ["web-0.web.default.svc.Z", "AAAA", "NODATA"],
  ["_tcp.web.default.svc.Z", "A", "NODATA"],
  ["_sctp.web.default.svc.Z", "A", "NXDOMAIN"],
  ["x.web.default.svc.Z", "A", "NXDOMAIN"],
  // 12. two more
  ["_http._tcp.kubia.default.svc.Z", "A", "NODATA"],
  ["http._tcp.kubia.default.svc.Z", "SRV", "NXDOMAIN"],
  ["_http.tcp.kubia.default.svc.Z", "SRV", "NXDOMAIN"],
  // 13. more
  ["x._http._tcp.kubia.default.svc.Z", "SRV", "NXDOMAIN"],
])("K50: the order of decision: %s %s is %s", async (name, type, expected) => {
  expect(await verdictOn(name, type)).toBe(expected);
});

it.each(["*.default.svc.Z", "any.default.svc.Z", "*.web.default.svc.Z", "_http._*.web.default.svc.Z", "*.svc.Z"])(
  "K51: there are no wildcards: %s",
  async (name) => {
    expect(await verdictOn(name)).toBe("NXDOMAIN");
  },
);

describe("K52: what cannot be read right now is SERVFAIL, never denied", () => {
  const broken = sampleCluster();
  broken.broken.add("readCatalogueRevision");

  it.each(["gone.default.svc.Z", "kubia.default.svc.Z", "other.svc.Z", "default.pod.Z"])("%s", async (name) => {
    const asked = await ask(broken.server(), inZone(name));
    expect(asked).toMatchObject({ rcode: "SERVFAIL", authoritative: false, answers: [], maxAgeSeconds: undefined });
  });

  it.each([
    ["dns-version.Z", "TXT", 'TXT "1.1.0"'],
    ["svc.Z", "A", "NODATA"],
    ["foo.Z", "A", "NXDOMAIN"],
    ["ns.dns.Z", "A", "NODATA"],
  ])("but what hangs on no object is answered: %s", async (name, type, expected) => {
    expect(verdict(await ask(broken.server(), inZone(name), type))).toBe(expected);
  });

  it("nor is a headless service whose object does not answer", async () => {
    const cluster = sampleCluster();
    cluster.broken.add("readyList");
    expect(verdict(await ask(cluster.server(), inZone("web.default.svc.Z")))).toBe("SERVFAIL");
    expect(verdict(await ask(cluster.server(), inZone("kubia.default.svc.Z")))).toBe("A 10.96.0.10");
  });
});

it("K53: a ClusterIP service without endpoints is there all the same", async () => {
  expect(await verdictOn("kubia.default.svc.Z")).toBe("A 10.96.0.10");
});
