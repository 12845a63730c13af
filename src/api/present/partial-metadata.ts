/** Nothing of an object but its metadata. Source: Kubernetes API reference, meta/v1 PartialObjectMetadata. */
import type { KubeObject, ObjectMeta } from "../../domain/object.ts";

export interface PartialMetadata {
  kind: "PartialObjectMetadata";
  apiVersion: string;
  metadata: ObjectMeta;
}

export function toPartialMetadata({ metadata }: KubeObject, apiVersion: string): PartialMetadata {
  return { kind: "PartialObjectMetadata", apiVersion, metadata };
}
