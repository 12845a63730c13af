/** DELETE of one object: planned from what is there, carried out, and planned again when somebody else was faster. */
import type { KubeObject } from "../../domain/object.ts";
import { safeToStopOf, withSafeToStop } from "../../domain/safe-to-stop.ts";
import { notFound, subjectOf, type Answer, type Call } from "../call.ts";
import { Refusal } from "../refusal.ts";
import { success } from "../status.ts";
import { readDeleteOptions, type DeleteOptions } from "../write/delete-options.ts";
import { emptyNamespace } from "../write/empty-namespace.ts";
import { planDeletion, type DeletionPlan } from "../write/plan-deletion.ts";
import { keepSafeToStop, safeToStopHeaders, safeToStopNow } from "../write/safe-to-stop.ts";
import { announce } from "../write/store.ts";

/** Each lost race means that another writer made progress. */
const maxAttempts = 30;

export async function deleteObject(call: Call): Promise<Answer | Refusal> {
  const options = await readDeleteOptions(call);
  if (options instanceof Refusal) return options;
  const current = await call.deps.registry.get(call.kind.resource, call.namespace, call.name);
  return current === undefined ? notFound(call) : deleteKnown(call, current, options);
}

/** Deletes what was read as `known`, or what has come of it since. */
export async function deleteKnown(call: Call, known: KubeObject, options: DeleteOptions): Promise<Answer | Refusal> {
  let current: KubeObject | undefined = known;
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    if (current === undefined) return notFound(call);
    const plan = planDeletion(call.kind, current, options, call.nowMs);
    if (plan instanceof Refusal) return plan;
    if (options.dryRun) return answerOf(call, current, plan);
    const done = await carryOut(call, current, plan);
    if (!("current" in done)) return done;
    current = done.current;
  }
  const why = "the object has been modified again and again; please try again";
  return new Refusal({ type: "conflict", subject: subjectOf(call), why });
}

async function carryOut(
  call: Call,
  before: KubeObject,
  plan: DeletionPlan,
): Promise<Answer | { current: KubeObject | undefined }> {
  const { registry } = call.deps;
  switch (plan.action) {
    case "leave":
      return answerOf(call, before, plan, safeToStopOf(before));
    case "remove": {
      const result = await registry.delete(call.kind.resource, before);
      if (result.outcome === "lost-race") return { current: result.current };
      const late = await announce(call, result.concerned, true);
      const moment = safeToStopOf(before) ?? (await safeToStopNow(call, late));
      return answerOf(call, withSafeToStop(result.object, moment), plan, moment);
    }
    case "mark": {
      const result = await registry.update(call.kind.resource, before, plan.object);
      if (result.outcome !== "written") {
        return { current: await registry.get(call.kind.resource, call.namespace, before.metadata.name) };
      }
      const late = await announce(call, result.concerned, true);
      // What the request has no room for, the sweep does.
      if (call.kind.holdsContents === true) await emptyNamespace(call.deps, result.object);
      // A pod that terminates already left its services at an earlier request, or is still about to.
      const wasTerminating = before.metadata.deletionTimestamp !== undefined;
      if (wasTerminating) return answerOf(call, result.object, plan, safeToStopOf(before));
      const moment = await safeToStopNow(call, late);
      const object = moment === undefined ? result.object : await keepSafeToStop(call, result.object, moment);
      return answerOf(call, object, plan, moment);
    }
  }
}

/** An object that stays is always told; of one that is gone, kinds differ in what they tell. */
function answerOf({ kind }: Call, object: KubeObject, plan: DeletionPlan, safeToStopAt?: string): Answer {
  const headers = safeToStopHeaders(safeToStopAt);
  if (plan.action !== "remove" || kind.deleteReturnsObject) return { form: "object", code: 200, object, headers };
  const { name, uid } = object.metadata;
  const group = kind.group === "" ? {} : { group: kind.group };
  return { form: "status", status: success({ name, ...group, kind: kind.plural, uid }, 200), headers };
}
