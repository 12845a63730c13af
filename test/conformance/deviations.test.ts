/** dns.md section 13: where CoreDNS and the documents part. Rollcall follows the documents, but for V16 and V17. */
import { describe, expect, it } from "vitest";
import { ask, verdict } from "../dns/ask.ts";
import { inZone, sampleCluster, verdictOn } from "./cluster.ts";

const any = 255;
const webSuffix = "web.default.svc.cluster.local";

it.each([
  ["V1", "Z", "TXT", "NODATA"],
  ["V1", "svc.Z", "TXT", "NODATA"],
  ["V1", "pod.Z", "TXT", "NODATA"],
  ["V1", "default.svc.Z", "TXT", "NODATA"],
  ["V1", "ns.dns.Z", "TXT", "NODATA"],
  ["V2", "dns-version.Z", "A", "NODATA"],
  ["V2", "dns-version.Z", "SOA", "NODATA"],
  ["V3", "dns.Z", "A", "NODATA"],
  ["V4", "gone.default.svc.Z", "SOA", "NXDOMAIN"],
  ["V5", "_tcp.kubia.default.svc.Z", "A", "NODATA"],
  ["V5", "_tcp.web.default.svc.Z", "SRV", "NODATA"],
  ["V6", "_http._tcp.kubia.default.svc.Z", "A", "NODATA"],
  ["V6", "_http._tcp.web.default.svc.Z", "AAAA", "NODATA"],
  ["V7", "http.tcp.kubia.default.svc.Z", "SRV", "NXDOMAIN"],
  ["V7", "http.tcp.web.default.svc.Z", "A", "NXDOMAIN"],
  ["V8", "_._tcp.unnamed.default.svc.Z", "SRV", "NXDOMAIN"],
  ["V8", "unnamed.default.svc.Z", "SRV", "NODATA"],
  ["V9", "ext.default.svc.Z", "TXT", "CNAME example.com"],
  ["V10", "inside.default.svc.Z", "AAAA", "CNAME kubia.default.svc.cluster.local, NODATA"],
  ["V10", "nowhere.default.svc.Z", "A", "CNAME gone.default.svc.cluster.local, NXDOMAIN"],
  ["V11", "self.default.svc.Z", "A", "CNAME self.default.svc.cluster.local"],
  ["V12", "kubia.default.svc.Z", any, "A 10.96.0.10"],
  ["V13", "10.0.96.10.in-addr.arpa", "A", "NODATA"],
  ["V13", "0.96.10.in-addr.arpa", "PTR", "NODATA"],
  ["V14", "x.10-30-1-10.default.pod.Z", "A", "NXDOMAIN"],
  ["V14", "10-30-1-10.default.pod.Z", "SRV", "NODATA"],
  ["V15", "digits.default.svc.Z", "A", "CNAME 203.0.113.7"],
])("%s: %s %s is %s", async (_, name, type, expected) => {
  expect(await verdictOn(name, type)).toBe(expected);
});

it("V16: the SRV of a headless service has the endpoint's port, which a client can dial", async () => {
  expect(await verdictOn("_http._tcp.web.default.svc.Z", "SRV")).toContain(` 8080 web-0.${webSuffix}`);
});

describe("V17: CoreDNS's extras are kept", () => {
  it.each([
    ["SRV at the bare headless name", "web.default.svc.Z", "SRV", `SRV 0 16 8080 web-0.${webSuffix}`],
    ["SRV at an endpoint's name", "web-0.web.default.svc.Z", "SRV", `SRV 0 50 8080 web-0.${webSuffix}`],
    ["endpoint names under ClusterIP services", "10-30-2-1.dual.default.svc.Z", "A", "A 10.30.2.1"],
    ["PTR under ClusterIP services", "1.2.30.10.in-addr.arpa", "PTR", "PTR 10-30-2-1.dual.default.svc.cluster.local"],
    ["pod names", "10-30-1-10.default.pod.Z", "A", "A 10.30.1.10"],
  ])("%s", async (_, name, type, expected) => {
    expect(await verdictOn(name, type)).toContain(expected);
  });

  it("ns.dns", async () => {
    expect(verdict(await ask(sampleCluster().server(), inZone("ns.dns.Z")))).toBe("NODATA");
  });

  it("and so are zonal names, which are an option there; without DNS_CHOICES they are NXDOMAIN by K50", async () => {
    const name = "eu-1._zone.v6.default.svc.Z";
    expect(await verdictOn(name, "AAAA")).toBe("AAAA 2001:db8::1:12");
    expect(verdict(await ask(sampleCluster().server({ choices: false }), inZone(name), "AAAA"))).toBe("NXDOMAIN");
  });
});
