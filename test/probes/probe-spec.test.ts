import { describe, expect, it } from "vitest";
import type { Container, Probe } from "../../src/domain/pod.ts";
import { hostAnnotation, planProbes, type ProbePlan } from "../../src/probes/probe-spec.ts";
import { pod } from "../objects.ts";
import { policyOf } from "../probe-policy.ts";

interface Given {
  ip?: string;
  ports?: Container["ports"];
  host?: string;
  allow?: string;
  deny?: string;
  denyPorts?: string;
}

function plan(probe: Probe, { ip = "20.0.0.1", ports = [], host, ...lists }: Given = {}): ProbePlan | undefined {
  const meta = host === undefined ? {} : { annotations: { [hostAnnotation]: host } };
  const status = ip === "" ? {} : { podIP: ip };
  const [planned] = planProbes(
    pod("a", meta, { containers: [{ name: "web", ports, readinessProbe: probe }] }, status),
    policyOf({
      PROBE_ALLOW: lists.allow ?? "",
      PROBE_DENY: lists.deny ?? "",
      PROBE_DENY_PORTS: lists.denyPorts ?? "25",
    }),
  );
  return planned?.readiness;
}

/** Where a probe goes, in short: transport, scheme, host, port, path; or why it goes nowhere. */
function whereTo(probe: Probe, given: Given = {}): string {
  const planned = plan(probe, given);
  if (planned?.plan !== "probe") return planned?.message ?? "none";
  const { target } = planned.spec;
  if (target.transport === "tcp") return `tcp ${target.hostname} ${target.port}`;
  return `${target.transport} ${target.scheme} ${target.hostname} ${target.port} ${target.path}`;
}

