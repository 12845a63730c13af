/** kubectl as an installed program: against one server, with a configuration and a discovery cache of its own. */
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram, type ProgramRun } from "./run-program.ts";

export interface Kubectl {
  /** `input` goes to its standard input, for `-f -`. */
  (args: readonly string[], input?: string): Promise<ProgramRun>;
}

/** Continuous integration sets this, so that a missing kubectl fails there instead of skipping these tests. */
const required = process.env["REQUIRE_KUBECTL"] === "1";
/** Another version than the one on the PATH, for trying them all. */
const program = process.env["KUBECTL"] ?? "kubectl";
const probe = spawnSync(program, ["version", "--client", "--output=json"]);

export const hasKubectl = probe.status === 0;
if (required && !hasKubectl) throw new Error(`REQUIRE_KUBECTL is set, and ${program} cannot be run`);

/** 32 of kubectl 1.32: some commands are as old as that. */
export const kubectlMinor = Number(/"minor": "(\d+)/.exec(probe.stdout?.toString() ?? "")?.[1] ?? 0);

/** As the administrator, in a namespace that there is. */
export function kubectlFor(url: string, folder: string, namespace = "default"): Kubectl {
  const config = join(folder, "kubeconfig.yaml");
  writeFileSync(
    config,
    JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "rollcall", cluster: { server: url } }],
      users: [{ name: "admin", user: {} }],
      contexts: [{ name: "rollcall", context: { cluster: "rollcall", user: "admin", namespace } }],
      "current-context": "rollcall",
    }),
  );
  return kubectlWith(config, folder);
}

/** With a kubeconfig that there is; what it finds out about the server is kept in `folder`. */
export function kubectlWith(config: string, folder: string): Kubectl {
  return (args, input) => runProgram(program, flagged(config, folder, args), input);
}

/** For what does not end by itself. */
export function spawnKubectl(config: string, folder: string, args: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn(program, flagged(config, folder, args));
}

function flagged(config: string, folder: string, args: readonly string[]): string[] {
  return [`--kubeconfig=${config}`, `--cache-dir=${join(folder, "cache")}`, ...args];
}

/** What it prints; a command that fails fails the test with what it said. */
export async function printed(kubectl: Kubectl, args: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await kubectl(args, input);
  if (code !== 0) throw new Error(`kubectl ${args.join(" ")} ended with ${code}: ${stderr}`);
  return stdout;
}
