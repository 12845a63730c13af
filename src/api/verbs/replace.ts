/** PUT of an object or of its status. */
import type { Answer, Call } from "../call.ts";
import { parseWriteOptions } from "../options.ts";
import { Refusal } from "../refusal.ts";
import { authorOf } from "../write/author.ts";
import { readDraft } from "../write/read-draft.ts";
import { update } from "./update.ts";

export async function replace(call: Call): Promise<Answer | Refusal> {
  const options = parseWriteOptions(call.query, "UpdateOptions");
  if (options instanceof Refusal) return options;
  const draft = await readDraft(call, options.fieldValidation);
  return draft instanceof Refusal
    ? draft
    : update(call, options.dryRun, authorOf(call, options, "Update"), () => draft);
}
