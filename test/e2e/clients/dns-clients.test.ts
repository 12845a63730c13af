/** DNS where people already are: the programs that ask names, unmodified, against the started server. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { apiClient } from "../../../scripts/lab/api-client.ts";
import { eventually } from "../../../scripts/lab/eventually.ts";
import { podManifest, serviceManifest } from "../../../scripts/lab/manifests.ts";
import { findFreePort } from "../../../scripts/lab/pod-process.ts";
import { startServer, type ServerProcess } from "../../../scripts/lab/server-process.ts";
import { startTlsFront, type TlsFront } from "../tls-front.ts";
import { hasPrograms } from "./dns-programs.ts";
import { runProgram } from "./run-program.ts";

const here = "127.0.0.1";
const kubia = "kubia-headless.default.svc.cluster.local";
/** No pod listens there: names are all that is asked for. */
const kubiaAddresses = ["10.30.0.1", "10.30.0.2", "10.30.0.3"];
const page = "<html><head></head><body>You've hit page-1</body></html>";

/** What `npx rollcall` runs; npx itself passes no signal on. */
const program = "src/local/rollcall.js";

let folder: string;
let server: ServerProcess;
let dnsPort: number;
let front: TlsFront;
let pod: Server;
let podPort: number;

/** Chromium leaves names that end in .local to the system, so there is a second zone. */
const zones = "cluster.local,cluster.internal";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "rollcall-dns-clients-"));
  dnsPort = await findFreePort();
  server = await startServer(join(folder, "data"), { DNS_PORT: String(dnsPort), DNS_ZONES: zones });
  pod = createServer((_, response) => response.setHeader("content-type", "text/html").end(page)).listen(0, here);
  await once(pod, "listening");
  podPort = (pod.address() as AddressInfo).port;
  front = await startTlsFront(server.url, folder);
  await register("page", { app: "page" }, [here]);
  await register("kubia-headless", { app: "kubia" }, kubiaAddresses);
});

afterAll(async () => {
  pod.close();
  await front.close();
  if (server.isRunning()) await server.stop();
  rmSync(folder, { recursive: true });
});

/** A headless service and its pods, which are ready at once. */
async function register(name: string, labels: Record<string, string>, ips: readonly string[]): Promise<void> {
  const api = apiClient(server.url);
  const namespace = "/api/v1/namespaces/default";
  const service = serviceManifest(name, { targetPort: podPort, headless: true, selector: labels });
  expect((await api("POST", `${namespace}/services`, service)).status).toBe(201);
  for (const [index, ip] of ips.entries()) {
    const manifest = podManifest(`${name}-${index + 1}`, { ip, port: podPort, labels });
    expect((await api("POST", `${namespace}/pods`, manifest)).status).toBe(201);
  }
}

/** What it prints; a program that fails fails the test with what it said. */
async function says(program: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram(program, args);
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}: ${stderr}${stdout}`);
  return stdout;
}

async function linesOf(program: string, ...args: string[]): Promise<string[]> {
  return (await says(program, ...args)).trim().split("\n").sort();
}

/** A program that serves until the test is over. */
function serving(program: string, ...args: string[]): { child: ChildProcess; output: () => string } {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  const closed = once(child, "close");
  onTestFinished(async () => {
    child.kill("SIGTERM");
    await closed;
  });
  return { child, output: () => output };
}

/** Addresses that a DNS server on that port of this machine answers to dig, once it does. */
async function addressesAt(port: number, name: string): Promise<string[]> {
  const ask = async () =>
    (await runProgram("dig", [...at(port), "+short", "+tries=1", name])).stdout.trim().split("\n");
  const answered = (lines: string[]): boolean => lines.every((line) => /^[\d.]+$/.test(line));
  return (await eventually(ask, answered, { deadlineMs: 30_000 })).value.sort();
}

function at(port: number): string[] {
  return [`@${here}`, "-p", String(port)];
}

describe.skipIf(!hasPrograms("dig", "nslookup"))("over plain DNS", () => {
  it("dig is answered, in the letters that it asks with", async () => {
    const output = await says(
      "dig",
      ...at(dnsPort),
      "+noall",
      "+comments",
      "+answer",
      "KUBIA-headless.default.svc.Cluster.local",
    );
    expect(output).toContain("status: NOERROR");
    const records = [...output.matchAll(/^KUBIA-headless\.default\.svc\.Cluster\.local\.\s+\d\s+IN\s+A\s+(\S+)$/gm)];
    expect(records.map(([, address]) => address).sort()).toEqual(kubiaAddresses);
  });

  it("dig is answered over TCP", async () => {
    expect(await linesOf("dig", ...at(dnsPort), "+tcp", "+short", kubia)).toEqual(kubiaAddresses);
  });

  it("dig is told that there is no such name, and that others are not ours", async () => {
    expect(await says("dig", ...at(dnsPort), "nothing.default.svc.cluster.local")).toContain("status: NXDOMAIN");
    expect(await says("dig", ...at(dnsPort), "www.example.com")).toContain("status: REFUSED");
  });

  it("nslookup is answered", async () => {
    const output = await says("nslookup", `-port=${dnsPort}`, kubia, here);
    const found = [...output.matchAll(/^Name:\t(\S+)\nAddress: (\S+)$/gm)].map(
      ([, name, address]) => `${name} ${address}`,
    );
    expect(found.sort()).toEqual(kubiaAddresses.map((address) => `${kubia} ${address}`));
  });

  it("they learn of a write at once", async () => {
    await register("late", { app: "late" }, ["10.30.0.9"]);
    expect(await linesOf("dig", ...at(dnsPort), "+short", "late.default.svc.cluster.local")).toEqual(["10.30.0.9"]);
    await apiClient(server.url)("DELETE", "/api/v1/namespaces/default/pods/late-1");
    expect(await says("dig", ...at(dnsPort), "late.default.svc.cluster.local")).toContain("status: NXDOMAIN");
  });
});

describe.skipIf(!hasPrograms("kdig", "dig", "openssl"))("over HTTPS", () => {
  const trusting = () => [...at(front.port), `+tls-ca=${front.caFile}`, "+tls-hostname=localhost", "+short"];

  it("kdig is answered, with POST and GET", async () => {
    expect(await linesOf("kdig", ...trusting(), "+https", kubia)).toEqual(kubiaAddresses);
    expect(await linesOf("kdig", ...trusting(), "+https", "+https-get", "+padding", kubia)).toEqual(kubiaAddresses);
  });

  it("dig is answered", async () => {
    expect(await linesOf("dig", ...trusting(), "+https", kubia)).toEqual(kubiaAddresses);
  });
});

describe.skipIf(!hasPrograms("curl", "openssl"))("curl", () => {
  it("loads a page of a pod by the name of its service", async () => {
    const doh = ["--cacert", front.caFile, "--doh-url", `https://localhost:${front.port}/dns-query`];
    expect(await says("curl", "-sS", ...doh, `http://page.default.svc.cluster.local:${podPort}/`)).toBe(page);
  });
});

