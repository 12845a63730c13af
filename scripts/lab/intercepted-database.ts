/** A D1 database whose every round trip passes through a function; of the interface, only what the registry uses. */
import type { D1Database, D1PreparedStatement, D1Result } from "@cloudflare/workers-types";

export interface RoundTrip {
  /** The values bound to each of its statements. */
  values: readonly (readonly unknown[])[];
  send: () => Promise<D1Result[]>;
}

interface Prepared {
  inner: D1PreparedStatement;
  values: readonly unknown[];
}

export function interceptedDatabase(
  inner: D1Database,
  pass: (roundTrip: RoundTrip) => Promise<D1Result[]>,
): D1Database {
  const known = new WeakMap<object, Prepared>();
  const wrap = (prepared: Prepared): D1PreparedStatement => {
    const send = async (): Promise<D1Result[]> => [await prepared.inner.all()];
    const all = async (): Promise<D1Result | undefined> => (await pass({ values: [prepared.values], send }))[0];
    const statement = {
      bind: (...values: unknown[]) => wrap({ inner: prepared.inner.bind(...values), values }),
      all,
      run: all,
      first: async () => (await all())?.results[0] ?? null,
    } as unknown as D1PreparedStatement;
    known.set(statement, prepared);
    return statement;
  };
  const of = (statement: D1PreparedStatement): Prepared => {
    const prepared = known.get(statement);
    if (prepared === undefined) throw new Error("a statement of another database");
    return prepared;
  };
  const database = {
    prepare: (sql: string) => wrap({ inner: inner.prepare(sql), values: [] }),
    batch: (statements: D1PreparedStatement[]) => {
      const prepared = statements.map(of);
      const send = (): Promise<D1Result[]> => inner.batch(prepared.map((each) => each.inner));
      return pass({ values: prepared.map(({ values }) => values), send });
    },
  };
  return database as unknown as D1Database;
}
