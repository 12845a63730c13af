/** GET of a collection, whole or in pages. Every page tells the state as it is; all carry the first one's revision. */
import type { Answer, Call } from "../call.ts";
import { Refusal } from "../refusal.ts";
import { formatContinueToken } from "../read/continue-token.ts";
import { parseListOptions, type ListOptions } from "../read/list-options.ts";
import { parseSelection, readPage } from "../read/selection.ts";

export async function list(call: Call): Promise<Answer | Refusal> {
  const options = parseListOptions(call.query);
  if (options instanceof Refusal) return options;
  const selection = parseSelection(call.kind, call.namespace, call.query);
  if (selection instanceof Refusal) return selection;
  const { limit, start } = options;
  const page = await readPage(call.deps.registry, call.kind.resource, selection, limit, start?.after);
  const unmet = whyNotFresh(options, page.revision);
  if (unmet !== undefined) return unmet;
  const { kind } = call;
  const items = await Promise.all(page.items.map(async (item) => (await kind.observe?.(item, call)) ?? item));
  const revision = start?.revision ?? page.revision;
  return {
    form: "list",
    items,
    resourceVersion: String(revision),
    continue: page.next === undefined ? undefined : formatContinueToken({ revision, after: page.next }),
  };
}

/** States of the past are not kept, so an exact one is had only while it is the present. */
function whyNotFresh({ start, atLeast, exactly }: ListOptions, current: number): Refusal | undefined {
  if (atLeast > current) return new Refusal({ type: "resource-version-too-large", asked: atLeast, current });
  if (exactly && atLeast < current) {
    return new Refusal({ type: "expired", message: `too old resource version: ${atLeast} (${current})` });
  }
  if (start === undefined || start.revision <= current) return undefined;
  const message =
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without " +
    "the continue parameter.";
  return new Refusal({ type: "expired", message });
}
