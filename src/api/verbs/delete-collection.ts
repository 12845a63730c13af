/** DELETE of a collection: every object that the selectors choose, one after the other, as if each was asked for. */
import type { Answer, Call } from "../call.ts";
import { parseSelection, readPage } from "../read/selection.ts";
import { Refusal } from "../refusal.ts";
import { readDeleteOptions } from "../write/delete-options.ts";
import { deleteKnown } from "./delete.ts";

export async function deleteCollection(call: Call): Promise<Answer | Refusal> {
  const options = await readDeleteOptions(call);
  if (options instanceof Refusal) return options;
  const selection = parseSelection(call.kind, call.namespace, call.query);
  if (selection instanceof Refusal) return selection;
  const { items, revision } = await readPage(call.deps.registry, call.kind.resource, selection);
  for (const object of items) {
    const { name, namespace = "" } = object.metadata;
    const result = await deleteKnown({ ...call, name, namespace }, object, options);
    // Gone already is what was asked for; anything else is told, and the rest is left as it is.
    if (result instanceof Refusal && result.reason.type !== "not-found") return result;
  }
  return { form: "list", items, resourceVersion: String(revision), continue: undefined };
}
