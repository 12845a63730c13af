/** How the local server starts, refuses to start, stops, and gets over an end that was none. */
import { spawn, spawnSync } from "node:child_process";
import { createServer } from "node:http";
import { once } from "node:events";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { apiClient } from "../../scripts/lab/api-client.ts";
import { startServer, tryStartServer, type Environment, type ServerProcess } from "../../scripts/lab/server-process.ts";
import { eventually } from "../../scripts/lab/eventually.ts";
import { runningServer } from "./running-server.ts";
import { tempFolder } from "./temp-folder.ts";

const program = ["src/local/launch.js", "src/local/main.ts"];
const namespaces = "/api/v1/namespaces";

function run(...options: string[]) {
  return spawnSync(process.execPath, options, { encoding: "utf8" });
}

async function refusedStart(dataFolder: string, environment: Environment = {}) {
  const started = await tryStartServer(dataFolder, environment);
  if (!("url" in started)) return { ...started, stderr: started.stderr.trimEnd().split("\n") };
  await started.stop();
  throw new Error("the server has started");
}

/** Open, and up to the end: whatever is done to it, it goes on. */
let shared: ServerProcess;
let sharedFolder: string;

beforeAll(async () => {
  sharedFolder = mkdtempSync(join(tmpdir(), "rollcall-shared-"));
  shared = await startServer(sharedFolder);
});
afterAll(async () => {
  await shared.stop();
  rmSync(sharedFolder, { recursive: true });
});

describe("the local server", () => {
  it.each<{ environment: Environment; statuses: Record<string, number>; signal: NodeJS.Signals }>([
    { environment: {}, statuses: { none: 200 }, signal: "SIGTERM" },
    {
      environment: { ROLLCALL_ADMIN_TOKEN: "secret", HOST: "0.0.0.0" },
      statuses: { none: 401, wrong: 401, secret: 200 },
      signal: "SIGINT",
    },
  ])("is ready when it says so, asks for the token that it was given, ends with its workerd: %o", async (start) => {
    const server = await runningServer(tempFolder(), start.environment);
    const url = server.url.replace("0.0.0.0", "127.0.0.1");
    expect(await answers(url)).toBe(true);
    for (const [token, expected] of Object.entries(start.statuses)) {
      const api = apiClient(url, token === "none" ? undefined : token);
      expect([token, (await api("GET", namespaces)).status]).toEqual([token, expected]);
    }
    const workerd = server.workerdPid();
    expect(isRunning(workerd)).toBe(true);
    expect(await server.stop(start.signal)).toBe(0);
    expect(isRunning(workerd)).toBe(false);
    expect(server.complaints()).toBe("");
  });

  it("prints commands that work when pasted", async () => {
    const urls = [...shared.greeting().matchAll(/curl .*?'?(http:[^\s']+)/g)].map(([, url]) => url ?? "");
    const [api, dns] = await Promise.all(urls.map(async (url) => (await fetch(url)).json()));
    expect(urls).toHaveLength(2);
    expect(api).toMatchObject({ kind: "NamespaceList" });
    expect(dns).toMatchObject({ Status: 0, Answer: [{ data: expect.stringContaining("1.1.0") as unknown }] });
  });

  it("explains itself without starting", () => {
    const { status, stdout } = run(...program, "--help");
    expect(status).toBe(0);
    const names = ["HOST", "PORT", "DNS_PORT", "ROLLCALL_DATA", "ROLLCALL_ADMIN_TOKEN"];
    for (const name of names) expect(stdout).toContain(name);
  });

  it("answers no web page of another site, which could ask it through a browser on this machine", async () => {
    const ask = (headers: Record<string, string>) => fetch(new URL(namespaces, shared.url), { headers });
    expect((await ask({})).status).toBe(200);
    const refused = await ask({ Origin: "https://elsewhere.example" });
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ kind: "Status", reason: "Forbidden" });
  });

  it("goes on when its workerd dies", async () => {
    const workerd = shared.workerdPid();
    process.kill(workerd, "SIGKILL");
    const look = async () => shared.workerdPid() !== workerd && (await answers(shared.url));
    expect((await eventually(look, Boolean, { deadlineMs: 30_000 })).found).toBe(true);
  });
});

