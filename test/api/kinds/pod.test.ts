import { describe, expect, it } from "vitest";
import type { Context } from "../../../src/api/context.ts";
import { podKind } from "../../../src/api/kinds/pod/pod.ts";
import { fieldErrorText } from "../../../src/api/validation/field-error.ts";
import { Warnings } from "../../../src/api/warnings.ts";
import { edgeNodeLabel } from "../../../src/domain/node.ts";
import type { KubeObject } from "../../../src/domain/object.ts";
import type { Container, ContainerPort, Pod, PodSpec, PodStatus } from "../../../src/domain/pod.ts";
import { pod } from "../../objects.ts";

const nowMs = Date.parse("2026-11-20T10:00:00Z");

/** KubeEdge's too. */
const edgeNodeLabels: Record<string, string> = { [edgeNodeLabel]: "" };

function contextWith(nodes: readonly string[] = []): Context {
  const get = async (_: string, __: string, name: string): Promise<KubeObject | undefined> =>
    nodes.includes(name) ? ({ kind: "Node", metadata: { name, labels: edgeNodeLabels } } as KubeObject) : undefined;
  return { deps: { registry: { get } }, warnings: new Warnings(), nowMs } as unknown as Context;
}

const at10: PodStatus = { podIP: "10.0.0.1" };

interface Made {
  pod: Pod;
  warnings: string[];
}

async function registered(spec: Partial<PodSpec>, status: PodStatus = at10, nodes: string[] = []): Promise<Made> {
  const context = contextWith(nodes);
  const { status: _, ...draft } = pod("web", {}, spec);
  const made = await podKind.prepareCreate?.(podKind.withDefaults({ ...draft, status }), context);
  if (made === undefined) throw new Error("pods are prepared");
  return { pod: made, warnings: context.warnings.headers() };
}

function updated(before: Pod, status: PodStatus): Made {
  const context = contextWith();
  const draft: Pod = { ...before, status };
  const next = podKind.withDefaults(podKind.inherit?.(draft, before) ?? draft);
  const made = podKind.prepareStatus?.(next, before, context);
  if (made === undefined) throw new Error("statuses are prepared");
  return { pod: made, warnings: context.warnings.headers() };
}

function conditionsOf({ status }: Pod): Record<string, string> {
  return Object.fromEntries((status.conditions ?? []).map(({ type, status: is, reason }) => [type, reason ?? is]));
}

function errorsOf(spec: Partial<PodSpec>, status: PodStatus = {}): string[] {
  const draft = podKind.withDefaults({ ...pod("web", {}, spec), status });
  return podKind.validate(draft, undefined).map((error) => fieldErrorText(error));
}

const httpGet = { port: 8080 };
const probed: Container = { name: "main", readinessProbe: { httpGet } };

describe("defaults", () => {
  it("are those of Kubernetes, and the same when they are filled in twice", () => {
    const once = podKind.withDefaults(
      pod("web", {}, { containers: [{ ...probed, image: "nginx", ports: [{ containerPort: 80 }] }] }),
    );
    expect(once.spec).toMatchObject({
      restartPolicy: "Always",
      dnsPolicy: "ClusterFirst",
      terminationGracePeriodSeconds: 30,
      schedulerName: "default-scheduler",
      containers: [
        {
          imagePullPolicy: "Always",
          terminationMessagePath: "/dev/termination-log",
          ports: [{ containerPort: 80, protocol: "TCP" }],
          readinessProbe: {
            httpGet: { path: "/", port: 8080, scheme: "HTTP" },
            timeoutSeconds: 1,
            periodSeconds: 10,
            successThreshold: 1,
            failureThreshold: 3,
          },
        },
      ],
    });
    expect(podKind.withDefaults(once)).toEqual(once);
  });

  it("take a probe's zeros for silence, as Go does", () => {
    const probe = { httpGet, periodSeconds: 0, failureThreshold: 0, initialDelaySeconds: 0 };
    const { spec } = podKind.withDefaults(pod("web", {}, { containers: [{ name: "main", readinessProbe: probe }] }));
    expect(spec.containers[0]?.readinessProbe).toMatchObject({ periodSeconds: 10, failureThreshold: 3 });
  });

  it.each([
    ["nginx", "Always"],
    ["nginx:latest", "Always"],
    ["registry:5000/nginx", "Always"],
    ["nginx:1.27", "IfNotPresent"],
    ["registry:5000/nginx:1.27", "IfNotPresent"],
    ["nginx@sha256:abc", "IfNotPresent"],
  ])("pull %s %s", (image, imagePullPolicy) => {
    const { spec } = podKind.withDefaults(pod("web", {}, { containers: [{ name: "main", image }] }));
    expect(spec.containers[0]).toMatchObject({ imagePullPolicy });
  });

  it("stand in for a spec and a status that are missing, so that validation can say so", () => {
    const bare = { apiVersion: "v1", kind: "Pod", metadata: pod("web").metadata } as Pod;
    expect(podKind.validate(podKind.withDefaults(bare), undefined).map((error) => fieldErrorText(error))).toEqual([
      "spec.containers: Required value",
    ]);
  });
});

