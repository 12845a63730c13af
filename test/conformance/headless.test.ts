/** dns.md section 3: headless services and their endpoints, from pods and slices on. */
import { describe, expect, it } from "vitest";
import type { EndpointSlice, ReadyEndpoint } from "../../src/domain/endpoints.ts";
import type { Pod } from "../../src/domain/pod.ts";
import type { Service } from "../../src/domain/service.ts";
import { deriveSliceGroups } from "../../src/endpoints/derive-slices.ts";
import { readyList } from "../../src/endpoints/ready-list.ts";
import { ask, verdict } from "../dns/ask.ts";
import { endpoint, FakeCluster } from "../dns/fake-cluster.ts";
import { pod, readyPod, service, slice } from "../objects.ts";
import { inZone, sampleCluster, verdictOn } from "./cluster.ts";

const labels = { app: "web" };
const web = service("web", { clusterIP: "None", selector: labels, ports: [{ name: "http", port: 80 }] });
const ready = readyPod("a", "10.30.0.1", { labels });

function withConditions(of: Pod, status: "True" | "False"): Pod {
  return { ...of, status: { ...of.status, conditions: [{ type: "Ready", status }] } };
}

function terminating(of: Pod): Pod {
  return { ...of, metadata: { ...of.metadata, deletionTimestamp: "2026-11-01T00:00:00Z" } };
}

function behind(of: Service, pods: Pod[], slices: EndpointSlice[] = []): ReadyEndpoint[] {
  return readyList(deriveSliceGroups(of, pods), slices);
}

/** The verdict on the headless service `web` with these endpoints. */
async function verdictAmong(endpoints: ReadyEndpoint[], name = "web.default.svc.Z", type = "A"): Promise<string> {
  return verdict(await ask(new FakeCluster().headless("default/web", endpoints).server(), inZone(name), type));
}

it("K9: one record per ready address, by type, without duplicates", async () => {
  expect(await verdictOn("web.default.svc.Z", "A")).toBe("A 10.30.1.10, A 10.30.1.11");
  expect(await verdictOn("web.default.svc.Z", "AAAA")).toBe("AAAA 2001:db8::1:11");
  const twice = [endpoint("10.30.0.1", [], "one"), endpoint("10.30.0.1", [], "two")];
  expect(await verdictAmong(twice)).toBe("A 10.30.0.1");
});

it.each(["A", "AAAA", "TXT", "SRV", "SOA"])(
  "K10: without a ready endpoint the name does not exist: %s",
  async (type) => {
    expect(await verdictOn("empty.default.svc.Z", type)).toBe("NXDOMAIN");
  },
);

it("K10: with one in either family it does, and the other family has no data", async () => {
  expect(await verdictOn("v6.default.svc.Z", "AAAA")).toBe("AAAA 2001:db8::1:12");
  expect(await verdictOn("v6.default.svc.Z", "A")).toBe("NODATA");
});

it.each(["_http._tcp.empty.default.svc.Z", "_tcp.empty.default.svc.Z"])(
  "K11: nor do the port names of an empty one: %s",
  async (name) => {
    expect(await verdictOn(name, "SRV")).toBe("NXDOMAIN");
  },
);

describe("K12: in a slice, absent ready means ready, and nothing else is looked at", () => {
  it.each<[string, EndpointSlice["endpoints"][number]["conditions"], string]>([
    ["no conditions", undefined, "A 10.30.0.9"],
    ["ready absent", { serving: false, terminating: true }, "A 10.30.0.9"],
    ["ready", { ready: true, serving: false, terminating: true }, "A 10.30.0.9"],
    ["not ready", { ready: false, serving: true }, "NXDOMAIN"],
  ])("%s", async (_, conditions, expected) => {
    const manual = slice("m", "web", [{ addresses: ["10.30.0.9"], ...(conditions && { conditions }) }]);
    expect(await verdictAmong(behind(web, [], [manual]))).toBe(expected);
  });
});

it("K13: all slices are merged, each address comes out once, and FQDN slices hold none", async () => {
  const slices = [
    slice("m", "web", [{ addresses: ["10.30.0.9"] }]),
    slice("n", "web", [{ addresses: ["10.30.0.9"] }, { addresses: ["10.30.0.8"] }]),
    { ...slice("o", "web", [{ addresses: ["10.30.0.7"] }]), addressType: "FQDN" as const },
  ];
  expect(await verdictAmong(behind(web, [ready], slices))).toBe("A 10.30.0.1, A 10.30.0.8, A 10.30.0.9");
  const twice = [endpoint("10.30.0.1"), endpoint("10.30.0.1")];
  expect(await verdictAmong(twice)).toBe("A 10.30.0.1");
  expect(await verdictAmong(twice, "10-30-0-1.web.default.svc.Z")).toBe("A 10.30.0.1");
});

it("K14: addresses are compared and printed in canonical form", async () => {
  const slices = ["1234::5678:0000:0000:9abc:def1", "1234:0::5678:0:0:9ABC:DEF1"].map((address, index) => ({
    ...slice(`m${index}`, "web", [{ addresses: [address] }]),
    addressType: "IPv6" as const,
  }));
  const endpoints = behind(web, [], slices);
  expect(await verdictAmong(endpoints, "web.default.svc.Z", "AAAA")).toBe("AAAA 1234::5678:0:0:9abc:def1");
});

