/** A registry on the real D1 for tests, and a look at its rows. */
import { env } from "cloudflare:workers";
import type { KubeObject } from "../../src/domain/object.ts";
import { D1Registry } from "../../src/registry/d1-registry.ts";
import type { CreateResult, UpdateResult, Written } from "../../src/registry/registry.ts";

export const registry = new D1Registry({ db: env.DB, nowMs: () => 0, newUid: () => crypto.randomUUID() });

export function written(result: CreateResult | UpdateResult): Written {
  if (result.outcome !== "written") throw new Error(`expected a write, got ${JSON.stringify(result)}`);
  return result;
}

export async function created(resource: Parameters<D1Registry["create"]>[0], object: KubeObject): Promise<Written> {
  return written(await registry.create(resource, object));
}

export async function rows(sql: string): Promise<Record<string, unknown>[]> {
  return (await env.DB.prepare(sql).all()).results;
}

/** Everything but the namespaces goes. */
export async function emptyRegistry(): Promise<void> {
  await env.DB.batch(
    [
      "DELETE FROM objects WHERE resource <> 'namespaces'",
      "DELETE FROM object_counts",
      "DELETE FROM labels WHERE resource <> 'namespaces'",
      "DELETE FROM selectors",
      "DELETE FROM cluster_ips",
      "DELETE FROM addresses",
      "DELETE FROM probers",
      "DELETE FROM pending",
    ].map((sql) => env.DB.prepare(sql)),
  );
}
