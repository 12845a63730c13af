/** An installed program, run to its end. */
import { spawn } from "node:child_process";
import { once } from "node:events";

/** What it printed, and how it ended. */
export interface ProgramRun {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** `input` goes to its standard input. */
export async function runProgram(program: string, args: readonly string[], input?: string): Promise<ProgramRun> {
  const child = spawn(program, args);
  const run = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (run.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (run.stderr += text));
  child.stdin.end(input);
  await once(child, "close");
  return { code: child.exitCode, ...run };
}
