/** What the plans of a publication share. */
import type { ObjectReference } from "../domain/endpoints.ts";
import { toTimestamp, type ObjectMeta } from "../domain/object.ts";

/** Where new identities come from; a plan itself knows no chance and no clock. */
export interface Identities {
  nowMs: number;
  newUid(): string;
  /** Five characters for the end of a generated name. */
  nameSuffix(): string;
}

export function newMetadata(namespace: string, name: string, identities: Identities): ObjectMeta {
  const creationTimestamp = toTimestamp(identities.nowMs);
  return { name, namespace, uid: identities.newUid(), resourceVersion: "", creationTimestamp };
}

/** With these labels and annotations in place of what it had; where there are none, without the field. */
export function dressed(
  metadata: ObjectMeta,
  labels: Record<string, string>,
  annotations: Record<string, string>,
): ObjectMeta {
  const { labels: _, annotations: __, ...rest } = metadata;
  return {
    ...rest,
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
}

export function withoutKeys(from: Record<string, string> | undefined, keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(from ?? {}).filter(([key]) => !keys.includes(key)));
}

/** What a reference says, however its fields are ordered. */
export function comparableReference(reference: ObjectReference | undefined): unknown {
  return [reference?.kind, reference?.namespace, reference?.name, reference?.uid];
}

export function sameEntries(a: Record<string, string> | undefined, b: Record<string, string>): boolean {
  const entries = Object.entries(a ?? {});
  return entries.length === Object.keys(b).length && entries.every(([key, value]) => b[key] === value);
}
