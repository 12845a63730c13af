/** PUT of an object or of its status. */
import type { Answer, Call } from "../call.ts";
import { parseWriteOptions } from "../options.ts";
import { isRefusalOf, Refusal } from "../refusal.ts";
import { authorOf } from "../write/author.ts";
import { readDraft } from "../write/read-draft.ts";
import { createInstead } from "./create.ts";
import { update } from "./update.ts";

export async function replace(call: Call): Promise<Answer | Refusal> {
  const options = parseWriteOptions(call.query, "UpdateOptions");
  if (options instanceof Refusal) return options;
  const draft = await readDraft(call, options.fieldValidation);
  if (draft instanceof Refusal) return draft;
  const author = authorOf(call, options, "Update");
  const replaced = (): Promise<Answer | Refusal> => update(call, options.dryRun, author, () => draft);
  const answer = await replaced();
  const mayCreate = call.kind.replaceCreates === true && call.subresource === "";
  if (!mayCreate || !isRefusalOf(answer, "not-found")) return answer;
  const made = await createInstead(call, draft, options.dryRun, author);
  // Somebody else was faster; then there is something to replace.
  return isRefusalOf(made, "already-exists") ? replaced() : made;
}
