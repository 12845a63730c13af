/** How benchmarks print: a table for people, and the machine that the figures belong to. */
import { availableParallelism, cpus, totalmem } from "node:os";

export function machine(): string {
  const memoryGiB = Math.round(totalmem() / 2 ** 30);
  return `${availableParallelism()} cores (${cpus()[0]?.model ?? "unknown"}), ${memoryGiB} GiB, Node ${process.version}`;
}

/** A line of a table: what stands in its columns, by their headings. */
export type Row = Record<string, string | number>;

export function printTable(title: string, rows: readonly Row[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const cells = [columns, ...rows.map((row) => columns.map((column) => String(row[column])))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  console.log(`\n${title}`);
  for (const line of cells) console.log(line.map((cell, index) => cell.padStart(widths[index] ?? 0)).join("  "));
}

/** The value that `fraction` of the samples do not exceed; NaN without samples. */
export function quantile(samples: readonly number[], fraction: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * fraction) - 1)] ?? Number.NaN;
}
