/** `HTTPS=1 npm start`, with the clients that insist on TLS, and with what the start has written and nothing else. */
import { execFile, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { podManifest, serviceManifest } from "../../scripts/lab/manifests.ts";
import { startServer, type ServerProcess } from "../../scripts/lab/server-process.ts";
import { hasKubectl, kubectlMinor, kubectlWith, printed, spawnKubectl, type Kubectl } from "./clients/kubectl.ts";

const run = promisify(execFile);

let folder: string;
let server: ServerProcess;
let config: string;
let kubectl: Kubectl;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "rollcall-https-"));
  config = join(folder, "data/kubeconfig");
  kubectl = kubectlWith(config, folder);
  server = await startServer(join(folder, "data"), { HTTPS: "1" });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const says = (args: readonly string[], input?: string): Promise<string> => printed(kubectl, args, input);

describe.skipIf(!hasKubectl)("kubectl, with the kubeconfig that the start has written,", () => {
  it("is let in as the administrator, and still is after the next start", async () => {
    expect(server.greeting()).toContain(`kubectl --kubeconfig ${config} get pods`);
    expect(statSync(config).mode & 0o777).toBe(0o600);
    expect(await says(["auth", "can-i", "*", "*"])).toBe("yes\n");
    const pod = podManifest("a", { ip: "127.0.0.1", port: 8080 });
    expect(await says(["apply", "-f", "-"], JSON.stringify(pod))).toBe("pod/a created\n");
    expect(await server.stop()).toBe(0);
    server = await startServer(join(folder, "data"), { HTTPS: "1", PORT: new URL(server.url).port });
    expect(await says(["get", "pods", "-o", "name"])).toBe("pod/a\n");
  });

  it.skipIf(kubectlMinor < 28)("makes a token for a service account, which is let in by it", async () => {
    await says(["create", "serviceaccount", "ci"]);
    await says(["create", "rolebinding", "ci-views", "--clusterrole=view", "--serviceaccount=default:ci"]);
    const token = (await says(["create", "token", "ci"])).trim();
    await says(["config", "set-credentials", "ci", `--token=${token}`]);
    expect(await says(["--user=ci", "auth", "whoami"])).toMatch(/Username +system:serviceaccount:default:ci\n/);
    expect(await says(["--user=ci", "auth", "can-i", "list", "pods"])).toBe("yes\n");
    expect(await kubectl(["--user=ci", "delete", "pods", "--all"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Forbidden") as unknown,
    });
  });

  it("is told of changes as they come, and may go away", async () => {
    const watch = spawnKubectl(config, folder, ["get", "pods", "-l", "app=watched", "-o", "name", "--watch"]);
    onTestFinished(() => void watch.kill());
    const lines = createInterface(watch.stdout)[Symbol.asyncIterator]();
    for (const name of ["x", "y"]) {
      const pod = podManifest(name, { ip: "127.0.0.1", port: 8080, labels: { app: "watched" } });
      await says(["apply", "-f", "-"], JSON.stringify(pod));
      await expect(lines.next()).resolves.toEqual({ done: false, value: `pod/${name}` });
    }
    const closed = once(watch, "close");
    watch.kill();
    await closed;
    expect(server.complaints()).toBe("");
  });
});

describe.skipIf(!has("curl"))("curl, which trusts the authority that the start has made,", () => {
  it("is not let in without the token", async () => {
    expect(await curl(`${server.url}/api/v1/pods`)).toContain('"reason":"Unauthorized"');
  });

  it("finds a pod by the name of its service", async () => {
    const pod = createServer((_, response) => response.end("hello from the pod")).listen(0, "127.0.0.1");
    onTestFinished(() => void pod.close());
    await once(pod, "listening");
    const { port } = pod.address() as AddressInfo;
    const selector = { app: "web" };
    await create("pods", podManifest("web", { ip: "127.0.0.1", port, labels: selector }));
    await create("services", serviceManifest("web", { targetPort: port, headless: true, selector }));
    const url = `http://web.default.svc.cluster.local:${port}/`;
    expect(await curl("--doh-url", `${server.url}/dns-query`, url)).toBe("hello from the pod");
  });
});

describe.skipIf(!has("kdig"))("kdig", () => {
  it("is answered over HTTPS, by a server whose certificate it has verified", async () => {
    const { hostname, port } = new URL(server.url);
    const { stdout } = await run("kdig", [
      `@${hostname}`,
      "-p",
      port,
      "+https",
      `+tls-ca=${authority()}`,
      "+tls-hostname=localhost",
      "dns-version.cluster.local",
      "TXT",
      "+short",
    ]);
    expect(stdout).toBe('"1.1.0"\n');
  });
});

function authority(): string {
  return join(folder, "data/tls/ca.crt");
}

async function curl(...options: string[]): Promise<string> {
  const { stdout } = await run("curl", ["-sS", "--cacert", authority(), ...options]);
  return stdout;
}

async function create(resource: string, manifest: object): Promise<void> {
  const token = readFileSync(join(folder, "data/admin-token"), "utf8").trim();
  const made = await curl(
    "-H",
    `Authorization: Bearer ${token}`,
    "-H",
    "Content-Type: application/json",
    "-d",
    JSON.stringify(manifest),
    `${server.url}/api/v1/namespaces/default/${resource}`,
  );
  expect(JSON.parse(made)).toHaveProperty("metadata.uid");
}

function has(program: string): boolean {
  return spawnSync(program, ["--version"]).status === 0;
}