describe("K15: publishNotReadyAddresses makes unready pods count, and no annotation does", () => {
  const publishing = { ...web, spec: { ...web.spec, publishNotReadyAddresses: true } };
  const annotated = {
    ...web,
    metadata: { ...web.metadata, annotations: { "service.alpha.kubernetes.io/tolerate-unready-endpoints": "true" } },
  };
  it.each<[string, Service, Pod, string]>([
    ["ready", web, ready, "A 10.30.0.1"],
    ["not ready", web, withConditions(ready, "False"), "NXDOMAIN"],
    ["condition missing", web, { ...ready, status: { ...ready.status, conditions: [] } }, "NXDOMAIN"],
    ["pending, ready", web, { ...ready, status: { ...ready.status, phase: "Pending" } }, "A 10.30.0.1"],
    ["terminating", web, terminating(ready), "NXDOMAIN"],
    ["not ready, annotated", annotated, withConditions(ready, "False"), "NXDOMAIN"],
    ["not ready, published", publishing, withConditions(ready, "False"), "A 10.30.0.1"],
    ["terminating, published", publishing, terminating(ready), "A 10.30.0.1"],
    ["failed, published", publishing, { ...ready, status: { ...ready.status, phase: "Failed" } }, "NXDOMAIN"],
    ["no address, published", publishing, pod("a", { labels }), "NXDOMAIN"],
  ])("%s", async (_, of, only, expected) => {
    expect(await verdictAmong(behind(of, [only]))).toBe(expected);
  });
});

it("K16: endpoints that share a hostname share a name", async () => {
  const shared = [endpoint("10.30.0.1", [], "db"), endpoint("10.30.0.2", [], "db"), endpoint("2001:db8::2", [], "db")];
  expect(await verdictAmong(shared, "db.web.default.svc.Z")).toBe("A 10.30.0.1, A 10.30.0.2");
  expect(await verdictAmong(shared, "db.web.default.svc.Z", "AAAA")).toBe("AAAA 2001:db8::2");
});

describe("K17: a hostname counts only with the subdomain of the service", () => {
  it.each([
    ["both", { hostname: "web-0", subdomain: "web" }, "A 10.30.0.1"],
    ["no subdomain", { hostname: "web-0" }, "NXDOMAIN"],
    ["another's subdomain", { hostname: "web-0", subdomain: "other" }, "NXDOMAIN"],
  ])("%s", async (_, spec, expected) => {
    const named = behind(web, [readyPod("a", "10.30.0.1", { labels }, spec)]);
    expect(await verdictAmong(named, "web-0.web.default.svc.Z")).toBe(expected);
  });
});

describe("K18: without a hostname the dashed address is the name", () => {
  it.each([
    ["10.30.1.10", "10-30-1-10.web.default.svc.Z", "A", "A 10.30.1.10"],
    ["2001:db8::1", "2001-db8--1.web.default.svc.Z", "AAAA", "AAAA 2001:db8::1"],
    ["2001:db8::", "2001-db8--0.web.default.svc.Z", "AAAA", "AAAA 2001:db8::"],
    ["2001:db8::1", "2001-db8-0-0-0-0-0-1.web.default.svc.Z", "AAAA", "NXDOMAIN"],
  ])("%s: %s", async (ip, name, type, expected) => {
    expect(await verdictAmong([endpoint(ip)], name, type)).toBe(expected);
  });
});

it("K19: an endpoint has one name: with a hostname it has no dashed address", async () => {
  expect(await verdictOn("web-0.web.default.svc.Z")).toBe("A 10.30.1.10");
  expect(await verdictOn("10-30-1-10.web.default.svc.Z")).toBe("NXDOMAIN");
});

it("K20: an unready endpoint has no name at all", async () => {
  const some = behind(web, [ready, withConditions(readyPod("b", "10.30.0.2", { labels }), "False")]);
  expect(await verdictAmong(some, "10-30-0-1.web.default.svc.Z")).toBe("A 10.30.0.1");
  expect(await verdictAmong(some, "10-30-0-2.web.default.svc.Z")).toBe("NXDOMAIN");
});

it("K21: endpoints have names under ClusterIP services as well", async () => {
  expect(await verdictOn("10-30-2-1.dual.default.svc.Z")).toBe("A 10.30.2.1");
  expect(await verdictOn("2001-db8--2-1.dual.default.svc.Z", "AAAA")).toBe("AAAA 2001:db8::2:1");
  expect(await verdictOn("10-30-2-9.dual.default.svc.Z")).toBe("NXDOMAIN");
});

it.each(["_http._tcp.web-0.web.default.svc.Z", "x.web-0.web.default.svc.Z", "_tcp.web-0.web.default.svc.Z"])(
  "K22: nothing lives below an endpoint's name: %s",
  async (name) => {
    expect(await verdictOn(name, "SRV")).toBe("NXDOMAIN");
  },
);

it("a pod that turns unready is gone from the answer as soon as this isolate is told", async () => {
  const cluster = sampleCluster();
  const server = cluster.server();
  expect(verdict(await ask(server, inZone("web.default.svc.Z")))).toBe("A 10.30.1.10, A 10.30.1.11");
  cluster.ready("default/web", [endpoint("10.30.1.11")]);
  server.forget(["default/web"]);
  expect(verdict(await ask(server, inZone("web.default.svc.Z")))).toBe("A 10.30.1.11");
});
