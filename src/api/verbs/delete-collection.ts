/**
 * DELETE of a collection: every object that the selectors choose, one after the other, as if each was asked for. What
 * one request has no room for is said to need another, which clients of Kubernetes send by themselves (Retry-After).
 */
import type { KubeObject } from "../../domain/object.ts";
import type { Deletion } from "../../registry/registry.ts";
import type { Answer, Call } from "../call.ts";
import { parseSelection, readPage, type Page } from "../read/selection.ts";
import { Refusal } from "../refusal.ts";
import { deleteKnown } from "../write/delete-known.ts";
import { readDeleteOptions } from "../write/delete-options.ts";
import { finishDeletions, objectsPerRequest } from "../write/finish-deletions.ts";

export async function deleteCollection(call: Call): Promise<Answer | Refusal> {
  const options = await readDeleteOptions(call);
  if (options instanceof Refusal) return options;
  const selection = parseSelection(call.kind, call.namespace, call.query);
  if (selection instanceof Refusal) return selection;
  const { kind, deps } = call;
  const told: KubeObject[] = [];
  const unfinished: Deletion[] = [];
  let page: Page | undefined;
  let written = 0;
  do {
    page = await readPage(deps.registry, kind.resource, selection, objectsPerRequest, page?.next);
    for (const known of page.items) {
      const result = await deleteKnown(call, { kind, known, options, waits: true });
      // Gone already is what was asked for; anything else is told, and the rest is left as it is.
      if (result instanceof Refusal && result.reason.type !== "not-found") return result;
      if (result instanceof Refusal) continue;
      if (result.action !== "leave" && !options.dryRun) written++;
      if (result.unfinished !== undefined) unfinished.push(result.unfinished);
    }
    told.push(...page.items);
  } while (page.next !== undefined && written < objectsPerRequest);
  await finishDeletions(call, unfinished, objectsPerRequest);
  if (page.next !== undefined) return new Refusal({ type: "more-to-delete", deleted: written });
  return { form: "list", items: told, resourceVersion: String(page.revision), continue: undefined };
}
