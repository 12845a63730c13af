/**
 * Ends a workerd that outlived its Node, which SIGKILL leaves running, answering on the port and writing to the data.
 * Ends nothing else: a process is ours only if its command line is, word for word, the one that was recorded.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { RuntimeProcess } from "./data-folder.ts";

const pollMs = 20;
const patienceMs = 10_000;

/** none: there was nothing to end. */
export async function endOrphan(orphan: RuntimeProcess | undefined): Promise<"none" | "ended" | "still running"> {
  if (orphan === undefined || !isRunning(orphan)) return "none";
  signal(orphan.pid);
  for (let waitedMs = 0; isRunning(orphan); waitedMs += pollMs) {
    if (waitedMs >= patienceMs) return "still running";
    await sleep(pollMs);
  }
  return "ended";
}

function isRunning({ pid, command }: RuntimeProcess): boolean {
  return commandLine(pid) === command.join(" ");
}

/** The words of a process's command line, undefined where there is no such process. A zombie has none. */
function commandLine(pid: number): string | undefined {
  const text = process.platform === "linux" ? fromProc(pid) : fromPs(pid);
  return text === "" ? undefined : text;
}

function fromProc(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replace(/\0$/, "").replaceAll("\0", " ");
  } catch {
    return undefined;
  }
}

function fromPs(pid: number): string | undefined {
  try {
    return execFileSync("ps", ["-ww", "-o", "args=", "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    return undefined;
  }
}

function signal(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile, or it is not ours to end: the caller looks again.
  }
}
