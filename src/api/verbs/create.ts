/** POST on a collection. */
import type { KubeObject } from "../../domain/object.ts";
import type { Answer, Call } from "../call.ts";
import type { Author } from "../fields/managers.ts";
import type { Draft } from "../kinds/kind.ts";
import { parseWriteOptions } from "../options.ts";
import { Refusal } from "../refusal.ts";
import { authorOf } from "../write/author.ts";
import { prepareNew } from "../write/prepare-new.ts";
import { readDraft } from "../write/read-draft.ts";
import { announce, pretendNew, storeNew } from "../write/store.ts";

export async function create(call: Call): Promise<Answer | Refusal> {
  const options = parseWriteOptions(call.query, "CreateOptions");
  if (options instanceof Refusal) return options;
  const draft = await readDraft(call, options.fieldValidation);
  if (draft instanceof Refusal) return draft;
  return createDraft(call, draft, options.dryRun, authorOf(call, options, "Update"));
}

export async function createDraft(
  call: Call,
  draft: Draft,
  dryRun: boolean,
  author: Author,
): Promise<Answer | Refusal> {
  const object = await prepareNew(call, draft, author);
  if (object instanceof Refusal) return object;
  const notGranted = await call.kind.whyNotGranted?.(object, undefined, call);
  if (notGranted !== undefined) return notGranted;
  return dryRun ? pretend(call, object) : write(call, object);
}

async function write(call: Call, object: KubeObject): Promise<Answer | Refusal> {
  const written = await storeNew(call, object);
  if (written instanceof Refusal) return written;
  await announce(call, written.concerned, false);
  return { form: "object", code: 201, object: written.object };
}

async function pretend(call: Call, object: KubeObject): Promise<Answer | Refusal> {
  const candidate = await pretendNew(call, object);
  return candidate instanceof Refusal ? candidate : { form: "object", code: 201, object: candidate };
}
