/**
 * The part of an object that can be owned by who writes on a path: not what identifies it, not what the server counts,
 * and on the object itself not its status. Pure.
 * Source: k8s.io/apimachinery, pkg/util/managedfields/internal/stripmeta.go; the reset fields of registry strategies.
 */
import { isJsonObject, ownValue, without, type JsonObject } from "../json.ts";

/** Always has `metadata`, so that it is the same whether there is something in it or not. */
export function ownable(document: JsonObject, subresource: string): JsonObject {
  const metadata = ownValue(document, "metadata");
  const described = isJsonObject(metadata) ? metadata : {};
  if (subresource === "status") return ownableStatus(document, described);
  return {
    ...without(document, "apiVersion", "kind", "status"),
    metadata: without(
      described,
      "name",
      "namespace",
      "creationTimestamp",
      "selfLink",
      "uid",
      "generation",
      "managedFields",
      "resourceVersion",
    ),
  };
}

/** The same of what is applied, where metadata in which nothing is left claims nothing. */
export function ownableConfiguration(document: JsonObject, subresource: string): JsonObject {
  const own = ownable(document, subresource);
  return Object.keys(own["metadata"] ?? {}).length === 0 ? without(own, "metadata") : own;
}

function ownableStatus(document: JsonObject, { labels, annotations }: JsonObject): JsonObject {
  const status = ownValue(document, "status");
  const metadata = { ...(labels !== undefined && { labels }), ...(annotations !== undefined && { annotations }) };
  return status === undefined ? { metadata } : { metadata, status };
}
