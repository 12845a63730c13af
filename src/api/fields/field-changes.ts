/**
 * Which fields differ between two states of a document. Pure.
 * Source: sigs.k8s.io/structured-merge-diff, typed/compare.go.
 */
import { sameJson, type Json } from "../json.ts";
import { fieldSet, noFields, thisField, union, type FieldSet } from "./field-set.ts";
import { partsOf, type Parts } from "./parts.ts";
import type { Shape } from "./shape.ts";

export interface FieldChanges {
  added: FieldSet;
  modified: FieldSet;
  removed: FieldSet;
}

const unchanged: FieldChanges = { added: noFields, modified: noFields, removed: noFields };

export function changesBetween(before: Json | undefined, after: Json | undefined, shape: Shape): FieldChanges {
  if (before === after) return unchanged;
  const [had, has] = [partsOf(before, shape), partsOf(after, shape)];
  if (isWhole(before, had, after, has)) return changeOfOne(before, after);
  const inner = changesInside(had ?? new Map(), has ?? new Map());
  return {
    added: fieldSet(before === undefined, pick(inner, "added")),
    modified: fieldSet(false, pick(inner, "modified")),
    removed: fieldSet(after === undefined, pick(inner, "removed")),
  };
}

/** What has a value other than before, or one for the first time. */
export function taken({ added, modified }: FieldChanges): FieldSet {
  return union(added, modified);
}

/** Values of which one cannot be taken apart are compared as one, and so are those that have no parts. */
function isWhole(before: Json | undefined, had: Parts | undefined, after: Json | undefined, has: Parts | undefined) {
  if (isOpaque(before, had) || isOpaque(after, has)) return true;
  return (had?.size ?? 0) === 0 && (has?.size ?? 0) === 0;
}

function isOpaque(value: Json | undefined, parts: Parts | undefined): boolean {
  return parts === undefined && value !== undefined && value !== null;
}

function changeOfOne(before: Json | undefined, after: Json | undefined): FieldChanges {
  if (before === undefined) return { ...unchanged, added: thisField };
  if (after === undefined) return { ...unchanged, removed: thisField };
  return sameJson(before, after) ? unchanged : { ...unchanged, modified: thisField };
}

function changesInside(had: Parts, has: Parts): [element: string, FieldChanges][] {
  const elements = new Set([...had.keys(), ...has.keys()]);
  return [...elements].map((element) => {
    const [was, is] = [had.get(element), has.get(element)];
    const shape = (is ?? was)?.shape ?? { form: "whole" };
    return [element, changesBetween(was?.value, is?.value, shape)];
  });
}

function pick(inner: readonly [string, FieldChanges][], which: keyof FieldChanges): [string, FieldSet][] {
  return inner.map(([element, changes]) => [element, changes[which]]);
}
