/** Whether the owners that an object names are there. */
import type { KubeObject, OwnerReference } from "../../domain/object.ts";
import type { Call } from "../call.ts";
import type { ApiDeps } from "../deps.ts";
import { without } from "../json.ts";
import type { Draft } from "../kinds/kind.ts";
import { kindNamed } from "../kinds/kinds.ts";
import { maxOwners } from "../validation/metadata.ts";

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

/** Those owners that exist here. An object imported from a cluster comes with owners that did not come along. */
export async function presentOwners(call: Call, owners: readonly OwnerReference[]): Promise<OwnerReference[]> {
  // Left to validation, which says that they are too many.
  if (owners.length > maxOwners) return [...owners];
  const present: OwnerReference[] = [];
  for (const owner of owners) {
    if (isIncomplete(owner) || (await isPresent(call.deps, call.namespace, owner))) present.push(owner);
    else call.warnings.add(`metadata.ownerReferences: dropped ${owner.kind} ${owner.name}, which does not exist here`);
  }
  return present;
}

/** A replacement without owners that it is the first to name and that do not exist. */
export async function withPresentOwners(call: Call, before: KubeObject, draft: Draft): Promise<Draft> {
  const { ownerReferences: named = [] } = draft.metadata;
  const known = new Set((before.metadata.ownerReferences ?? []).map(({ uid }) => uid));
  const added = named.filter(({ uid }) => !known.has(uid));
  if (added.length === 0) return draft;
  const present = await presentOwners(call, added);
  if (present.length === added.length) return draft;
  const owners = named.filter((owner) => known.has(owner.uid) || present.includes(owner));
  const others = without(draft.metadata, "ownerReferences") as Draft["metadata"];
  return { ...draft, metadata: { ...others, ...(owners.length > 0 && { ownerReferences: owners }) } };
}

/** Left to validation. */
function isIncomplete({ apiVersion, kind, name, uid }: OwnerReference): boolean {
  return !apiVersion || !kind || !name || !uid;
}
