/**
 * Takes a terminating namespace away: first what is in it, then itself. In one go only so much is done; whoever comes
 * next goes on. Source: pkg/controller/namespace/deletion.
 */
import type { KubeObject } from "../../domain/object.ts";
import type { ApiDeps } from "../deps.ts";
import { kinds } from "../kinds/kinds.ts";

/** Each takes a few statements, of which a request has a thousand. */
const objectsAtOnce = 150;

export type NamespaceDeps = Pick<ApiDeps, "registry" | "announce">;

/** Whether nothing is left, the namespace itself included. */
export async function emptyNamespace(deps: NamespaceDeps, namespace: KubeObject): Promise<boolean> {
  const { registry } = deps;
  let room = objectsAtOnce;
  for (const { resource, namespaced } of kinds) {
    if (!namespaced) continue;
    const { items } = await registry.list(resource, { namespace: namespace.metadata.name, limit: room });
    for (const object of items) {
      const result = await registry.delete(resource, object);
      if (result.outcome === "written") await deps.announce(result.concerned, 0);
    }
    room -= items.length;
    if (room <= 0) return false;
  }
  return (await registry.delete("namespaces", namespace)).outcome === "written";
}
