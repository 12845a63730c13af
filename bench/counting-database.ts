/** A D1 database that counts what passes through it: rows read and written, round trips, octets of parameters written. */
import type { D1Database, D1Result } from "@cloudflare/workers-types";
import { interceptedDatabase } from "../scripts/lab/intercepted-database.ts";

export interface Usage {
  roundTrips: number;
  rowsRead: number;
  rowsWritten: number;
  /** Of the parameters of statements that wrote rows. */
  octetsWritten: number;
}

export class CountingDatabase {
  readonly usage: Usage = { roundTrips: 0, rowsRead: 0, rowsWritten: 0, octetsWritten: 0 };
  readonly #inner: D1Database;

  constructor(inner: D1Database) {
    this.#inner = inner;
  }

  /** What was used since the last call. */
  take(): Usage {
    const taken = { ...this.usage };
    Object.assign(this.usage, { roundTrips: 0, rowsRead: 0, rowsWritten: 0, octetsWritten: 0 });
    return taken;
  }

  asDatabase(): D1Database {
    return interceptedDatabase(this.#inner, async ({ values, send }) => {
      const results = await send();
      this.usage.roundTrips++;
      results.forEach((result, index) => this.#count(result, values[index] ?? []));
      return results;
    });
  }

  #count({ meta }: D1Result, values: readonly unknown[]): void {
    this.usage.rowsRead += meta.rows_read;
    this.usage.rowsWritten += meta.rows_written;
    if (meta.rows_written > 0) this.usage.octetsWritten += octetsOf(values);
  }
}

function octetsOf(values: readonly unknown[]): number {
  return values.reduce<number>((sum, value) => sum + (typeof value === "string" ? Buffer.byteLength(value) : 8), 0);
}
