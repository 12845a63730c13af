/** Deletes an object as planned from what is there, and plans again when somebody else was faster. */
import type { KubeObject } from "../../domain/object.ts";
import { safeToStopOf, withSafeToStop } from "../../domain/safe-to-stop.ts";
import type { Deletion } from "../../registry/registry.ts";
import { notFound, subjectOf } from "../call.ts";
import type { Context } from "../context.ts";
import type { Kind } from "../kinds/kind.ts";
import { Refusal } from "../refusal.ts";
import type { DeleteOptions } from "./delete-options.ts";
import { planDeletion, type DeletionPlan } from "./plan-deletion.ts";
import { keepSafeToStop, safeToStopNow } from "./safe-to-stop.ts";
import { announce } from "./store.ts";

export interface Deleted {
  action: DeletionPlan["action"];
  /** As it stays, or as it was last. */
  object: KubeObject;
  /** Set when the deletion reaches further; `finishDeletions` goes on with it. */
  unfinished: Deletion | undefined;
  /** From when on nobody is sent to it any more, as far as that is known. */
  safeToStopAt: string | undefined;
}

export interface Target {
  kind: Kind;
  /** The object as it was read. */
  known: KubeObject;
  options: DeleteOptions;
  /** Whether to wait until the services concerned have dropped it. */
  waits: boolean;
}

/** Each lost race means that another writer made progress. */
const maxAttempts = 30;

export async function deleteKnown(context: Context, target: Target): Promise<Deleted | Refusal> {
  const { kind, options } = target;
  const { name, namespace = "" } = target.known.metadata;
  let current: KubeObject | undefined = target.known;
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    if (current === undefined) return notFound({ kind, name });
    const plan = planDeletion(kind, current, options, context.nowMs);
    if (plan instanceof Refusal) return plan;
    if (options.dryRun || plan.action === "leave") {
      const safeToStopAt = options.dryRun ? undefined : safeToStopOf(current);
      return { action: plan.action, object: current, unfinished: undefined, safeToStopAt };
    }
    const done = await carryOut(context, target, current, plan);
    if (done !== undefined) return done;
    current = await context.deps.registry.get(kind.resource, namespace, name);
  }
  const why = "the object has been modified again and again; please try again";
  return new Refusal({ type: "conflict", subject: subjectOf({ kind, name }), why });
}

/** Undefined when somebody else was faster. */
async function carryOut(
  context: Context,
  { kind, waits }: Target,
  before: KubeObject,
  plan: Exclude<DeletionPlan, { action: "leave" }>,
): Promise<Deleted | undefined> {
  const { registry } = context.deps;
  const result =
    plan.action === "remove"
      ? await registry.delete(kind.resource, before)
      : await registry.update(kind.resource, before, plan.object);
  if (result.outcome !== "written") return undefined;
  const late = await announce(context, result.concerned, waits);
  const unfinished = result.unfinished ? deletionOf(kind, result.object) : undefined;
  const stays = plan.action === "mark";
  const { services } = result.concerned;
  const leaving = { kind, namespace: before.metadata.namespace ?? "", stays, services, late };
  if (!stays) {
    const safeToStopAt = safeToStopOf(before) ?? (waits ? await safeToStopNow(context, leaving) : undefined);
    return { action: "remove", object: withSafeToStop(result.object, safeToStopAt), unfinished, safeToStopAt };
  }
  // What terminates already left its services at an earlier request, or is still about to.
  const wasTerminating = before.metadata.deletionTimestamp !== undefined;
  if (wasTerminating || !waits) {
    return { action: "mark", object: result.object, unfinished, safeToStopAt: safeToStopOf(before) };
  }
  const safeToStopAt = await safeToStopNow(context, leaving);
  const object =
    safeToStopAt === undefined ? result.object : await keepSafeToStop(context, leaving, result.object, safeToStopAt);
  return { action: "mark", object, unfinished, safeToStopAt };
}

export function deletionOf({ resource }: Kind, { metadata }: KubeObject): Deletion {
  const { uid, name, namespace = "" } = metadata;
  return { uid, resource, namespace, name };
}
