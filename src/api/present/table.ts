/** Objects as a `Table`, which kubectl prints. Source: Kubernetes API reference, meta/v1 Table. */
import type { KubeObject } from "../../domain/object.ts";
import type { Kind } from "../kinds/kind.ts";
import { badRequest, type Refusal } from "../refusal.ts";
import { toPartialMetadata } from "./partial-metadata.ts";

/** What comes with the cells of a row. */
export type IncludeObject = "None" | "Metadata" | "Object";

export interface Table {
  kind: "Table";
  apiVersion: string;
  metadata: object;
  columnDefinitions: object[];
  rows: { cells: (string | number)[]; object?: object }[];
}

export interface TableOptions {
  apiVersion: string;
  includeObject: IncludeObject;
  nowMs: number;
}

export function toTable(kind: Kind, objects: readonly KubeObject[], metadata: object, options: TableOptions): Table {
  const columnDefinitions = kind.columns.map(({ name, type, format = "", description, priority }) => {
    return { name, type, format, description, priority };
  });
  const rows = objects.map((object) => toRow(kind, object, options));
  return { kind: "Table", apiVersion: options.apiVersion, metadata, columnDefinitions, rows };
}

export function parseIncludeObject(query: URLSearchParams): IncludeObject | Refusal {
  const asked = query.get("includeObject") || "Metadata";
  if (asked === "None" || asked === "Metadata" || asked === "Object") return asked;
  return badRequest(`unrecognized includeObject value: ${JSON.stringify(asked)}`);
}

function toRow(kind: Kind, object: KubeObject, { apiVersion, includeObject, nowMs }: TableOptions): Table["rows"][0] {
  const cells = kind.columns.map((column) => column.cell(object, nowMs));
  switch (includeObject) {
    case "None":
      return { cells };
    case "Metadata":
      return { cells, object: toPartialMetadata(object, apiVersion) };
    case "Object":
      return { cells, object };
  }
}