describe("the local server refuses to start with one line for each thing that is wrong", () => {
  it("with wrong settings, of its own and of the Worker's", async () => {
    const [ofHost, ofTtl] = [/set HTTPS=1 or ROLLCALL_ADMIN_TOKEN/, /DNS_TTL/];
    expect(await refusedStart(tempFolder(), { HOST: "0.0.0.0", DNS_TTL: "soon" })).toEqual(lines(ofHost, ofTtl));
  });

  it.each(["PORT", "DNS_PORT"])("on a %s that is in use", async (name) => {
    const other = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void other.close());
    await once(other, "listening");
    const address = other.address();
    const port = typeof address === "object" && address !== null ? String(address.port) : "";
    expect(await refusedStart(tempFolder(), { [name]: port })).toEqual(
      lines(new RegExp(`port ${port} of 127.0.0.1 is in use; set ${name} to use another`)),
    );
  });

  it("on an address of another machine", async () => {
    const environment = { HOST: "192.0.2.1", ROLLCALL_ADMIN_TOKEN: "secret" };
    expect(await refusedStart(tempFolder(), environment)).toEqual(lines(/192\.0\.2\.1 is no address of this machine/));
  });

  it("on a data folder in use, which goes on being served", async () => {
    expect(await refusedStart(sharedFolder)).toEqual(
      lines(new RegExp(`in use by another Rollcall \\(process ${shared.pid}\\)`)),
    );
    expect(await answers(shared.url)).toBe(true);
  });

  it("on a data folder that is a file", async () => {
    const file = join(tempFolder(), "file");
    writeFileSync(file, "");
    expect(await refusedStart(file)).toEqual(lines(/the data folder .* cannot be used/));
  });

  it("on a Node that is too old", () => {
    const pretence = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.11.0" } })';
    const { status, stdout, stderr } = run("--import", `data:text/javascript,${pretence}`, ...program);
    expect({ exitCode: status, stdout, stderr: stderr.trimEnd().split("\n") }).toEqual(
      lines(/needs Node 24, and this is 20\.11\.0/),
    );
  });

  it("with an option that it does not know", () => {
    const { status, stdout, stderr } = run(...program, "--prot=8080");
    expect({ exitCode: status, stdout, stderr: stderr.trimEnd().split("\n") }).toEqual(
      lines(/unknown option --prot=8080/),
    );
  });

  it("on a database that is broken", async () => {
    const folder = tempFolder();
    const databases = "state/d1/miniflare-D1DatabaseObject";
    cpSync(join(sharedFolder, databases), join(folder, databases), { recursive: true });
    overwriteDatabases(join(folder, databases));
    expect(await refusedStart(folder)).toEqual(lines(/the data in .* cannot be used/));
  });
});

describe("the next start", () => {
  it("ends the workerd of a Node that was killed, and takes over its port", async () => {
    const folder = tempFolder();
    const killed = await runningServer(folder);
    const orphan = killed.workerdPid();
    await killed.killNode();
    expect(await answers(killed.url)).toBe(true);

    const next = await runningServer(folder, { PORT: new URL(killed.url).port });
    expect(isRunning(orphan)).toBe(false);
    expect(next.workerdPid()).not.toBe(orphan);
    expect(next.complaints()).toContain(`ended workerd ${orphan}`);
    expect(await answers(next.url)).toBe(true);
  });

  it("leaves a foreign process alone that has the pid of an earlier workerd", async () => {
    const folder = tempFolder();
    const foreign = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    onTestFinished(() => void foreign.kill("SIGKILL"));
    await once(foreign, "spawn");
    const command = ["/node_modules/workerd", "serve", "--binary"];
    writeFileSync(join(folder, "workerd.json"), JSON.stringify({ pid: foreign.pid, command }));

    await runningServer(folder);
    expect(isRunning(foreign.pid ?? 0)).toBe(true);
  });
});

/** What a start is that was refused with these lines. */
function lines(...expected: RegExp[]) {
  return { exitCode: 1, stdout: "", stderr: expected.map((each) => expect.stringMatching(each) as unknown) };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(new URL("/readyz", url))).ok;
  } catch {
    return false;
  }
}

/** A process that has ended but was not collected by its parent does not run. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || readFileSync(`/proc/${pid}/cmdline`, "utf8") !== "";
  } catch {
    return false;
  }
}

function overwriteDatabases(folder: string): void {
  for (const name of readdirSync(folder).filter((name) => !name.startsWith("metadata"))) {
    const file = join(folder, name);
    if (name.endsWith(".sqlite")) writeFileSync(file, "this was a database once\n".repeat(100));
    else rmSync(file);
  }
}
