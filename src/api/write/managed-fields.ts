/**
 * Keeps `metadata.managedFields` of what is created and replaced. Objects that Rollcall writes by itself have none, and
 * an object without any gets none by being updated: recording begins when a client creates an object, or applies it.
 * Source: k8s.io/apimachinery, pkg/util/managedfields/internal (fieldmanager.go, skipnonapplied.go).
 */
import type { KubeObject, ManagedFieldsEntry, ObjectMeta } from "../../domain/object.ts";
import { parseManagers, toEntries, type Author, type Manager } from "../fields/managers.ts";
import { ownable } from "../fields/ownable.ts";
import { shapeOfType } from "../fields/shape.ts";
import { updateManagers } from "../fields/update-managers.ts";
import { without, type JsonObject } from "../json.ts";
import type { Draft, Kind } from "../kinds/kind.ts";

/** One write, from what the client sent to what comes of it. */
export interface WriteStages {
  /** Of an apply, its managedFields say already who manages what. */
  draft: Draft;
  /** The draft where the path puts it, with defaults: what the author asked for. */
  sent: KubeObject;
  /** What the server made of that. */
  made: KubeObject;
}

/** As many entries as a client may write at once; Kubernetes keeps far fewer of those who update. */
const mostManagers = 100;

/** What a type's structs are before anything is in them. */
const bare: JsonObject = { metadata: {}, spec: {}, status: {} };

/** The new object with its managers. */
export function withFirstManagers(kind: Kind, author: Author, { draft, sent, made }: WriteStages): KubeObject {
  if (author.operation === "Apply") return withManagers(made, managersOf(draft));
  if (kind.managedFromFirstApply === true) return made;
  return withManagers(made, updateManagers([], author, observed(kind, author, bare, sent, made)));
}

/** The replacement with its managers. */
export function withNextManagers(
  kind: Kind,
  author: Author,
  before: KubeObject,
  { draft, sent, made }: WriteStages,
): KubeObject {
  if (author.operation === "Apply") return withManagers(made, managersOf(draft));
  const known = author.subresource === "" ? claimed(before, draft) : managersOf(before);
  if (known.length === 0) return withManagers(made, known);
  const own = ownable(asJson(before), author.subresource);
  return withManagers(made, updateManagers(known, author, observed(kind, author, own, sent, made)));
}

/** The managers of an object that was never recorded, when it is applied for the first time. */
export function managersBeforeFirstApply(kind: Kind, author: Author, live: KubeObject): Manager[] {
  const before: Author = { ...author, name: "before-first-apply", operation: "Update" };
  return updateManagers([], before, observed(kind, before, bare, live, live));
}

export function managersOf({ metadata }: Pick<Draft, "metadata">): Manager[] {
  return parseManagers(metadata.managedFields ?? []) ?? [];
}

/** The metadata with these managers instead of others. */
export function managed<Meta extends Partial<ObjectMeta>>(metadata: Meta, managers: readonly Manager[]): Meta {
  const managedFields = toEntries(managers);
  const others = without(metadata, "managedFields") as Meta;
  return managedFields.length === 0 ? others : { ...others, managedFields };
}

function withManagers(object: KubeObject, managers: readonly Manager[]): KubeObject {
  return { ...object, metadata: managed(object.metadata, managers) };
}

function observed(kind: Kind, { subresource }: Author, before: JsonObject, sent: KubeObject, made: KubeObject) {
  return {
    before,
    sent: ownable(asJson(sent), subresource),
    after: ownable(asJson(made), subresource),
    shape: shapeOfType(kind.schema),
  };
}

/**
 * A client may write managedFields itself. One that knows nothing of them and leaves them out, or sends what makes no
 * sense, changes nothing; a single empty entry is how they are given up.
 */
function claimed(before: KubeObject, draft: Draft): Manager[] {
  if (isReset(draft.metadata.managedFields ?? [])) return [];
  const sent = (draft.metadata.managedFields ?? []).length > mostManagers ? [] : managersOf(draft);
  return sent.length === 0 ? managersOf(before) : sent;
}

function isReset(entries: readonly ManagedFieldsEntry[]): boolean {
  return entries.length === 1 && entries.every((entry) => Object.keys(entry).length === 0);
}

function asJson(object: KubeObject): JsonObject {
  return object as unknown as JsonObject;
}