describe.skipIf(!hasPrograms("dnss", "dig", "openssl"))("dnss", () => {
  it("answers plain DNS from it", async () => {
    const port = await findFreePort();
    const upstream = ["-https_upstream", `https://localhost:${front.port}/dns-query`];
    const trust = ["-https_client_cafile", front.caFile];
    serving("dnss", "-enable_dns_to_https", "-dns_listen_addr", `${here}:${port}`, ...upstream, ...trust);
    expect(await addressesAt(port, kubia)).toEqual(kubiaAddresses);
  });
});

describe.skipIf(!hasPrograms("chromium", "openssl"))("Chromium", () => {
  it.each(["dns-query", "dns-query{?dns}"])(
    "loads a page of a pod by the name of its service, with /%s",
    async (path) => {
      const profile = join(folder, `chromium-${path.length}`);
      mkdirSync(profile);
      // What the settings page writes under "Use secure DNS".
      const secureDns = { mode: "secure", templates: `https://localhost:${front.port}/${path}` };
      writeFileSync(join(profile, "Local State"), JSON.stringify({ dns_over_https: secureDns }));
      const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--ignore-certificate-errors"];
      const url = `http://page.default.svc.cluster.internal:${podPort}/`;
      front.paths.length = 0;
      const dom = await says("chromium", ...flags, `--user-data-dir=${profile}`, "--dump-dom", url);
      expect(dom).toContain("You've hit page-1");
      expect(
        front.paths.some((asked) => asked.startsWith(path === "dns-query" ? "/dns-query" : "/dns-query?dns=")),
      ).toBe(true);
    },
  );
});

describe("npx rollcall", () => {
  it("runs from the project's folder", async () => {
    const help = await runProgram("npx", ["rollcall", "dns", "--help"]);
    expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining("--upstream") as unknown });
  });

  it.each<[string[], RegExp]>([
    [["dns"], /^rollcall dns: --upstream is missing/],
    [["dsn"], /^usage: npx rollcall dns/],
    [[], /^usage: npx rollcall dns/],
  ])("says in one line what is wrong with %j", async (args, expected) => {
    const stderr = expect.stringMatching(expected) as unknown;
    expect(await runProgram(process.execPath, [program, ...args])).toEqual({ code: 2, stdout: "", stderr });
  });

  it("dns says in one line why it cannot listen", async () => {
    const flags = ["--upstream", `${server.url}/dns-query`, "--listen", `${here}:${dnsPort}`];
    expect(await runProgram(process.execPath, [program, "dns", ...flags])).toEqual({
      code: 1,
      stdout: "",
      stderr: `rollcall dns: port ${dnsPort} of ${here} is in use\n`,
    });
  });
});

describe.skipIf(!hasPrograms("dig", "openssl"))("rollcall dns", () => {
  it("answers for short names in front of an upstream over HTTPS, and beyond the end of that", async () => {
    const port = await findFreePort();
    const last = await startTlsFront(server.url, mkdtempSync(join(folder, "front-")));
    const upstream = ["--upstream", `https://localhost:${last.port}/dns-query`, "--ca", last.caFile];
    const search = ["--search", "default.svc.cluster.local", "--outside", "refuse"];
    const bridge = serving(process.execPath, program, "dns", "--listen", `${here}:${port}`, ...upstream, ...search);
    expect(await addressesAt(port, "kubia-headless")).toEqual(kubiaAddresses);
    expect(await says("dig", ...at(port), "nothing")).toContain("status: NXDOMAIN");
    expect(await says("dig", ...at(port), "www.example.com")).toContain("status: REFUSED");

    await last.close();
    const comes = () => says("dig", ...at(port), "kubia-headless");
    const stale = await eventually(comes, (output) => output.includes("Stale Answer"), { deadlineMs: 30_000 });
    expect(stale.found).toBe(true);
    expect([...stale.value.matchAll(/^kubia-headless\.\s+30\s+IN\s+A\s+(\S+)$/gm)].map(([, ip]) => ip).sort()).toEqual(
      kubiaAddresses,
    );
    expect(bridge.output().match(/does not answer/g)).toHaveLength(1);
    expect(bridge.output()).not.toContain("dns-query");

    const closed = once(bridge.child, "close");
    bridge.child.kill("SIGINT");
    expect(await closed).toEqual([0, null]);
  });
});
