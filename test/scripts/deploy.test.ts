/** What `npm run deploy` says and does, with a wrangler that is played. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";

interface Account {
  databases: string[];
  /** Undefined where they cannot be listed. */
  secrets: string[] | undefined;
}

/** Runs the deployment, and returns what it says; the commands are those that begin with `$`. */
function deploy({ databases, secrets }: Account, options: string[] = []): string {
  const folder = mkdtempSync(join(tmpdir(), "rollcall-deploy-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const listed = (names: string[]): string => JSON.stringify(names.map((name) => ({ name })));
  const npx = `#!/bin/sh
case "$*" in
  "wrangler d1 list --json") echo '${listed(databases)}' ;;
  "wrangler secret list --format json") ${secrets === undefined ? "exit 1" : `echo '${listed(secrets)}'`} ;;
esac
`;
  writeFileSync(join(folder, "npx"), npx);
  chmodSync(join(folder, "npx"), 0o755);
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env["PATH"]}` };
  const { stdout, status } = spawnSync(process.execPath, ["scripts/deploy.ts", ...options], { env, encoding: "utf8" });
  expect(status).toBe(0);
  return stdout;
}

const setAdminToken = "npx wrangler secret put ROLLCALL_ADMIN_TOKEN";
const setTokenKeys = "openssl rand -base64 32 | npx wrangler secret put TOKEN_KEYS";

const migrateThenDeploy = ["npx wrangler d1 migrations apply rollcall --remote", "npx wrangler deploy"];

it.each<[string, Account, string[], string[]]>([
  [
    "nothing yet",
    { databases: ["another"], secrets: [] },
    ["npx wrangler d1 create rollcall --update-config=false", ...migrateThenDeploy],
    [setAdminToken, setTokenKeys],
  ],
  [
    "a Rollcall from before there were accounts",
    { databases: ["rollcall"], secrets: ["ROLLCALL_ADMIN_TOKEN"] },
    migrateThenDeploy,
    [setTokenKeys],
  ],
  ["all", { databases: ["rollcall"], secrets: ["TOKEN_KEYS", "ROLLCALL_ADMIN_TOKEN"] }, migrateThenDeploy, []],
  [
    "secrets that cannot be listed",
    { databases: ["rollcall"], secrets: undefined },
    migrateThenDeploy,
    [setAdminToken, setTokenKeys],
  ],
])("where there is %s, does what is missing, and says how to set the secrets that are", (_, account, done, toDo) => {
  const said = deploy(account);
  const commands = [...said.matchAll(/^\$ (.*)$/gm)].map(([, command]) => command);
  expect(commands).toEqual(["npx wrangler d1 list --json", ...done, "npx wrangler secret list --format json"]);
  const told = said.split("\n").filter((line) => line.startsWith("  "));
  expect(told.map((line) => line.trim())).toEqual(toDo);
  expect(said.includes("cannot be listed")).toBe(account.secrets === undefined);
  expect(said.includes("All secrets are set")).toBe(toDo.length === 0);
});

it("tells all of that beforehand when it is only to say what it would do", () => {
  const said = deploy({ databases: [], secrets: [] }, ["--dry-run"]);
  for (const command of ["d1 create rollcall", "npx wrangler deploy", setAdminToken, setTokenKeys]) {
    expect(said).toContain(command);
  }
  expect(said).not.toMatch(/^\$/m);
});
