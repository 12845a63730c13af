/** The cluster that the conformance tests ask about. */
import { ask, verdict } from "../dns/ask.ts";
import { endpoint, FakeCluster } from "../dns/fake-cluster.ts";

export function sampleCluster(): FakeCluster {
  return new FakeCluster()
    .namespace("bare")
    .namespace("edge")
    .service("default/kubia", {
      clusterIP: "10.96.0.10",
      clusterIPs: ["10.96.0.10"],
      ports: [
        { name: "http", port: 80, targetPort: 8080 },
        { name: "dns", port: 53, protocol: "UDP" },
      ],
    })
    .service(
      "default/dual",
      {
        clusterIP: "10.96.0.11",
        clusterIPs: ["10.96.0.11", "2001:db8::11"],
        ports: [{ name: "http", port: 80 }],
      },
      [endpoint("10.30.2.1", ["http/TCP/8080"]), endpoint("2001:db8::2:1", ["http/TCP/8080"])],
    )
    .service("default/portless", { clusterIP: "10.96.0.12" })
    .service("default/unnamed", { clusterIP: "10.96.0.13", ports: [{ port: 80 }] })
    .headless("default/web", [
      endpoint("10.30.1.10", ["http/TCP/8080", "admin/TCP/9090"], "web-0"),
      endpoint("10.30.1.11", ["http/TCP/8080", "admin/TCP/9090"]),
      endpoint("2001:db8::1:11", ["http/TCP/8080", "admin/TCP/9090"]),
    ])
    .headless("default/v6", [endpoint("2001:db8::1:12")])
    .headless("default/empty", [])
    .service("edge/svc", { clusterIP: "10.96.0.20" })
    .service("default/ext", { type: "ExternalName", externalName: "example.com." })
    .service("default/inside", { type: "ExternalName", externalName: "kubia.default.svc.cluster.local" })
    .service("default/nowhere", { type: "ExternalName", externalName: "gone.default.svc.cluster.local" })
    .service("default/ping", { type: "ExternalName", externalName: "pong.default.svc.cluster.local" })
    .service("default/pong", { type: "ExternalName", externalName: "ping.default.svc.cluster.local" })
    .service("default/self", { type: "ExternalName", externalName: "self.default.svc.cluster.local" })
    .service("default/digits", { type: "ExternalName", externalName: "203.0.113.7" })
    .pod("default", "10.30.1.10")
    .pod("default", "2001:db8::1:10");
}

const server = sampleCluster().server();

/** The verdict on a name of the sample cluster; `Z` stands for the zone, as in dns.md. */
export async function verdictOn(name: string, type: string | number = "A"): Promise<string> {
  return verdict(await ask(server, inZone(name), type));
}

export function inZone(name: string): string {
  return name.replace(/\bZ$/, "cluster.local");
}
