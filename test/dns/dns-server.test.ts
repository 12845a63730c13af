import { describe, expect, it } from "vitest";
import { ask } from "./ask.ts";
import { endpoint, FakeCluster } from "./fake-cluster.ts";

const cluster = new FakeCluster()
  .service("default/kubia", { clusterIP: "10.96.0.10", clusterIPs: ["10.96.0.10"] })
  .headless("default/web", [endpoint("10.30.1.10"), endpoint("10.30.1.11"), endpoint("2001:db8::1")])
  .headless("default/empty", []);
const server = cluster.server();

describe("a working path", () => {
  it.each([
    ["kubia.default.svc.cluster.local", "A", "NOERROR", ["kubia.default.svc.cluster.local 5 A 10.96.0.10"]],
    ["kubia.default.svc.cluster.local", "AAAA", "NOERROR", []],
    [
      "web.default.svc.cluster.local",
      "A",
      "NOERROR",
      ["web.default.svc.cluster.local 5 A 10.30.1.10", "web.default.svc.cluster.local 5 A 10.30.1.11"],
    ],
    ["web.default.svc.cluster.local", "AAAA", "NOERROR", ["web.default.svc.cluster.local 5 AAAA 2001:db8::1"]],
    ["empty.default.svc.cluster.local", "A", "NXDOMAIN", []],
    ["nobody.default.svc.cluster.local", "A", "NXDOMAIN", []],
    ["example.com", "A", "REFUSED", []],
  ])("answers %s %s with %s %j", async (name, type, rcode, answers) => {
    expect(await ask(server, name, type)).toMatchObject({ rcode, answers });
  });
});
