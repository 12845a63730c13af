/** Objects as rows: the manifest is stored without its resourceVersion, which is the row's revision. */
import type { D1Result } from "@cloudflare/workers-types";
import type { KubeObject } from "../domain/object.ts";

export interface ObjectRow {
  revision: number;
  manifest: string;
}

export function toManifest(object: KubeObject): string {
  const { resourceVersion: _, ...metadata } = object.metadata;
  return JSON.stringify({ ...object, metadata });
}

export function fromRow(row: ObjectRow): KubeObject {
  const object = JSON.parse(row.manifest) as KubeObject;
  object.metadata.resourceVersion = String(row.revision);
  return object;
}

/** The rows of one statement of a batch; a batch answers with as many results as it had statements. */
export function rowsOf<Row>(results: readonly D1Result[], index: number): Row[] {
  return (results[index]?.results ?? []) as Row[];
}
