/** DELETE of one object, and of what goes with it as far as one request has room. */
import type { KubeObject } from "../../domain/object.ts";
import { notFound, type Answer, type Call } from "../call.ts";
import { Refusal } from "../refusal.ts";
import { success } from "../status.ts";
import { deleteKnown, type Deleted } from "../write/delete-known.ts";
import { readDeleteOptions, type DeleteOptions } from "../write/delete-options.ts";
import { finishDeletions, objectsPerRequest } from "../write/finish-deletions.ts";
import { safeToStopHeaders } from "../write/safe-to-stop.ts";

export async function deleteObject(call: Call): Promise<Answer | Refusal> {
  const options = await readDeleteOptions(call);
  if (options instanceof Refusal) return options;
  const current = await call.deps.registry.get(call.kind.resource, call.namespace, call.name);
  return current === undefined ? notFound(call) : deleteFound(call, current, options);
}

export async function deleteFound(call: Call, known: KubeObject, options: DeleteOptions): Promise<Answer | Refusal> {
  const deleted = await deleteKnown(call, { kind: call.kind, known, options, waits: true });
  if (deleted instanceof Refusal) return deleted;
  if (deleted.unfinished !== undefined) await finishDeletions(call, [deleted.unfinished], objectsPerRequest);
  return answerOf(call, deleted);
}

/** An object that stays is always told; of one that is gone, kinds differ in what they tell. */
function answerOf({ kind }: Call, { action, object, safeToStopAt }: Deleted): Answer {
  const headers = safeToStopHeaders(safeToStopAt);
  if (action !== "remove" || kind.deleteReturnsObject) return { form: "object", code: 200, object, headers };
  const { name, uid } = object.metadata;
  const group = kind.group === "" ? {} : { group: kind.group };
  return { form: "status", status: success({ name, ...group, kind: kind.plural, uid }, 200), headers };
}
