/** kubectl's everyday, with the manifests that its users have: unmodified, against the started server. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { askDns } from "../ask-dns.ts";
import { hasKubectl, kubectlFor, kubectlMinor, printed, type Kubectl } from "./kubectl.ts";

const serverUrl = inject("sharedServerUrl");
const manifest = (name: string): string => join(import.meta.dirname, "manifests", `${name}.yaml`);

describe.skipIf(!hasKubectl)("kubectl", () => {
  let folder: string;
  let kubectl: Kubectl;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "rollcall-kubectl-"));
    kubectl = kubectlFor(serverUrl, folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const says = (...args: string[]): Promise<string> => printed(kubectl, args);

  async function json<T>(...args: string[]): Promise<T> {
    return JSON.parse(await says(...args, "-o", "json")) as T;
  }

  /** A pod that needs nothing: it is ready at once, and goes at once. */
  function podManifest(name: string, labels: Record<string, string>, ip: string): string {
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, labels },
      spec: { terminationGracePeriodSeconds: 1, containers: [{ name: "main", image: "registry.example/main:1" }] },
      status: { podIP: ip },
    });
  }

  it("lists what there is", async () => {
    const resources = await says("api-resources", "--no-headers");
    const names = resources
      .trim()
      .split("\n")
      .map((line) => line.split(/\s+/)[0]);
    expect(names.sort()).toEqual([
      "clusterrolebindings",
      "clusterroles",
      "endpoints",
      "endpointslices",
      "events",
      "leases",
      "localsubjectaccessreviews",
      "namespaces",
      "nodes",
      "pods",
      "replicationcontrollers",
      "rolebindings",
      "roles",
      "selfsubjectaccessreviews",
      "selfsubjectreviews",
      "selfsubjectrulesreviews",
      "serviceaccounts",
      "services",
      "subjectaccessreviews",
      "tokenreviews",
    ]);
    expect((await says("get", "namespaces", "-o", "name")).split("\n")).toEqual(
      expect.arrayContaining(
        ["default", "kube-node-lease", "kube-public", "kube-system"].map((name) => `namespace/${name}`),
      ),
    );
  });

  it("applies the manifests of the introductory books, and finds nothing to do the second time", async () => {
    const files = ["-f", manifest("kubia-rc"), "-f", manifest("kubia-services")];
    expect((await says("apply", ...files)).match(/created/g)).toHaveLength(3);
    expect((await says("apply", ...files)).match(/unchanged/g)).toHaveLength(3);
    expect((await kubectl(["diff", ...files])).code).toBe(0);
    expect(await says("get", "all")).toContain("replicationcontroller/kubia");
  });

  it("applies the examples of the documentation of services and probes, and DNS answers as it says there", async () => {
    await says("apply", "-f", manifest("web-pod"), "-f", manifest("service-shapes"));
    expect(await says("get", "services", "node-port", "load-balanced", "--no-headers")).toMatch(
      /node-port\s+NodePort\s+10\.\S+\s+<none>\s+80:30007\/TCP[\s\S]+load-balanced\s+LoadBalancer\s+10\.96\.171\.239\s+<pending>/,
    );
    expect(await askDns(serverUrl, "load-balanced.default.svc.cluster.local")).toEqual({
      rcode: "NOERROR",
      addresses: ["10.96.171.239"],
    });
    expect(await says("get", "endpoints", "named-target", "-o", "jsonpath={.subsets[0].notReadyAddresses[0].ip}")).toBe(
      "192.0.2.10",
    );
  });

  it("changes what was applied, shows the difference before, and edits by every kind of patch", async () => {
    const changed = readFileSync(manifest("kubia-services"), "utf8").replace("targetPort: 8080", "targetPort: 8081");
    const diff = await kubectl(["diff", "-f", "-"], changed);
    expect(diff.code).toBe(1);
    expect(diff.stdout).toMatch(/-\s+targetPort: 8080\n\+\s+targetPort: 8081/);
    expect((await kubectl(["apply", "-f", "-"], changed)).stdout).toContain("service/kubia configured");

    const patches: [type: string, patch: string][] = [
      ["strategic", '{"spec":{"ports":[{"port":80,"targetPort":8082}]}}'],
      ["merge", '{"spec":{"ports":[{"port":80,"targetPort":8083}]}}'],
      ["json", '[{"op":"replace","path":"/spec/ports/0/targetPort","value":8084}]'],
    ];
    for (const [type, patch] of patches) {
      await says("patch", "service", "kubia", `--type=${type}`, "-p", patch);
    }
    expect(await says("get", "service", "kubia", "-o", "jsonpath={.spec.ports[*].targetPort}")).toBe("8084");
  });

  it("scales a replication controller and registers pods from its template", async () => {
    await says("scale", "rc", "kubia", "--replicas=2");
    const fromTemplate = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { generateName: "kubia-", annotations: { "rollcall.dev/template": "rc/kubia" } },
      status: { podIP: "192.0.2.20" },
    };
    expect((await kubectl(["create", "-f", "-"], JSON.stringify(fromTemplate))).stdout).toMatch(
      /^pod\/kubia-\w{5} created/,
    );
    expect(await says("get", "rc", "kubia", "--no-headers")).toMatch(/^kubia\s+2\s+1\s+0\s/);
    expect(
      await says("get", "pods", "-l", "app=kubia", "-o", "jsonpath={.items[*].metadata.ownerReferences[0].kind}"),
    ).toBe("ReplicationController");
  });

  it("labels, annotates, replaces, and selects by labels and fields", async () => {
    await kubectl(["apply", "-f", "-"], podManifest("picked", { tier: "front" }, "192.0.2.30"));
    await says("label", "pod", "picked", "tier=back", "--overwrite");
    await says("annotate", "pod", "picked", "note=hello");
    expect(await says("get", "pods", "-l", "tier in (back),!missing", "-o", "name")).toBe("pod/picked\n");
    expect(
      await says("get", "pods", "--field-selector", "status.podIP=192.0.2.30,metadata.name!=other", "-o", "name"),
    ).toBe("pod/picked\n");
    const pod = await json<{ metadata: { labels: Record<string, string>; annotations: Record<string, string> } }>(
      "get",
      "pod",
      "picked",
    );
    pod.metadata.labels["tier"] = "middle";
    expect((await kubectl(["replace", "-f", "-"], JSON.stringify(pod))).stdout).toContain("replaced");
    const stale = await kubectl(["replace", "-f", "-"], JSON.stringify(pod));
    expect(stale).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("the object has been modified") as unknown,
    });
    await says("label", "pod", "picked", "tier-");
    expect(await says("get", "pod", "picked", "--show-labels", "--no-headers")).toContain("<none>");
  });

  it("tries a write without doing it", async () => {
    const tried = await kubectl(["apply", "--dry-run=server", "-f", "-"], podManifest("tried", {}, "192.0.2.40"));
    expect(tried.stdout).toContain("pod/tried created (server dry run)");
    expect((await kubectl(["get", "pod", "tried"])).stderr).toContain('pods "tried" not found');
  });

  it("is told of misspelt fields, of invalid ones, and of what Rollcall does not do", async () => {
    const misspelt = podManifest("bad", {}, "192.0.2.41").replace('"containers"', '"containerz"');
    expect((await kubectl(["create", "-f", "-"], misspelt)).stderr).toContain('unknown field "spec.containerz"');
    const invalid = podManifest("Bad_Name", {}, "192.0.2.41");
    expect((await kubectl(["create", "-f", "-"], invalid)).stderr).toContain('The Pod "Bad_Name" is invalid');
    for (const command of [
      ["logs", "picked"],
      ["exec", "picked", "--", "ls"],
    ]) {
      expect((await kubectl(command)).stderr).toContain("Rollcall does not run the pod");
    }
  });

  it("describes, counts columns as the cluster's own server does, and explains an exec probe that nobody can make", async () => {
    const applied = await kubectl(["apply", "-f", "-"], podWithExecProbe);
    expect(applied.stderr).toContain("Warning: spec.containers[0].readinessProbe.exec");
    expect(await says("get", "pod", "needs-agent", "-o", "wide")).toMatch(
      /^NAME\s+READY\s+STATUS\s+RESTARTS\s+AGE\s+IP\s+NODE\s+NOMINATED NODE\s+READINESS GATES\nneeds-agent\s+0\/1\s+Running\s+0/,
    );
    const described = await says("describe", "pod", "needs-agent");
    expect(described).toMatch(/Readiness:\s+exec \[ls \/var\/ready\] delay=0s timeout=1s period=10s/);
    expect(described).toMatch(/ContainersReady\s+False/);
  });

  it("waits for conditions and for deletions", async () => {
    await kubectl(["apply", "-f", "-"], podManifest("awaited", {}, "192.0.2.50"));
    expect(await says("wait", "--for=condition=Ready", "pod/awaited", "--timeout=30s")).toContain("condition met");
    const deleted = says("wait", "--for=delete", "pod/awaited", "--timeout=30s");
    await says("delete", "pod", "awaited", "--now");
    await deleted;
    expect((await kubectl(["get", "pod", "awaited"])).code).toBe(1);
  });

  it.runIf(kubectlMinor >= 27)("drains an edge node, whose pods move to another one and stay ready", async () => {
    await kubectl(["apply", "-f", "-"], podManifest("moving", {}, "192.0.2.55"));
    await says("wait", "--for=condition=Ready", "pod/moving", "--timeout=30s");
    const where = ["get", "pod", "moving", "-o", "jsonpath={.metadata.uid} {.spec.nodeName}"];
    const [uid = "", node = ""] = (await says(...where)).split(" ");
    await says("cordon", node);
    expect(await says("get", "node", node, "--no-headers")).toContain("Ready,SchedulingDisabled");
    expect(await says("drain", node, "--force", "--timeout=60s")).toContain(`node/${node} drained`);
    const [sameUid, otherNode] = (await says(...where)).split(" ");
    expect(sameUid).toBe(uid);
    expect(otherNode).toMatch(/^edge-\d+$/);
    expect(otherNode).not.toBe(node);
    expect(await says("get", "pod", "moving", "--no-headers")).toMatch(/^moving\s+1\/1\s+Running/);
    await says("uncordon", node);
  });

  it("imports the pods of a real cluster with their addresses", async () => {
    const imported = await kubectl(["apply", "-f", "-"], podsOfACluster);
    expect(imported).toMatchObject({ code: 0, stdout: expect.stringContaining("pod/imported created") as unknown });
    expect(imported.stderr).toContain("metadata.uid");
    expect(await says("get", "pod", "imported", "-o", "jsonpath={.status.podIP} {.spec.nodeName}")).toMatch(
      /^10\.244\.1\.17 edge-\d+$/,
    );
  });

  it("creates services of every type by their flags", async () => {
    await says("create", "service", "clusterip", "plain", "--tcp=80:8080");
    await says("create", "service", "clusterip", "headless", "--clusterip=None", "--tcp=80");
    await says("create", "service", "nodeport", "outward", "--tcp=443:https");
    await says("create", "service", "externalname", "elsewhere", "--external-name=example.test");
    const ofEach = "{.spec.type} {.spec.clusterIP} {.spec.ports[0].port} {.spec.ports[0].targetPort}";
    expect(await says("get", "service", "plain", "-o", `jsonpath=${ofEach}`)).toMatch(/^ClusterIP 10\.\S+ 80 8080$/);
    expect(await says("get", "service", "headless", "-o", `jsonpath=${ofEach}`)).toBe("ClusterIP None 80 80");
    expect(await says("get", "service", "outward", "-o", `jsonpath=${ofEach}`)).toMatch(/^NodePort 10\.\S+ 443 https$/);
    expect(await says("get", "service", "elsewhere", "-o", "jsonpath={.spec.externalName}")).toBe("example.test");
  });

  it.runIf(kubectlMinor >= 27)("explains what becomes of a field, and of one that is ignored", async () => {
    expect(await says("explain", "pod.spec.containers.readinessProbe")).toMatch(
      /FIELD: readinessProbe <Probe>[\s\S]*Asked every period[\s\S]*periodSeconds\s+<integer>\n\s+Seconds from one probe/,
    );
    expect(await says("explain", "pod.spec.containers.image")).toContain(
      "Rollcall keeps this as it comes, and ignores it.",
    );
    expect(await says("explain", "service", "--recursive")).toMatch(/^ {4}ports\s+<\[\]ServicePort>$/m);
    expect(await says("explain", "endpointslices.endpoints.conditions.ready")).toContain("<boolean>");
  });

  it("asks what it may do: everything, until there is access control", async () => {
    expect(await says("auth", "can-i", "create", "pods")).toBe("yes\n");
    expect(await says("auth", "can-i", "--list")).toMatch(/^\*\.\*\s+\[\]\s+\[\]\s+\[\*\]$/m);
  });

  it.runIf(kubectlMinor >= 28)("asks who it is", async () => {
    expect(await says("auth", "whoami")).toMatch(
      /^Username\s+admin\nGroups\s+\[system:masters system:authenticated\]$/m,
    );
  });

  it("takes namespaces away with what is in them", async () => {
    await says("create", "namespace", "gone");
    await kubectl(["apply", "-n", "gone", "-f", "-"], podManifest("inside", {}, "192.0.2.60"));
    await says("delete", "namespace", "gone", "--timeout=60s");
    expect((await kubectl(["get", "pods", "-n", "gone"])).stdout).toBe("");
  });
});

