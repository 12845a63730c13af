import { describe, expect, it } from "vitest";
import { endpointsView } from "../../src/domain/concerns.ts";
import type { Pod } from "../../src/domain/pod.ts";
import { readyPod } from "../objects.ts";

const before = readyPod("a", "10.0.0.1", { labels: { app: "kubia" } }, { nodeName: "n1" });

function withPorts(of: Pod, list: "containers" | "initContainers", restartPolicy?: string): Pod {
  const container = { name: "main", ports: [{ containerPort: 80 }], ...(restartPolicy && { restartPolicy }) };
  return { ...of, spec: { ...of.spec, [list]: [container] } };
}

const metadata = (change: Partial<Pod["metadata"]>): Pod => ({
  ...before,
  metadata: { ...before.metadata, ...change },
});
const spec = (change: Partial<Pod["spec"]>): Pod => ({ ...before, spec: { ...before.spec, ...change } });
const status = (change: Partial<Pod["status"]>): Pod => ({ ...before, status: { ...before.status, ...change } });

describe("a pod's change concerns its services", () => {
  it.each<[string, Pod]>([
    ["another pod of the name", metadata({ uid: "another" })],
    ["labels", metadata({ labels: { app: "other" } })],
    ["the beginning of its end", metadata({ deletionTimestamp: "2026-11-01T00:00:00Z" })],
    ["addresses", status({ podIPs: [{ ip: "10.0.0.1" }, { ip: "fd00::1" }] })],
    ["readiness", status({ conditions: [{ type: "Ready", status: "False" }] })],
    ["its end", status({ phase: "Succeeded" })],
    ["its name under a service", spec({ hostname: "h", subdomain: "kubia" })],
    ["its node", spec({ nodeName: "n2" })],
    ["ports of containers", withPorts(before, "containers")],
    ["ports of init containers that keep running", withPorts(before, "initContainers", "Always")],
  ])("for %s", (_, after) => {
    expect(endpointsView(after)).not.toBe(endpointsView(before));
  });

  it.each<[string, Pod]>([
    ["annotations", metadata({ annotations: { note: "1" } })],
    [
      "other conditions",
      status({ conditions: [...(before.status.conditions ?? []), { type: "Custom", status: "True" }] }),
    ],
    ["the moment of a condition", status({ conditions: [{ type: "Ready", status: "True", lastTransitionTime: "x" }] })],
    ["containers' states", status({ containerStatuses: [] })],
    ["phases in which it lives", status({ phase: "Pending" })],
    ["ports of init containers that end", withPorts(before, "initContainers")],
  ])("not for %s", (_, after) => {
    expect(endpointsView(after)).toBe(endpointsView(before));
  });
});
