/** The import rules of ARCHITECTURE.md, as the linter enforces them: proved on small trees that break them. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const forbidden: [from: string, specifier: string][] = [
  ["src/domain/pod.ts", "../registry/registry.ts"],
  ["src/domain/pod.ts", "cloudflare:workers"],
  ["src/domain/pod.ts", "hono"],
  ["src/api/verbs/get.ts", "../../dns/resolve.ts"],
  ["src/api/api.ts", "../endpoints/publish.ts"],
  ["src/api/api.ts", "../probes/prober.ts"],
  ["src/api/api.ts", "node:fs"],
  ["src/dns/doh.ts", "../api/api.ts"],
  ["src/dns/doh.ts", "../endpoints/ready-list.ts"],
  ["src/dns/doh.ts", "../probes/prober.ts"],
  ["src/endpoints/publish.ts", "../api/api.ts"],
  ["src/endpoints/publish.ts", "../dns/resolve.ts"],
  ["src/probes/transports/probe-tcp.ts", "../../dns/resolve.ts"],
  ["src/probes/prober.ts", "../endpoints/publish.ts"],
  ["src/registry/d1-registry.ts", "../api/api.ts"],
  ["src/watch/fan-out.ts", "../endpoints/publish.ts"],
  ["src/access/bearer.ts", "../api/api.ts"],
  ["src/dns/doh.ts", "../local/runtime.ts"],
  ["src/dns/doh.ts", "../bridge/route.ts"],
  ["src/bridge/responder.ts", "../dns/resolve.ts"],
  ["src/bridge/responder.ts", "../api/api.ts"],
  ["src/bridge/bridge.ts", "../local/runtime.ts"],
];

const allowed: [from: string, specifier: string][] = [
  ["src/api/verbs/get.ts", "../../domain/endpoints.ts"],
  ["src/dns/doh.ts", "../domain/service.ts"],
  ["src/endpoints/publish.ts", "../registry/registry.ts"],
  ["src/probes/prober.ts", "../wiring/probing.ts"],
  ["src/bridge/responder.ts", "../dns/wire/decode.ts"],
  ["src/bridge/options.ts", "../domain/ip.ts"],
  ["src/bridge/bridge.ts", "node:dgram"],
  ["src/local/main.ts", "../bridge/bridge.ts"],
];

describe("an import", () => {
  let project: string;
  let complaints: string[];

  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), "rollcall-imports-"));
    copyFileSync(".oxlintrc.json", join(project, ".oxlintrc.json"));
    complaints = lint(project, [...forbidden, ...allowed]);
  });
  afterAll(() => rmSync(project, { recursive: true }));

  it.each(forbidden)("from %s of %s is refused", (from, specifier) => {
    expect(complaints).toContain(fileOf([from, specifier]));
  });

  it.each(allowed)("from %s of %s is fine", (from, specifier) => {
    expect(complaints).not.toContain(fileOf([from, specifier]));
  });
});

/** Each import stands in a file of its own, beside the one that it is said to be in. */
function fileOf([from, specifier]: [string, string]): string {
  return join(dirname(from), `${specifier.replaceAll(/\W+/g, "-")}.ts`);
}

/** The files that break `no-restricted-imports`. */
function lint(project: string, imports: readonly [string, string][]): string[] {
  for (const each of imports) {
    const file = join(project, fileOf(each));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `import { x } from "${each[1]}";\nexport const y = x;\n`);
  }
  const { stdout } = spawnSync(resolve("node_modules/.bin/oxlint"), ["--format", "json"], {
    cwd: project,
    encoding: "utf8",
  });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
  return diagnostics.filter(({ code }) => code.includes("no-restricted-imports")).map(({ filename }) => filename);
}
