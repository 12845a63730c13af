/**
 * What PUT and PATCH have in common: revise the object that is there, write it, and start over when somebody else was
 * faster. A revision that names a resourceVersion fails by itself when it starts over.
 */
import type { KubeObject } from "../../domain/object.ts";
import { notFound, subjectOf, type Answer, type Call } from "../call.ts";
import type { Author } from "../fields/managers.ts";
import type { Draft } from "../kinds/kind.ts";
import { Refusal } from "../refusal.ts";
import { deletionOf } from "../write/delete-known.ts";
import { finishDeletions, objectsPerRequest } from "../write/finish-deletions.ts";
import { withPresentOwners } from "../write/owners.ts";
import { mayGo } from "../write/plan-deletion.ts";
import { prepareReplacement } from "../write/prepare-replacement.ts";
import { announce, storeUpdate, withLikelyAddresses } from "../write/store.ts";

/** Makes the replacement of an object. Called again for what another writer left. */
export type Revision = (current: KubeObject) => Draft | Refusal;

/** Each lost race means that another writer made progress, so many writers need many rounds. */
const maxAttempts = 30;

export async function update(call: Call, dryRun: boolean, author: Author, revise: Revision): Promise<Answer | Refusal> {
  let current = await call.deps.registry.get(call.kind.resource, call.namespace, call.name);
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    if (current === undefined) return notFound(call);
    const draft = revise(current);
    if (draft instanceof Refusal) return draft;
    const next = prepareReplacement(call, current, await withPresentOwners(call, current, draft), author);
    if (next instanceof Refusal) return next;
    const notGranted = await call.kind.whyNotGranted?.(next, current, call);
    if (notGranted !== undefined) return notGranted;
    const written = await write(call, current, next, dryRun);
    if ("current" in written) {
      current = written.current;
      continue;
    }
    if (!dryRun && call.subresource === "status" && call.kind.hasLease?.(next) === true) await renew(call, next);
    return written;
  }
  const why = "the object has been modified; please apply your changes to the latest version and try again";
  return new Refusal({ type: "conflict", subject: subjectOf(call), why });
}

async function renew(call: Call, { metadata }: KubeObject): Promise<void> {
  const concerned = await call.deps.registry.renew(call.namespace, metadata.name);
  if (concerned.probers.length > 0) await announce(call, concerned, false);
}

async function write(
  call: Call,
  before: KubeObject,
  after: KubeObject,
  dryRun: boolean,
): Promise<Answer | Refusal | { current: KubeObject | undefined }> {
  if (after === before) return { form: "object", code: 200, object: before };
  if (dryRun) return pretend(call, after);
  const goes = mayGo(after);
  const result = goes
    ? await call.deps.registry.delete(call.kind.resource, before)
    : await storeUpdate(call, before, after);
  if (result instanceof Refusal) return result;
  if (result.outcome === "lost-race") return { current: result.current };
  const wait = goes || (call.kind.takesOutOfService?.(before, after) ?? false);
  await announce(call, result.concerned, wait);
  if (result.unfinished) await finishDeletions(call, [deletionOf(call.kind, after)], objectsPerRequest);
  return { form: "object", code: 200, object: goes ? after : result.object };
}

async function pretend(call: Call, after: KubeObject): Promise<Answer | Refusal> {
  const object = await withLikelyAddresses(call, after);
  return object instanceof Refusal ? object : { form: "object", code: 200, object };
}
