/** The bindings as the order in force has them: D1 that fails, pokes that are lost. */
import type { D1Database } from "@cloudflare/workers-types";
import { interceptedDatabase } from "../../lab/intercepted-database.ts";
import { perhaps } from "./orders.ts";

const known = new WeakMap<Env, Env>();

/** The same for the same environment, since others remember what they have read in it. */
export function faultyEnv(env: Env): Env {
  const faulty = known.get(env) ?? newFaultyEnv(env);
  known.set(env, faulty);
  return faulty;
}

function newFaultyEnv(env: Env): Env {
  return {
    ...env,
    DB: faultyDatabase(env.DB),
    SERVICE_ENDPOINTS: losingPokes(env.SERVICE_ENDPOINTS),
    PROBER: losingPokes(env.PROBER),
    CHANGE_FEED: losingPokes(env.CHANGE_FEED),
  };
}

function faultyDatabase(db: D1Database): D1Database {
  return interceptedDatabase(db, ({ send }) =>
    perhaps("databaseCalls", send, "D1_ERROR: Network connection lost. (chaos)"),
  );
}

function losingPokes<Namespace extends { getByName(name: string, options?: object): object }>(
  namespace: Namespace,
): Namespace {
  return new Proxy(namespace, {
    get(target, property) {
      if (property !== "getByName") return Reflect.get(target, property, target);
      return (name: string, options?: object) => losingPokesOf(target.getByName(name, options));
    },
  });
}

function losingPokesOf(stub: object): object {
  return new Proxy(stub, {
    get(target, property) {
      const call = (...values: unknown[]): unknown =>
        (target as Record<PropertyKey, (...values: unknown[]) => unknown>)[property]?.(...values);
      if (property !== "poke") return call;
      return (...values: unknown[]) =>
        perhaps("pokes", async () => call(...values), "Network connection lost. (chaos: the poke was lost)");
    },
  });
}
