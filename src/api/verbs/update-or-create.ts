/** What a request does that changes what is there, and creates what is not: apply, and PUT of some kinds. */
import { whyNotAllowed } from "../authorization.ts";
import type { Answer, Call } from "../call.ts";
import type { Author } from "../fields/managers.ts";
import type { Draft } from "../kinds/kind.ts";
import { Refusal } from "../refusal.ts";
import { createDraft } from "./create.ts";

export interface UpdateOrCreate {
  update: () => Promise<Answer | Refusal>;
  /** What is created where there is nothing. */
  first: () => Draft | Refusal;
  dryRun: boolean;
  author: Author;
}

/** Creating takes the right to create, too. */
export async function updateOrCreate(
  call: Call,
  { update, first, dryRun, author }: UpdateOrCreate,
): Promise<Answer | Refusal> {
  const updated = await update();
  if (!isRefusalOf(updated, "not-found") || call.subresource !== "") return updated;
  const { kind, namespace, name, subresource } = call;
  const attributes = { verb: "create", group: kind.group, resource: kind.plural, subresource, namespace, name };
  const notAllowed = await whyNotAllowed(call.deps, attributes);
  if (notAllowed !== undefined) return notAllowed;
  const draft = first();
  if (draft instanceof Refusal) return draft;
  const made = await createDraft(call, draft, dryRun, author);
  // Somebody else was faster; then there is something to update.
  return isRefusalOf(made, "already-exists") ? update() : made;
}

function isRefusalOf(answer: Answer | Refusal, type: Refusal["reason"]["type"]): boolean {
  return answer instanceof Refusal && answer.reason.type === type;
}
