/** Accounts, tokens, roles and `kubectl auth`, as kubectl asks for them: unmodified, against the started server. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { hasKubectl, kubectlFor, kubectlMinor, printed, type Kubectl } from "./kubectl.ts";

const serverUrl = inject("sharedServerUrl");
const namespace = "accounts";
const other = "other-accounts";
const account = `system:serviceaccount:${namespace}:ci`;

describe.skipIf(!hasKubectl || kubectlMinor < 28)("access by kubectl", () => {
  let folder: string;
  let kubectl: Kubectl;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "rollcall-access-"));
    kubectl = kubectlFor(serverUrl, folder, namespace);
    await says("create", "namespace", namespace);
    await says("create", "namespace", other);
    await says("create", "serviceaccount", "ci");
    await says("create", "rolebinding", "ci-views", "--clusterrole=view", `--serviceaccount=${namespace}:ci`);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const says = (...args: string[]): Promise<string> => printed(kubectl, args);

  it("makes a token that does what the account may, until the account goes", async () => {
    const token = (await says("create", "token", "ci", "--duration=24h")).trim();
    const asAccount = async (path: string): Promise<[number, string | undefined]> => {
      const response = await fetch(`${serverUrl}${path}`, { headers: { Authorization: `Bearer ${token}` } });
      const { message } = (await response.json()) as { message?: string };
      return [response.status, message];
    };
    expect(await asAccount(`/api/v1/namespaces/${namespace}/pods`)).toEqual([200, undefined]);
    expect(await asAccount(`/api/v1/namespaces/${other}/pods`)).toEqual([
      403,
      `pods is forbidden: User "${account}" cannot list resource "pods" in API group "" in the namespace "${other}"`,
    ]);
    await says("create", "serviceaccount", "brief");
    const brief = (await says("create", "token", "brief")).trim();
    await says("delete", "serviceaccount", "brief");
    const gone = await fetch(`${serverUrl}/api`, { headers: { Authorization: `Bearer ${brief}` } });
    expect(gone.status).toBe(401);
  });

  it("tells what an account may do", async () => {
    const as = `--as=${account}`;
    expect(await says("auth", "can-i", "list", "pods", as)).toBe("yes\n");
    const refused = await kubectl(["auth", "can-i", "create", "pods", as]);
    expect([refused.code, refused.stdout]).toEqual([1, "no\n"]);
    expect((await kubectl(["auth", "can-i", "list", "pods", "-n", other, as])).stdout).toBe("no\n");
    const rules = await says("auth", "can-i", "--list", as);
    expect(rules).toMatch(/^leases\.coordination\.k8s\.io\s+\[\]\s+\[\]\s+\[get list watch\]$/m);
    expect(await says("auth", "can-i", "*", "*")).toContain("yes\n");
    expect(await says("auth", "whoami", as)).toContain(`Username    ${account}`);
  });

  it("is refused in another namespace, in Kubernetes' words", async () => {
    const { code, stderr } = await kubectl(["get", "pods", "-n", other, `--as=${account}`]);
    expect([code, stderr.trim()]).toEqual([
      1,
      `Error from server (Forbidden): pods is forbidden: User "${account}" cannot list resource "pods" ` +
        `in API group "" in the namespace "${other}"`,
    ]);
  });

  it("makes roles and shows them", async () => {
    await says("create", "role", "reader", "--verb=get,list", "--resource=pods,pods/status");
    await says("create", "clusterrole", "scraper", "--verb=get", "--non-resource-url=/metrics");
    await says("create", "clusterrolebinding", "scrapers", "--clusterrole=scraper", "--group=scrapers");
    expect(await says("describe", "role", "reader")).toMatch(/pods\/status\s+\[\]\s+\[\]\s+\[get list\]/);
    const names = (await says("get", "clusterroles", "-o", "name")).trim().split("\n");
    expect(names).toEqual(
      ["admin", "cluster-admin", "edit", "scraper", "system:auth-delegator", "system:basic-user", "system:discovery"]
        .concat(["system:monitoring", "system:node", "system:public-info-viewer", "view"])
        .map((name) => `clusterrole.rbac.authorization.k8s.io/${name}`),
    );
    expect(await says("get", "rolebinding", "ci-views", "-o", "wide", "--no-headers")).toMatch(
      /^ci-views\s+ClusterRole\/view\s+\S+\s+accounts\/ci\s*$/m,
    );
    expect(await says("get", "sa", "--no-headers")).toMatch(/^ci\s+0\s+\S+\s*$/m);
    const changed = await kubectl(["delete", "clusterrole", "view"]);
    expect(changed.stderr).toContain("this role belongs to Rollcall");
  });

  it("applies and reconciles what others have written down", async () => {
    const manifest = JSON.stringify({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: { name: "applied", namespace },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "edit" },
      subjects: [{ kind: "Group", name: "devs", apiGroup: "rbac.authorization.k8s.io" }],
    });
    expect((await kubectl(["apply", "-f", "-"], manifest)).stdout).toContain("created");
    expect((await kubectl(["apply", "-f", "-"], manifest)).stdout).toContain("unchanged");
    expect((await kubectl(["apply", "--server-side", "-f", "-", "--force-conflicts"], manifest)).code).toBe(0);
    const moved = manifest.replace('"edit"', '"admin"');
    expect((await kubectl(["apply", "-f", "-"], moved)).stderr).toContain("cannot change roleRef");
    expect((await kubectl(["auth", "reconcile", "-f", "-"], moved)).code).toBe(0);
  });
});
