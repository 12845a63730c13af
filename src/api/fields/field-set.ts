/**
 * Sets of fields, as trees that share their beginnings, and their form in managedFields (`fieldsV1`). Knows nothing of
 * documents and types. Pure.
 * Source: sigs.k8s.io/structured-merge-diff, fieldpath (set.go, serialize.go).
 */
import { isJsonObject, type Json, type JsonObject } from "../json.ts";
import { canonicalElement } from "./path-element.ts";

/** A set, or the part of one that lies behind some path. */
export interface FieldSet {
  /** Whether the path that leads here is itself in the set. */
  readonly isMember: boolean;
  /** What lies deeper, by path element; never an empty set. */
  readonly inner: ReadonlyMap<string, FieldSet>;
}

export const noFields: FieldSet = { isMember: false, inner: new Map() };

/** The path that leads here, and nothing deeper. */
export const thisField: FieldSet = { isMember: true, inner: new Map() };

export function union(one: FieldSet, other: FieldSet): FieldSet {
  return combine(one, other, (inOne, inOther) => inOne || inOther);
}

/** Takes out the paths of the other set, and not what lies deeper than they do. */
export function difference(one: FieldSet, other: FieldSet): FieldSet {
  return combine(one, other, (inOne, inOther) => inOne && !inOther);
}

export function intersection(one: FieldSet, other: FieldSet): FieldSet {
  return combine(one, other, (inOne, inOther) => inOne && inOther);
}

function combine(one: FieldSet, other: FieldSet, keeps: (inOne: boolean, inOther: boolean) => boolean): FieldSet {
  const elements = new Set([...one.inner.keys(), ...other.inner.keys()]);
  const inner = [...elements].map(
    (element) => [element, combine(at(one, element), at(other, element), keeps)] as const,
  );
  return fieldSet(keeps(one.isMember, other.isMember), inner);
}

/** Leaves out what is empty. */
export function fieldSet(isMember: boolean, inner: Iterable<readonly [element: string, FieldSet]>): FieldSet {
  return { isMember, inner: new Map([...inner].filter(([, deeper]) => !isEmpty(deeper))) };
}

export function at(set: FieldSet, element: string): FieldSet {
  return set.inner.get(element) ?? noFields;
}

export function isEmpty({ isMember, inner }: FieldSet): boolean {
  return !isMember && inner.size === 0;
}

export function isSame(one: FieldSet, other: FieldSet): boolean {
  return isEmpty(difference(one, other)) && isEmpty(difference(other, one));
}

/** The members, each as its elements, in the order of `fieldsV1`. */
export function pathsOf(set: FieldSet): string[][] {
  return [
    ...(set.isMember ? [[]] : []),
    ...sorted(set).flatMap(([element, deeper]) => {
      return pathsOf(deeper).map((path) => [element, ...path]);
    }),
  ];
}

/** `.` stands for a path that is a member and has members that lie deeper. */
export function toFieldsV1(set: FieldSet): JsonObject {
  return Object.fromEntries(
    sorted(set).map(([element, deeper]) => {
      const itself = deeper.isMember && deeper.inner.size > 0 ? { ".": {} } : {};
      return [element, { ...itself, ...toFieldsV1(deeper) }];
    }),
  );
}

/** Undefined for what is no `fieldsV1`. */
export function parseFieldsV1(fields: Json | undefined): FieldSet | undefined {
  if (!isJsonObject(fields)) return undefined;
  const inner: [string, FieldSet][] = [];
  for (const [key, value] of Object.entries(fields)) {
    if (key === ".") continue;
    const [element, deeper] = [canonicalElement(key), parseFieldsV1(value)];
    if (element === undefined || deeper === undefined) return undefined;
    inner.push([element, deeper.inner.size === 0 ? thisField : deeper]);
  }
  return fieldSet(Object.hasOwn(fields, "."), inner);
}

function sorted({ inner }: FieldSet): [string, FieldSet][] {
  return [...inner].toSorted(([one], [other]) => (one < other ? -1 : 1));
}