describe("a probe's plan", () => {
  it("fills in kubelet's defaults", () => {
    expect(plan({ tcpSocket: { port: 80 } })).toEqual({
      plan: "probe",
      spec: {
        kind: "readiness",
        initialDelayMs: 0,
        periodMs: 10_000,
        timeoutMs: 1000,
        successThreshold: 1,
        failureThreshold: 3,
        target: { transport: "tcp", hostname: "20.0.0.1", port: 80 },
      },
    });
  });

  it("takes zero for the default, too", () => {
    const zero = {
      initialDelaySeconds: 0,
      periodSeconds: 0,
      timeoutSeconds: 0,
      successThreshold: 0,
      failureThreshold: 0,
    };
    expect(plan({ tcpSocket: { port: 80 }, ...zero })).toEqual(plan({ tcpSocket: { port: 80 } }));
  });

  it("keeps what is declared", () => {
    const probe: Probe = {
      httpGet: { port: 80, path: "/a b", scheme: "HTTPS", httpHeaders: [{ name: "X", value: "y" }] },
      initialDelaySeconds: 7,
      periodSeconds: 30,
      timeoutSeconds: 5,
      successThreshold: 2,
      failureThreshold: 4,
    };
    expect(plan(probe)).toMatchObject({
      spec: {
        initialDelayMs: 7000,
        periodMs: 30_000,
        timeoutMs: 5000,
        successThreshold: 2,
        failureThreshold: 4,
        target: { scheme: "https", path: "/a%20b", headers: [{ name: "X", value: "y" }] },
      },
    });
  });

  it("goes by container and kind", () => {
    const probe: Probe = { tcpSocket: { port: 80 } };
    const containers = [
      { name: "none" },
      { name: "both", readinessProbe: probe, startupProbe: probe, livenessProbe: { exec: { command: [] } } },
    ];
    const plans = planProbes(pod("a", {}, { containers }, { podIP: "20.0.0.1" }), policyOf());
    expect(plans.map(({ name, startup, readiness }) => [name, startup?.plan, readiness?.plan])).toEqual([
      ["none", undefined, undefined],
      ["both", "probe", "probe"],
    ]);
  });

  it.each<[string, Probe, Given, string]>([
    ["the pod's address", { httpGet: { port: 80 } }, {}, "http http 20.0.0.1 80 /"],
    ["IPv6 in canonical form", { httpGet: { port: 80 } }, { ip: "2A00:0::1" }, "http http 2a00::1 80 /"],
    ["the probe's own host", { httpGet: { port: 80, host: "20.0.0.9" } }, {}, "http http 20.0.0.9 80 /"],
    ["the probe's own host for TCP", { tcpSocket: { port: 80, host: "web.test" } }, {}, "tcp web.test 80"],
    ["the annotation's host", { httpGet: { port: 80 } }, { host: "web.test" }, "http http web.test 80 /"],
    [
      "its own host rather than the annotation's",
      { httpGet: { port: 80, host: "a.test" } },
      { host: "b.test" },
      "http http a.test 80 /",
    ],
    ["a bracketed address", { tcpSocket: { port: 80, host: "[2a00::9]" } }, {}, "tcp 2a00::9 80"],
    [
      "a proxied host by fetch",
      { httpGet: { port: 80 } },
      { ip: "104.16.1.1", host: "web.test" },
      "fetch http web.test 80 /",
    ],
    [
      "another host by connect",
      { httpGet: { port: 80, host: "a.test" } },
      { ip: "104.16.1.1" },
      "http http a.test 80 /",
    ],
  ])("goes to %s", (_, probe, given, target) => {
    expect(whereTo(probe, given)).toBe(target);
  });

  it.each<[string, Probe["tcpSocket"], Container["ports"], string]>([
    ["by number", { port: 8080 }, [], "tcp 20.0.0.1 8080"],
    ["by a number in a string", { port: "8080" }, [], "tcp 20.0.0.1 8080"],
    ["by name", { port: "http" }, [{ name: "http", containerPort: 8081 }], "tcp 20.0.0.1 8081"],
    [
      "by the name of a UDP port, as kubelet does",
      { port: "dns" },
      [{ name: "dns", containerPort: 53, protocol: "UDP" }],
      "tcp 20.0.0.1 53",
    ],
    [
      "by a name that is none",
      { port: "web" },
      [{ name: "http", containerPort: 8081 }],
      'strconv.Atoi: parsing "web": invalid syntax',
    ],
    ["by a number out of range", { port: "70000" }, [], "invalid port number: 70000"],
    ["by zero", { port: 0 }, [], "invalid port number: 0"],
  ])("finds the port %s", (_, tcpSocket, ports, target) => {
    expect(whereTo(tcpSocket === undefined ? {} : { tcpSocket }, { ports: ports ?? [] })).toBe(target);
  });

  it.each<[string, Probe, Given, string]>([
    ["a pod without an address", { tcpSocket: { port: 80 } }, { ip: "" }, "the pod has no IP address yet"],
    ["a private address", { tcpSocket: { port: 80 } }, { ip: "10.0.0.1" }, "probes may not go to 10.0.0.1 (private)"],
    [
      "a host of this machine",
      { tcpSocket: { port: 80, host: "localhost" } },
      {},
      "probes may not go to localhost (loopback)",
    ],
    ["port 25", { tcpSocket: { port: 25 } }, {}, "the platform connects to no port 25"],
    ["a denied port", { httpGet: { port: 6000 } }, { denyPorts: "6000-6063" }, "probes may not go to port 6000"],
    [
      "a denied range",
      { tcpSocket: { port: 80 } },
      { deny: "20.0.0.0/8" },
      "probes may not go to 20.0.0.1 (denied by PROBE_DENY)",
    ],
    [
      "a name below a denied one",
      { tcpSocket: { port: 80, host: "api.Rollcall.test" } },
      { deny: "rollcall.test" },
      "probes may not go to api.Rollcall.test (denied by PROBE_DENY)",
    ],
    [
      "an address in disguise",
      { httpGet: { port: 80, host: "[::ffff:169.254.169.254]" } },
      {},
      "probes may not go to ::ffff:a9fe:a9fe (link-local)",
    ],
    [
      "a number that resolvers take for an address",
      { tcpSocket: { port: 80, host: "0x7f.1" } },
      {},
      '"0x7f.1" is no host name',
    ],
    [
      "an address of the proxy",
      { httpGet: { port: 80 } },
      { ip: "104.16.1.1" },
      "the platform connects to no address of Cloudflare's proxy such as 104.16.1.1; name the host in the annotation rollcall.dev/host",
    ],
    [
      "TCP behind the proxy",
      { tcpSocket: { port: 80 } },
      { ip: "2606:4700::1", host: "web.test" },
      "web.test is behind Cloudflare's proxy, where a tcpSocket probe cannot reach the pod; use httpGet",
    ],
    ["no handler", {}, {}, "missing probe handler"],
  ])("says why it cannot go to %s", (_, probe, given, message) => {
    expect(plan(probe, given)).toEqual({ plan: "unknown", message });
  });

  it("goes to ranges that are allowed", () => {
    expect(whereTo({ tcpSocket: { port: 80 } }, { ip: "127.0.0.2", allow: "127.0.0.0/8" })).toBe("tcp 127.0.0.2 80");
  });

  it.each<[Probe, string]>([
    [
      { exec: { command: ["true"] } },
      "readiness probe of container web is by exec, which needs an agent beside the pod",
    ],
    [{ grpc: { port: 9090 } }, "readiness probe of container web is by gRPC, which needs an agent beside the pod"],
  ])("leaves to an agent: %j", (probe, message) => {
    expect(plan(probe)).toEqual({ plan: "needs-agent", message });
  });
});
