import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { withSecrets } from "../../src/local/secrets.ts";
import { parseSettings } from "../../src/local/settings.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rollcall-secrets-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

function variables(environment: Record<string, string>): Record<string, string> {
  const parsed = parseSettings({}, { ROLLCALL_DATA: folder, ...environment });
  if (!parsed.ok) throw new Error(parsed.errors.join("\n"));
  return withSecrets(parsed.settings).variables;
}

describe("the secrets", () => {
  it("are made once, and nobody else on the machine may read them", () => {
    writeFileSync(join(folder, "token-key.new"), "left by one that was killed", { mode: 0o644 });
    const made = variables({ HTTPS: "1" });
    expect(Buffer.from(made["ROLLCALL_ADMIN_TOKEN"] ?? "", "base64url")).toHaveLength(32);
    expect(Buffer.from(made["TOKEN_KEYS"] ?? "", "base64")).toHaveLength(32);
    expect(variables({ HTTPS: "1" })).toEqual(made);
    const modes = readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mode & 0o777]);
    expect(Object.fromEntries(modes)).toEqual({ "admin-token": 0o600, "token-key": 0o600 });
  });

  it("are those that were given, of which nothing is kept", () => {
    const given = { ROLLCALL_ADMIN_TOKEN: "secret", TOKEN_KEYS: Buffer.alloc(32, 1).toString("base64") };
    expect(variables({ HTTPS: "1", ...given })).toMatchObject(given);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("hold no administrator's token where everybody is let in, whatever was kept", () => {
    variables({ HTTPS: "1" });
    expect(variables({})).not.toHaveProperty("ROLLCALL_ADMIN_TOKEN");
  });

  it("are made anew where the file holds nothing", () => {
    writeFileSync(join(folder, "token-key"), "\n");
    expect(Buffer.from(variables({})["TOKEN_KEYS"] ?? "", "base64")).toHaveLength(32);
  });
});
