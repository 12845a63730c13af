/** PUT of an object or of its status. */
import type { Answer, Call } from "../call.ts";
import { parseWriteOptions } from "../options.ts";
import { Refusal } from "../refusal.ts";
import { authorOf } from "../write/author.ts";
import { readDraft } from "../write/read-draft.ts";
import { updateOrCreate } from "./update-or-create.ts";
import { update } from "./update.ts";

export async function replace(call: Call): Promise<Answer | Refusal> {
  const options = parseWriteOptions(call.query, "UpdateOptions");
  if (options instanceof Refusal) return options;
  const draft = await readDraft(call, options.fieldValidation);
  if (draft instanceof Refusal) return draft;
  const author = authorOf(call, options, "Update");
  const replaced = (): Promise<Answer | Refusal> => update(call, options.dryRun, author, () => draft);
  if (call.kind.replaceCreates !== true) return replaced();
  return updateOrCreate(call, { update: replaced, first: () => draft, dryRun: options.dryRun, author });
}
