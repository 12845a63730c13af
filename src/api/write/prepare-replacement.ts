/**
 * Makes the next state of an object of a draft that is to replace it: carries over what a client cannot change on the
 * path it used, and judges the rest. Nothing is written here.
 * Source: k8s.io/apiserver, pkg/registry/rest/update.go.
 */
import type { KubeObject, ObjectMeta } from "../../domain/object.ts";
import { subjectOf, type Call } from "../call.ts";
import type { Author } from "../fields/managers.ts";
import { sameJson, without } from "../json.ts";
import type { Draft } from "../kinds/kind.ts";
import { Refusal } from "../refusal.ts";
import { validateMetadata, validateMetadataUpdate } from "../validation/metadata.ts";
import { withNextManagers } from "./managed-fields.ts";
import { invalidObject } from "./prepare-new.ts";

/** `before` itself, by identity, when nothing would change. */
export function prepareReplacement(call: Call, before: KubeObject, draft: Draft, author: Author): KubeObject | Refusal {
  const stale = whyStale(before, draft.metadata);
  if (stale !== undefined) return new Refusal({ type: "conflict", subject: subjectOf(call), why: stale });
  const merged = call.subresource === "status" ? withStatusOf(draft, before) : withSpecOf(draft, before);
  const object = call.kind.withDefaults(call.kind.inherit?.(merged, before) ?? merged);
  const errors = [
    ...validateMetadata(object.metadata, call.kind.isName),
    ...validateMetadataUpdate(before, object),
    ...call.kind.validate(object, before),
  ];
  if (errors.length > 0) return invalidObject(call, object, errors);
  const stages = { draft, sent: object, made: prepared(call, object, before) };
  return counted(call, before, withNextManagers(call.kind, author, before, stages));
}

/** A draft that names a resourceVersion or a uid is meant for that object and no other. */
function whyStale(before: KubeObject, { uid, resourceVersion }: Partial<ObjectMeta>): string | undefined {
  if (uid && uid !== before.metadata.uid) {
    return `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${before.metadata.uid}`;
  }
  if (!resourceVersion || resourceVersion === before.metadata.resourceVersion) return undefined;
  return "the object has been modified; please apply your changes to the latest version and try again";
}

function prepared(call: Call, object: KubeObject, before: KubeObject): KubeObject {
  const { kind } = call;
  if (call.subresource === "status") return kind.prepareStatus?.(object, before, call) ?? object;
  return kind.prepareUpdate?.(object, before, call) ?? object;
}

function counted(call: Call, before: KubeObject, after: KubeObject): KubeObject {
  if (sameJson(before, after)) return before;
  const { kind } = call;
  if (kind.generationOf === undefined || sameJson(kind.generationOf(before), kind.generationOf(after))) return after;
  return { ...after, metadata: { ...after.metadata, generation: (before.metadata.generation ?? 1) + 1 } };
}

/** On the main path a status is ignored. */
function withSpecOf(draft: Draft, before: KubeObject): KubeObject {
  const object = { ...draft, metadata: nextMetadata(draft.metadata, before.metadata) };
  const rest = without(object, "status");
  return before.status === undefined ? rest : { ...rest, status: before.status };
}

/** On the status path nothing counts but the status, labels and annotations. */
function withStatusOf(draft: Draft, before: KubeObject): KubeObject {
  const { labels, annotations } = draft.metadata;
  const kept = without(before.metadata, "labels", "annotations") as ObjectMeta;
  const metadata = { ...kept, ...(labels && { labels }), ...(annotations && { annotations }) };
  return { ...before, metadata, ...(draft.status !== undefined && { status: draft.status }) };
}

function nextMetadata(sent: Partial<ObjectMeta>, was: ObjectMeta): ObjectMeta {
  const { labels, annotations, ownerReferences, finalizers } = sent;
  const kept = without(was, "labels", "annotations", "ownerReferences", "finalizers") as ObjectMeta;
  return {
    ...kept,
    creationTimestamp: sent.creationTimestamp ?? was.creationTimestamp,
    ...(sent.deletionTimestamp && { deletionTimestamp: sent.deletionTimestamp }),
    ...(labels && { labels }),
    ...(annotations && { annotations }),
    ...(ownerReferences && ownerReferences.length > 0 && { ownerReferences }),
    ...(finalizers && finalizers.length > 0 && { finalizers }),
  };
}
