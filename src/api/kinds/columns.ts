/** Columns that most kinds have, and how kubectl writes what goes into columns. */
import type { Labels } from "../../domain/labels.ts";
import type { KubeObject } from "../../domain/object.ts";
import { humanDuration } from "../present/duration.ts";
import type { Column } from "./kind.ts";

export const nameColumn: Column = {
  name: "Name",
  type: "string",
  format: "name",
  description: "Name of the object, unique within its namespace.",
  priority: 0,
  cell: ({ metadata }) => metadata.name,
};

export const ageColumn: Column = {
  name: "Age",
  type: "string",
  description: "Time since the object was created.",
  priority: 0,
  cell: ({ metadata }, nowMs) => humanDuration(nowMs - Date.parse(metadata.creationTimestamp)),
};

/** A column of text that is always shown. */
export function column<T extends KubeObject>(
  name: string,
  description: string,
  cell: (object: T) => string,
): Column<T> {
  return { name, type: "string", description, priority: 0, cell };
}

/** A column of text that `-o wide` adds. */
export function wideColumn<T extends KubeObject>(
  name: string,
  description: string,
  cell: (object: T) => string,
): Column<T> {
  return { ...column(name, description, cell), priority: 1 };
}

/** The first three, and how many more there are. Of `count` items, the first three will do. */
export function shortList(items: readonly string[], none: string, count = items.length): string {
  if (count === 0) return none;
  const more = count - 3;
  return items.slice(0, 3).join(",") + (more > 0 ? ` + ${more} more...` : "");
}

/** `app=kubia,tier=web` */
export function selectorText(selector: Labels | undefined): string {
  return pairsText(selector) || "<none>";
}

/** The same, in the form that a label selector is sent in: empty where there is none. */
export function pairsText(selector: Labels | undefined): string {
  const pairs = Object.entries(selector ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.sort().join(",");
}
