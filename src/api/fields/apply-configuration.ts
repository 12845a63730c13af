/**
 * Server-side apply: what becomes of an object when a manager applies a configuration to it, and who manages what
 * afterwards; or with whom it is in conflict. Pure.
 * Source: sigs.k8s.io/structured-merge-diff, merge/update.go.
 */
import type { Json, JsonObject } from "../json.ts";
import { difference, intersection, isEmpty, isSame, pathsOf, union, type FieldSet } from "./field-set.ts";
import { changesBetween, taken } from "./field-changes.ts";
import { fieldsOf, withNamedFields } from "./fields-of.ts";
import { byIdentity, isSameManager, type Author, type Manager } from "./managers.ts";
import { mergeConfiguration, withoutFields } from "./merge-configuration.ts";
import type { Shape } from "./shape.ts";

/** The fields of somebody else that would get another value. */
export interface Conflict {
  manager: Manager;
  fields: FieldSet;
}

export type Applied =
  /** What has lost all that was in it is null in the document. */
  { outcome: "applied"; document: Json; managers: Manager[] } | { outcome: "conflicts"; conflicts: Conflict[] };

export interface Application {
  /** The object, and who manages it so far. */
  live: JsonObject;
  managers: readonly Manager[];
  /** What is applied, as far as it can be owned. */
  configuration: JsonObject;
  author: Author;
  /** Fields that others manage are taken nevertheless. */
  force: boolean;
  shape: Shape;
}

export function applyConfiguration(application: Application): Applied {
  const { live, managers, configuration, author, shape } = application;
  const last = managers.find((manager) => isSameManager(manager, author));
  const others = managers.filter((manager) => manager !== last);
  const fields = fieldsOf(configuration, shape);
  const merged = mergeConfiguration(live, configuration, shape);
  const owned = others.reduce((all, manager) => union(all, manager.fields), fields);
  const document = last === undefined ? merged : pruned(merged, last.fields, owned, shape);
  const changes = changesBetween(live, document, shape);
  const conflicts = conflictsOver(taken(changes), others);
  if (conflicts.length > 0 && !application.force) return { outcome: "conflicts", conflicts };
  const lost = union(taken(changes), changes.removed);
  const left = others.map((manager) => ({ ...manager, fields: difference(manager.fields, lost) }));
  const isNews = last === undefined || !isEmpty(lost) || !isSame(last.fields, fields);
  return {
    outcome: "applied",
    document,
    managers: [...left, { ...author, fields, time: isNews ? author.time : last.time }],
  };
}

function conflictsOver(fields: FieldSet, others: readonly Manager[]): Conflict[] {
  return others
    .map((manager) => ({ manager, fields: intersection(manager.fields, fields) }))
    .filter((conflict) => !isEmpty(conflict.fields))
    .toSorted((one, other) => byIdentity(one.manager, other.manager));
}

/** The conflicts that are left when those over some fields do not count. */
export function conflictsBeyond(conflicts: readonly Conflict[], pardoned: FieldSet): Conflict[] {
  return conflicts
    .map(({ manager, fields }) => ({ manager, fields: difference(fields, pardoned) }))
    .filter(({ fields }) => !isEmpty(fields));
}

/** Each conflict of each manager, field by field. */
export function conflictPaths(conflicts: readonly Conflict[]): { manager: Manager; path: string[] }[] {
  return conflicts.flatMap(({ manager, fields }) => pathsOf(fields).map((path) => ({ manager, path })));
}

/**
 * Takes out what the manager applied last time and neither it nor anybody else owns now. All is taken out first, with the
 * structs that it lies in; then what somebody owns is put back, and what the manager had not applied. A struct that
 * nobody owns anything in any more goes with what else is in it.
 */
function pruned(merged: Json, last: FieldSet, owned: FieldSet, shape: Shape): Json {
  const named = (fields: FieldSet): FieldSet => withNamedFields(fields, shape);
  const namedIn = (document: Json): FieldSet => named(fieldsOf(document, shape));
  const [all, before] = [namedIn(merged), named(last)];
  const bare = withoutFields(merged, before, shape);
  const withOwned = withoutFields(merged, difference(all, union(namedIn(bare), named(owned))), shape);
  return withoutFields(merged, intersection(difference(all, namedIn(withOwned)), before), shape);
}