describe("validation", () => {
  it.each<[string, Partial<PodSpec>, PodStatus, string[]]>([
    ["no container", { containers: [] }, {}, ["spec.containers: Required value"]],
    ["a container without a name", { containers: [{} as Container] }, {}, ["spec.containers[0].name: Required value"]],
    [
      "two containers of one name",
      { containers: [{ name: "a" }], initContainers: [{ name: "a" }] },
      {},
      ['spec.initContainers[0].name: Duplicate value: "a"'],
    ],
    [
      "a port out of range",
      { containers: [{ name: "a", ports: [{ containerPort: 70_000 }] }] },
      {},
      ["spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive"],
    ],
    [
      "a port without a number",
      { containers: [{ name: "a", ports: [{ name: "http" } as unknown as ContainerPort] }] },
      {},
      ["spec.containers[0].ports[0].containerPort: Required value"],
    ],
    [
      "two ports of one name",
      {
        containers: [
          {
            name: "a",
            ports: [
              { name: "p", containerPort: 1 },
              { name: "p", containerPort: 2 },
            ],
          },
        ],
      },
      {},
      ['spec.containers[0].ports[1].name: Duplicate value: "p"'],
    ],
    [
      "a probe that does nothing",
      { containers: [{ name: "a", readinessProbe: {} }] },
      {},
      ["spec.containers[0].readinessProbe: Required value: must specify a handler type"],
    ],
    [
      "a probe that does two things",
      { containers: [{ name: "a", readinessProbe: { httpGet, tcpSocket: { port: 1 } } }] },
      {},
      ["spec.containers[0].readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type"],
    ],
    [
      "a probe of a negative period",
      { containers: [{ name: "a", readinessProbe: { httpGet, periodSeconds: -1 } }] },
      {},
      ["spec.containers[0].readinessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0"],
    ],
    [
      "a liveness probe that must succeed twice",
      { containers: [{ name: "a", livenessProbe: { httpGet, successThreshold: 2 } }] },
      {},
      ["spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1"],
    ],
    [
      "a probe of a port that cannot be one",
      { containers: [{ name: "a", readinessProbe: { tcpSocket: { port: "HTTP" } } }] },
      {},
      [
        'spec.containers[0].readinessProbe.tcpSocket.port: Invalid value: "HTTP": ' +
          "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
      ],
    ],
    [
      "a scheme that is none",
      { containers: [{ name: "a", readinessProbe: { httpGet: { port: 1, scheme: "FTP" as "HTTP" } } }] },
      {},
      ['spec.containers[0].readinessProbe.httpGet.scheme: Unsupported value: "FTP": supported values: "HTTP", "HTTPS"'],
    ],
    [
      "a condition that is neither true nor false",
      {},
      { conditions: [{ type: "example.com/ok", status: "true" as "True" }] },
      ['status.conditions[0].status: Unsupported value: "true": supported values: "False", "True", "Unknown"'],
    ],
    [
      "an address that is none",
      {},
      { podIP: "10.0.0.300" },
      ['status.podIP: Invalid value: "10.0.0.300": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
    ],
    [
      "two addresses of one family",
      {},
      { podIPs: [{ ip: "10.0.0.1" }, { ip: "10.0.0.2" }] },
      ['status.podIPs: Invalid value: ["10.0.0.1","10.0.0.2"]: may specify no more than one IP for each IP family'],
    ],
    [
      "a podIP that is not the first of podIPs",
      {},
      { podIP: "10.0.0.1", podIPs: [{ ip: "10.0.0.2" }] },
      ['status.podIPs[0].ip: Invalid value: "10.0.0.2": must be the same as status.podIP'],
    ],
    [
      "a phase that is none",
      {},
      { phase: "Well" as "Running" },
      [
        'status.phase: Unsupported value: "Well": supported values: "Failed", "Pending", "Running", "Succeeded", "Unknown"',
      ],
    ],
  ])("refuses %s", (_, spec, status, errors) => {
    expect(errorsOf(spec, status)).toEqual(errors);
  });

  it.each(["127.0.0.2", "::1", "169.254.0.1", "10.0.0.1", "203.0.113.1"])("lets a pod be at %s", (podIP) => {
    expect(errorsOf({}, { podIP })).toEqual([]);
  });
});

describe("changing the spec", () => {
  const before = podKind.withDefaults(pod("web", {}, { containers: [{ name: "main", image: "a:1" }], hostname: "h" }));
  const change = (spec: object) => {
    const after = podKind.withDefaults({ ...before, spec: { ...before.spec, ...spec } });
    return podKind.validate(after, before).map(({ field }) => field);
  };

  it.each([
    ["an image", { containers: [{ ...before.spec.containers[0], image: "a:2" }] }, []],
    ["a deadline", { activeDeadlineSeconds: 5 }, []],
    ["another toleration", { tolerations: [{ key: "a" }] }, []],
    ["the hostname", { hostname: "other" }, ["spec"]],
    ["a probe", { containers: [{ ...before.spec.containers[0], readinessProbe: { httpGet } }] }, ["spec"]],
    ["the containers", { containers: [...before.spec.containers, { name: "second" }] }, ["spec"]],
    ["the readiness gates", { readinessGates: [{ conditionType: "a" }] }, ["spec"]],
  ])("is about %s", (_, spec, fields) => {
    expect(change(spec)).toEqual(fields);
  });

  it("may not take a toleration away or raise a deadline", () => {
    const tolerant = { ...before, spec: { ...before.spec, tolerations: [{ key: "a" }], activeDeadlineSeconds: 5 } };
    const after = { ...before, spec: { ...before.spec, activeDeadlineSeconds: 6 } };
    expect(podKind.validate(after, tolerant).map(({ field }) => field)).toEqual([
      "spec.tolerations",
      "spec.activeDeadlineSeconds",
    ]);
  });

  it("keeps the node that the pod was assigned to when the manifest names none", () => {
    const assigned = { ...before, spec: { ...before.spec, nodeName: "edge-0" } };
    const kept = podKind.withDefaults(podKind.inherit?.(before, assigned) ?? before);
    expect(kept.spec.nodeName).toBe("edge-0");
    expect(podKind.validate(kept, assigned)).toEqual([]);
  });
});

describe("a new pod", () => {
  it("is ready at once without a readiness probe", async () => {
    const { pod: made, warnings } = await registered({}, { podIP: "10.0.0.1" });
    expect(made.status).toMatchObject({
      phase: "Running",
      podIP: "10.0.0.1",
      podIPs: [{ ip: "10.0.0.1" }],
      startTime: "2026-11-20T10:00:00Z",
    });
    expect(conditionsOf(made)).toMatchObject({ Ready: "True", ContainersReady: "True" });
    expect(warnings).toEqual([]);
  });

  it("is not ready while its readiness probe has not run", async () => {
    const { pod: made, warnings } = await registered({ containers: [probed] });
    expect(conditionsOf(made)).toMatchObject({ Ready: "ContainersNotReady" });
    expect(warnings).toEqual([]);
  });

  it.each(["exec", "grpc"])("with an %s probe is told that an agent is missing", async (handler) => {
    const readinessProbe = handler === "exec" ? { exec: { command: ["ls"] } } : { grpc: { port: 1 } };
    const { pod: made, warnings } = await registered({ containers: [{ name: "main", readinessProbe }] });
    expect(conditionsOf(made)).toMatchObject({ Ready: "ProbeNeedsAgent" });
    expect(warnings.join("\n")).toContain("ProbeNeedsAgent");
  });

  it.each<[string, Container]>([
    ["has no port named", { name: "main", readinessProbe: { httpGet: { port: "web" } } }],
    ["certificates", { name: "main", readinessProbe: { httpGet: { port: 1, scheme: "HTTPS" } } }],
  ])("is warned: %s", async (text, container) => {
    const { warnings } = await registered({ containers: [container] });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(text);
  });

  it.each([
    ["weur", 0],
    ["mars", 1],
  ])("that asks to be probed from %s gets %d warnings", async (region, count) => {
    const context = contextWith();
    const at = { ...pod("web", { annotations: { "rollcall.dev/region": region } }), status: { podIP: "10.0.0.1" } };
    const draft = podKind.withDefaults(at);
    await podKind.prepareCreate?.(draft, context);
    expect(context.warnings.headers()).toHaveLength(count);
  });

  it("without an address is told that it joins no service yet", async () => {
    const context = contextWith();
    await podKind.prepareCreate?.(podKind.withDefaults({ ...pod("web"), status: {} }), context);
    expect(context.warnings.headers()).toEqual([expect.stringContaining("status.podIP: none is given")]);
  });

  it("has its addresses in canonical text, from either field", async () => {
    const { pod: made } = await registered({}, { podIPs: [{ ip: "2001:DB8:0::1" }, { ip: "10.0.0.1" }] });
    expect(made.status).toMatchObject({ podIP: "2001:db8::1", podIPs: [{ ip: "2001:db8::1" }, { ip: "10.0.0.1" }] });
  });

  it("does not decide its own readiness, but may bring conditions of its own", async () => {
    const { pod: made, warnings } = await registered(
      { containers: [probed], readinessGates: [{ conditionType: "example.com/ok" }] },
      {
        ...at10,
        conditions: [
          { type: "Ready", status: "True" },
          { type: "example.com/ok", status: "True" },
        ],
        containerStatuses: [{ name: "main", ready: true, restartCount: 7, image: "", imageID: "" }],
      },
    );
    expect(conditionsOf(made)).toMatchObject({ Ready: "ContainersNotReady", "example.com/ok": "True" });
    expect(made.status.containerStatuses).toMatchObject([{ ready: false, restartCount: 0 }]);
    expect(warnings).toHaveLength(1);
  });

  it("is taken off a node that does not exist, with a Warning", async () => {
    const { pod: made, warnings } = await registered({ nodeName: "elsewhere" });
    expect(made.spec).not.toHaveProperty("nodeName");
    expect(warnings[0]).toContain("elsewhere");
  });

  it("chooses no prober for itself", async () => {
    const { pod: made, warnings } = await registered({ nodeName: "edge-0" }, at10, ["edge-0"]);
    expect(made.spec).not.toHaveProperty("nodeName");
    expect(warnings).toEqual([]);
  });

  it("on a node of somebody's own reports its readiness itself", async () => {
    const conditions = [{ type: "Ready", status: "True" } as const];
    const { pod: made, warnings } = await registered(
      { nodeName: "mine", containers: [probed] },
      { ...at10, conditions },
      ["mine"],
    );
    expect(made.status.conditions).toEqual(conditions);
    expect(made.spec.nodeName).toBe("mine");
    expect(warnings).toEqual([]);
  });
});

describe("a new status", () => {
  const gate = { conditionType: "example.com/ok" };

  it("opens and closes readiness gates", async () => {
    const { pod: before } = await registered({ readinessGates: [gate] });
    expect(conditionsOf(before)).toMatchObject({ Ready: "ReadinessGatesNotReady" });
    const open = [...(before.status.conditions ?? []), { type: "example.com/ok", status: "True" } as const];
    const { pod: after, warnings } = updated(before, { ...before.status, conditions: open });
    expect(conditionsOf(after)).toMatchObject({ Ready: "True" });
    expect(warnings).toEqual([]);
    const { pod: closed } = updated(after, { ...after.status, conditions: before.status.conditions ?? [] });
    expect(conditionsOf(closed)).toMatchObject({ Ready: "ReadinessGatesNotReady" });
  });

  it("cannot claim a readiness other than the computed one", async () => {
    const { pod: before } = await registered({ containers: [probed] });
    const { pod: after, warnings } = updated(before, {
      ...before.status,
      conditions: [{ type: "Ready", status: "True" }],
    });
    expect(after.status).toEqual(before.status);
    expect(warnings).toHaveLength(1);
  });

  it("that repeats what is there changes nothing and is told nothing", async () => {
    const { pod: before } = await registered({ containers: [probed] }, { podIP: "10.0.0.1" });
    const { pod: after, warnings } = updated(before, before.status);
    expect(after).toEqual(before);
    expect(warnings).toEqual([]);
  });

  it.each<[string, PodStatus]>([
    ["podIP", { podIP: "10.0.0.2" }],
    ["podIPs", { podIPs: [{ ip: "10.0.0.2" }] }],
  ])("that changes %s changes the other too, and readiness starts over", async (_, change) => {
    const { pod: before } = await registered({ containers: [probed] }, { podIP: "10.0.0.1" });
    const ready: Pod = {
      ...before,
      status: {
        ...before.status,
        conditions: [{ type: "Ready", status: "True" }],
        containerStatuses: [{ name: "main", ready: true, started: true, restartCount: 0, image: "", imageID: "" }],
      },
    };
    const { pod: after } = updated(ready, { ...ready.status, ...change });
    expect(after.status).toMatchObject({ podIP: "10.0.0.2", podIPs: [{ ip: "10.0.0.2" }] });
    expect(conditionsOf(after)).toMatchObject({ Ready: "ContainersNotReady" });
  });
});

describe("taking an address out of service", () => {
  const before = podKind.withDefaults(pod("web", { labels: { app: "kubia" } }, {}, { podIP: "10.0.0.1" }));

  it.each<[string, Pod, boolean]>([
    ["labels", { ...before, metadata: { ...before.metadata, labels: { app: "other" } } }, true],
    ["address", { ...before, status: { ...before.status, podIP: "10.0.0.2" } }, true],
    ["annotations", { ...before, metadata: { ...before.metadata, annotations: { a: "b" } } }, false],
  ])("is what a change of %s may do", (_, after, does) => {
    expect(podKind.takesOutOfService?.(before, after)).toBe(does);
  });
});
