/** dns.md sections 2 and 7: services with a cluster IP, and aliases. */
import { describe, expect, it } from "vitest";
import type { ServiceSpec } from "../../src/domain/service.ts";
import { ask, verdict } from "../dns/ask.ts";
import { endpoint, FakeCluster } from "../dns/fake-cluster.ts";
import { inZone, sampleCluster, verdictOn } from "./cluster.ts";

/** The verdict on a service `s` with this spec. */
async function verdictOnSpec(
  spec: ServiceSpec,
  type: string | number = "A",
  name = "s.default.svc.Z",
): Promise<string> {
  return verdict(await ask(new FakeCluster().service("default/s", spec).server(), inZone(name), type));
}

describe("K5: one address record per cluster IP of the family asked for", () => {
  it.each<[string, ServiceSpec, string, string]>([
    ["a single IPv4", { clusterIP: "10.96.0.1", clusterIPs: ["10.96.0.1"] }, "A", "A 10.96.0.1"],
    ["the other family", { clusterIP: "10.96.0.1", clusterIPs: ["10.96.0.1"] }, "AAAA", "NODATA"],
    ["no list", { clusterIP: "10.96.0.1" }, "A", "A 10.96.0.1"],
    ["IPv6 first", { clusterIP: "2001:db8::1", clusterIPs: ["2001:db8::1", "10.96.0.1"] }, "A", "A 10.96.0.1"],
    ["IPv4 first", { clusterIP: "10.96.0.1", clusterIPs: ["10.96.0.1", "2001:db8::1"] }, "AAAA", "AAAA 2001:db8::1"],
    ["the same twice", { clusterIP: "10.96.0.1", clusterIPs: ["10.96.0.1", "10.96.0.1"] }, "A", "A 10.96.0.1"],
    ["no address yet", {}, "A", "NODATA"],
  ])("%s", async (_, spec, type, expected) => {
    expect(await verdictOnSpec(spec, type)).toBe(expected);
  });
});

it("K6: endpoints play no part, and nobody is asked for them", async () => {
  const cluster = new FakeCluster()
    .service("default/node-port", { type: "NodePort", clusterIP: "10.96.0.1", ports: [{ port: 80, nodePort: 30080 }] })
    .service("default/balanced", { type: "LoadBalancer", clusterIP: "10.96.0.2" });
  const server = cluster.server();
  expect(verdict(await ask(server, inZone("node-port.default.svc.Z")))).toBe("A 10.96.0.1");
  expect(verdict(await ask(server, inZone("balanced.default.svc.Z")))).toBe("A 10.96.0.2");
  expect(cluster.calls).toEqual(["readCatalogueRevision", "readCatalogue"]);
});

it("K7: a service without ports has its address and no SRV", async () => {
  expect(await verdictOn("portless.default.svc.Z")).toBe("A 10.96.0.12");
  expect(await verdictOn("portless.default.svc.Z", "SRV")).toBe("NODATA");
  expect(await verdictOn("_http._tcp.portless.default.svc.Z", "SRV")).toBe("NXDOMAIN");
});

describe("K8: the type is looked at first", () => {
  it.each<[string, ServiceSpec]>([
    ["a cluster IP", { type: "ExternalName", externalName: "example.com", clusterIP: "10.96.0.1" }],
    ["None", { type: "ExternalName", externalName: "example.com", clusterIP: "None" }],
    ["ports", { type: "ExternalName", externalName: "example.com", ports: [{ name: "http", port: 80 }] }],
  ])("an ExternalName service is an alias whatever else it holds: %s", async (_, spec) => {
    expect(await verdictOnSpec(spec)).toBe("CNAME example.com");
  });

  it("a change of type takes effect on the name at once", async () => {
    const cluster = new FakeCluster().service("default/s", { type: "ExternalName", externalName: "example.com" });
    const server = cluster.server();
    expect(verdict(await ask(server, inZone("s.default.svc.Z")))).toBe("CNAME example.com");
    cluster.respec("default/s", { type: "ClusterIP", clusterIP: "10.96.0.1" });
    server.forget(["default/s"]);
    expect(verdict(await ask(server, inZone("s.default.svc.Z")))).toBe("A 10.96.0.1");
  });
});

