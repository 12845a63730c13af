/** How benchmarks print: a table for people, and the machine that the figures belong to. */
import { availableParallelism, cpus, totalmem } from "node:os";

export function machine(): string {
  const memoryGiB = Math.round(totalmem() / 2 ** 30);
  return `${availableParallelism()} cores (${cpus()[0]?.model ?? "unknown"}), ${memoryGiB} GiB, Node ${process.version}`;
}

export function printTable(title: string, rows: readonly Record<string, string | number>[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const cells = [columns, ...rows.map((row) => columns.map((column) => String(row[column])))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  console.log(`\n${title}`);
  for (const line of cells) console.log(line.map((cell, index) => cell.padStart(widths[index] ?? 0)).join("  "));
}