const podWithExecProbe = JSON.stringify({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "needs-agent" },
  spec: {
    containers: [
      { name: "main", image: "registry.example/main:1", readinessProbe: { exec: { command: ["ls", "/var/ready"] } } },
    ],
  },
  status: { podIP: "192.0.2.70" },
});

/** As `kubectl get pods -o json` of a cluster prints it. */
const podsOfACluster = JSON.stringify({
  apiVersion: "v1",
  kind: "List",
  metadata: { resourceVersion: "" },
  items: [
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name: "imported",
        namespace: "default",
        uid: "5d1c8c1e-3c1b-4f4e-9f3f-0a1b2c3d4e5f",
        resourceVersion: "123456",
        creationTimestamp: "2026-01-01T00:00:00Z",
        generateName: "imported-",
        labels: { app: "imported" },
        ownerReferences: [
          {
            apiVersion: "apps/v1",
            kind: "ReplicaSet",
            name: "imported",
            uid: "9d1c8c1e-3c1b-4f4e-9f3f-0a1b2c3d4e5f",
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
      spec: {
        nodeName: "worker-1",
        containers: [
          { name: "main", image: "registry.example/main:1", ports: [{ containerPort: 80, protocol: "TCP" }] },
        ],
        tolerations: [
          { effect: "NoExecute", key: "node.kubernetes.io/not-ready", operator: "Exists", tolerationSeconds: 300 },
        ],
        volumes: [
          { name: "token", projected: { defaultMode: 420, sources: [{ serviceAccountToken: { path: "token" } }] } },
        ],
      },
      status: {
        phase: "Running",
        hostIP: "192.168.1.10",
        podIP: "10.244.1.17",
        podIPs: [{ ip: "10.244.1.17" }],
        qosClass: "BestEffort",
        conditions: [
          { type: "Ready", status: "True", lastProbeTime: null, lastTransitionTime: "2026-01-01T00:00:05Z" },
        ],
        containerStatuses: [
          {
            name: "main",
            ready: true,
            started: true,
            restartCount: 2,
            image: "registry.example/main:1",
            imageID: "registry.example/main@sha256:0",
            containerID: "containerd://0",
            state: { running: { startedAt: "2026-01-01T00:00:04Z" } },
          },
        ],
      },
    },
  ],
});