describe("K41: the target is made absolute, once", () => {
  it.each(["example.com", "example.com.", "EXAMPLE.com"])("%s", async (externalName) => {
    expect(await verdictOnSpec({ type: "ExternalName", externalName })).toBe("CNAME example.com");
  });
});

describe("K42: an alias stands alone at its name: every type gets it", () => {
  const cnameType = 5;
  it.each(["A", "AAAA", "TXT", "SRV", "MX", "SOA", "PTR"])("%s gets the alias, then the chase", async (type) => {
    expect(await verdictOn("ext.default.svc.Z", type)).toBe("CNAME example.com");
  });

  it.each(["CNAME", cnameType])("%s gets the alias alone", async (type) => {
    expect(await verdictOn("inside.default.svc.Z", type)).toBe("CNAME kubia.default.svc.cluster.local");
  });
});

it("K43: the alias comes first, then what it leads to, which is followed inside the zone", async () => {
  const asked = await ask(sampleCluster().server(), inZone("inside.default.svc.Z"));
  expect(asked.answers).toEqual([
    "inside.default.svc.cluster.local 5 CNAME kubia.default.svc.cluster.local",
    "kubia.default.svc.cluster.local 5 A 10.96.0.10",
  ]);
  expect(asked).toMatchObject({ rcode: "NOERROR", authority: [] });
});

it("K43: a target in another zone of ours is followed as well", async () => {
  const cluster = new FakeCluster()
    .service("default/here", { type: "ExternalName", externalName: "s.default.svc.second.test" })
    .service("default/s", { clusterIP: "10.96.0.1" });
  const asked = await ask(cluster.server({ zones: "cluster.local,second.test" }), inZone("here.default.svc.Z"));
  expect(verdict(asked)).toBe("CNAME s.default.svc.second.test, A 10.96.0.1");
});

it("K44: the response code speaks of the end of the chain", async () => {
  expect(await verdictOn("nowhere.default.svc.Z")).toBe("CNAME gone.default.svc.cluster.local, NXDOMAIN");
  expect(await verdictOn("inside.default.svc.Z", "AAAA")).toBe("CNAME kubia.default.svc.cluster.local, NODATA");
  const asked = await ask(sampleCluster().server(), inZone("nowhere.default.svc.Z"));
  expect(asked.authority).toHaveLength(1);
});

describe("K45: loops end, with the aliases of the loop once", () => {
  it.each([
    ["self.default.svc.Z", "CNAME self.default.svc.cluster.local"],
    ["ping.default.svc.Z", "CNAME pong.default.svc.cluster.local, CNAME ping.default.svc.cluster.local"],
  ])("%s", async (name, expected) => {
    expect(await verdictOn(name)).toBe(expected);
  });

  it("a chain is followed for ten steps", async () => {
    const cluster = new FakeCluster();
    for (let step = 0; step < 20; step++) {
      cluster.service(`default/s${step}`, {
        type: "ExternalName",
        externalName: `s${step + 1}.default.svc.cluster.local`,
      });
    }
    expect((await ask(cluster.server(), inZone("s0.default.svc.Z"))).answers).toHaveLength(10);
  });
});

it.each([
  "x.ext.default.svc.Z",
  "_tcp.ext.default.svc.Z",
  "_http._tcp.ext.default.svc.Z",
  "web-0.inside.default.svc.Z",
])("K46: there is nothing below an alias: %s", async (name) => {
  expect(await verdictOn(name, "SRV")).toBe("NXDOMAIN");
});

it("K46: an alias has no pointer to it", async () => {
  const spec: ServiceSpec = { type: "ExternalName", externalName: "example.com", clusterIP: "10.96.0.1" };
  expect(await verdictOnSpec(spec, "PTR", "1.0.96.10.in-addr.arpa")).toBe("NXDOMAIN");
  const cluster = new FakeCluster().service("default/s", spec, [endpoint("10.30.0.1")]);
  expect(verdict(await ask(cluster.server(), "1.0.30.10.in-addr.arpa", "PTR"))).toBe("NXDOMAIN");
});

it("K47: an externalName that looks like an address is a name made of digits", async () => {
  expect(await verdictOn("digits.default.svc.Z")).toBe("CNAME 203.0.113.7");
});
