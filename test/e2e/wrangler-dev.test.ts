/** `npx wrangler dev` serves the same Worker, as the README says. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { apiClient } from "../../scripts/lab/api-client.ts";
import { eventually } from "../../scripts/lab/eventually.ts";
import { findFreePort } from "../../scripts/lab/pod-process.ts";
import { tempFolder } from "./temp-folder.ts";

const wrangler = join("node_modules", ".bin", "wrangler");

it("wrangler dev serves the API once its migrations are applied, and its sweep can be triggered", async () => {
  const state = tempFolder();
  const environment = { ...process.env, CI: "true", WRANGLER_SEND_METRICS: "false", WRANGLER_WRITE_LOGS: "false" };
  const migrations = ["d1", "migrations", "apply", "rollcall", "--local", "--persist-to", state];
  expect(spawnSync(wrangler, migrations, { env: environment, encoding: "utf8" })).toMatchObject({ status: 0 });

  const port = await findFreePort();
  const token = "secret";
  const options = ["dev", "--ip", "127.0.0.1", "--port", String(port), "--persist-to", state];
  const server = spawn(wrangler, [...options, "--var", `ROLLCALL_ADMIN_TOKEN:${token}`], {
    env: environment,
    stdio: "ignore",
  });
  onTestFinished(async () => {
    const exited = once(server, "exit");
    server.kill("SIGTERM");
    await exited;
  });

  const url = `http://127.0.0.1:${port}`;
  const readyStatus = () => fetch(`${url}/readyz`).then(({ status }) => status, String);
  expect((await eventually(readyStatus, (status) => status === 200, { deadlineMs: 60_000 })).value).toBe(200);
  expect((await apiClient(url, token)("GET", "/api/v1/namespaces")).body.items).toHaveLength(4);
  expect((await apiClient(url)("GET", "/api/v1/namespaces")).status).toBe(401);
  expect((await fetch(`${url}/cdn-cgi/local/scheduled`)).status).toBe(200);
});
