/** `kubectl apply --server-side` and what belongs to it: conflicts, pruning, the way over from client-side apply. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { hasKubectl, kubectlFor, printed, type Kubectl } from "./kubectl.ts";
import type { ProgramRun } from "./run-program.ts";

const namespace = "applied";
const http = { name: "http", port: 80, targetPort: 8080 };
const https = { name: "https", port: 443, targetPort: 8443 };

function service(...ports: object[]): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web", labels: { tier: "front" } },
    spec: { selector: { app: "web" }, ports },
  });
}

describe.skipIf(!hasKubectl)("kubectl apply --server-side", () => {
  let folder: string;
  let kubectl: Kubectl;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "rollcall-apply-"));
    kubectl = kubectlFor(inject("sharedServerUrl"), folder, namespace);
    await printed(kubectl, ["create", "namespace", namespace]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeEach(async () => {
    await kubectl(["delete", "service", "web", "--ignore-not-found"]);
  });

  function apply(manifest: string, ...flags: string[]): Promise<ProgramRun> {
    return kubectl(["apply", "--server-side", ...flags, "-f", "-"], manifest);
  }

  async function targetPorts(): Promise<string> {
    return (await kubectl(["get", "service", "web", "-o", "jsonpath={.spec.ports[*].targetPort}"])).stdout;
  }

  /** `kubectl Apply kubectl-patch Update` */
  async function managers(): Promise<string> {
    const each = "{range .metadata.managedFields[*]}{.manager} {.operation} {end}";
    const { stdout } = await kubectl(["get", "service", "web", "--show-managed-fields", "-o", `jsonpath=${each}`]);
    return stdout.trim();
  }

  async function editTargetPort(targetPort: number): Promise<void> {
    const patch = JSON.stringify({ spec: { ports: [{ port: 80, targetPort }] } });
    expect((await kubectl(["patch", "service", "web", "-p", patch])).code).toBe(0);
  }

  it("creates, finds nothing to do the second time, and takes away what is no longer listed", async () => {
    const created = await apply(service(http, https));
    expect(created).toMatchObject({ code: 0, stdout: "service/web serverside-applied\n" });
    const version = ["get", "service", "web", "-o", "jsonpath={.metadata.resourceVersion}"];
    const before = (await kubectl(version)).stdout;
    await apply(service(http, https));
    expect((await kubectl(version)).stdout).toBe(before);
    await apply(service(http));
    expect(await targetPorts()).toBe("8080");
    expect((await kubectl(["get", "service", "web", "-o", "yaml"])).stdout).not.toContain("managedFields");
  });

  it("says who else manages what it would change, and takes it when it is told to", async () => {
    await apply(service(http));
    await editTargetPort(9090);
    const refused = await apply(service(http));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(
      'Apply failed with 1 conflict: conflict with "kubectl-patch" using v1: .spec.ports[port=80,protocol="TCP"].targetPort',
    );
    expect(await targetPorts()).toBe("9090");
    expect((await apply(service(http), "--force-conflicts")).code).toBe(0);
    expect([await targetPorts(), await managers()]).toEqual(["8080", "kubectl Apply"]);
  });

  it("shares what another manager applies with the same value, by any name", async () => {
    await apply(service(http));
    expect((await apply(service(http), "--field-manager=pipeline")).code).toBe(0);
    expect((await managers()).split(" ").toSorted()).toEqual(["Apply", "Apply", "kubectl", "pipeline"]);
    const refused = await apply(service({ ...http, targetPort: 1 }), "--field-manager=pipeline");
    expect(refused.stderr).toContain('conflict with "kubectl": .spec.ports[port=80,protocol="TCP"].targetPort');
  });

  it("shows what it would change, and changes nothing by trying", async () => {
    await apply(service(http));
    const same = await kubectl(["diff", "--server-side", "-f", "-"], service(http));
    expect([same.code, same.stdout]).toEqual([0, ""]);
    const diff = await kubectl(["diff", "--server-side", "-f", "-"], service({ ...http, targetPort: 8081 }));
    expect(diff.code).toBe(1);
    expect(diff.stdout).toMatch(/-\s+targetPort: 8080\n\+\s+targetPort: 8081/);
    const tried = await apply(service({ ...http, targetPort: 8081 }), "--dry-run=server");
    expect(tried.stdout).toBe("service/web serverside-applied (server dry run)\n");
    expect(await targetPorts()).toBe("8080");
  });

  it("takes over what was applied by the client, with nothing left behind by either way", async () => {
    await kubectl(["apply", "-f", "-"], service(http, https));
    expect(await managers()).toBe("kubectl-client-side-apply Update");
    expect((await apply(service({ ...http, targetPort: 8081 }, https))).code).toBe(0);
    expect(await targetPorts()).toBe("8081 8443");
    expect(await managers()).not.toContain("kubectl-client-side-apply");
    await apply(service({ ...http, targetPort: 8081 }));
    expect(await targetPorts()).toBe("8081");
  });

  it("takes over what was applied by the client, and protects what somebody has changed since", async () => {
    await kubectl(["apply", "-f", "-"], service(http));
    await editTargetPort(9090);
    expect((await apply(service(http))).stderr).toContain('conflict with "kubectl-patch" using v1');
  });

  it("is told of fields that there are not", async () => {
    const misspelt = service(http).replace('"selector"', '"selektor"');
    expect((await apply(misspelt)).stderr).toContain(".spec.selektor: field not declared in schema");
  });
});
