/** What a process has used until now, from /proc (Linux). */
import { readFileSync } from "node:fs";

/** Linux counts in hundredths of a second, whatever the kernel's own tick. */
const tickMs = 10;

export function cpuMs(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The second field is the command in parentheses, which may hold anything.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return tickMs * (Number(fields[11]) + Number(fields[12]));
}

export function residentMiB(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Math.round(Number(kib) / 1024);
}
