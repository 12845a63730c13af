/** Whether the owners that an object names are there. */
import type { OwnerReference } from "../../domain/object.ts";
import type { ApiDeps } from "../deps.ts";
import { kindNamed } from "../kinds/kinds.ts";

/** An owner is in its dependent's namespace, or in none. */
export async function isPresent(
  { registry }: Pick<ApiDeps, "registry">,
  namespace: string,
  { apiVersion, kind: kindName, name, uid }: OwnerReference,
): Promise<boolean> {
  const kind = kindNamed(apiVersion, kindName);
  if (kind === undefined) return false;
  const found = await registry.get(kind.resource, kind.namespaced ? namespace : "", name);
  return found?.metadata.uid === uid;
}
