/** A D1 database that counts what passes through it: rows read and written, round trips, octets of parameters written. */
import type { D1Database, D1PreparedStatement, D1Result } from "@cloudflare/workers-types";

export interface Usage {
  roundTrips: number;
  rowsRead: number;
  rowsWritten: number;
  /** Of the parameters of statements that wrote rows. */
  octetsWritten: number;
}

interface Prepared {
  inner: D1PreparedStatement;
  octets: number;
}

export class CountingDatabase {
  readonly usage: Usage = { roundTrips: 0, rowsRead: 0, rowsWritten: 0, octetsWritten: 0 };
  readonly #inner: D1Database;
  readonly #prepared = new WeakMap<object, Prepared>();

  constructor(inner: D1Database) {
    this.#inner = inner;
  }

  /** What was used since the last call. */
  take(): Usage {
    const taken = { ...this.usage };
    Object.assign(this.usage, { roundTrips: 0, rowsRead: 0, rowsWritten: 0, octetsWritten: 0 });
    return taken;
  }

  /** The database as the registry sees it; of the interface, only what the registry uses. */
  asDatabase(): D1Database {
    const database = {
      prepare: (sql: string) => this.#wrap(this.#inner.prepare(sql), 0),
      batch: async (statements: D1PreparedStatement[]) => {
        const prepared = statements.map((statement) => this.#of(statement));
        const results = await this.#inner.batch(prepared.map(({ inner }) => inner));
        this.usage.roundTrips++;
        results.forEach((result, index) => this.#count(result, prepared[index]?.octets ?? 0));
        return results;
      },
    };
    return database as unknown as D1Database;
  }

  #wrap(inner: D1PreparedStatement, octets: number): D1PreparedStatement {
    const all = async (): Promise<D1Result> => {
      const result = await inner.all();
      this.usage.roundTrips++;
      this.#count(result, octets);
      return result;
    };
    const statement = {
      bind: (...values: unknown[]) => this.#wrap(inner.bind(...values), octetsOf(values)),
      all,
      run: all,
      first: async () => (await all()).results[0] ?? null,
    };
    this.#prepared.set(statement, { inner, octets });
    return statement as unknown as D1PreparedStatement;
  }

  #of(statement: D1PreparedStatement): Prepared {
    const prepared = this.#prepared.get(statement);
    if (prepared === undefined) throw new Error("a statement of another database");
    return prepared;
  }

  #count({ meta }: D1Result, octets: number): void {
    this.usage.rowsRead += meta.rows_read;
    this.usage.rowsWritten += meta.rows_written;
    if (meta.rows_written > 0) this.usage.octetsWritten += octets;
  }
}

function octetsOf(values: readonly unknown[]): number {
  return values.reduce<number>((sum, value) => sum + (typeof value === "string" ? Buffer.byteLength(value) : 8), 0);
}
