/**
 * Which objects of a kind a request is about. The registry answers label selectors by its index; everything else is
 * decided here, object by object.
 */
import { requirementsMatch, type LabelRequirement } from "../../domain/labels.ts";
import { namespacedName, type GroupResource, type KubeObject, type NamespacedName } from "../../domain/object.ts";
import type { ListQuery, Registry } from "../../registry/registry.ts";
import type { Kind } from "../kinds/kind.ts";
import { Refusal } from "../refusal.ts";
import { fieldsMatch, parseFieldSelector, type FieldRequirement } from "../selectors/field-selector.ts";
import { parseLabelSelector } from "../selectors/label-selector.ts";

export interface Selection {
  /** Empty for all namespaces. */
  namespace: string;
  labels: readonly LabelRequirement[];
  fields: readonly FieldRequirement[];
}

/** The page of a list, and where the next one starts. */
export interface Page {
  items: KubeObject[];
  /** The registry's revision when the first of the objects was read. */
  revision: number;
  /** The last object of the page, when there may be more behind it. */
  next: NamespacedName | undefined;
}

export function parseSelection(kind: Kind, namespace: string, query: URLSearchParams): Selection | Refusal {
  const labels = parseLabelSelector(query.get("labelSelector") ?? "");
  if (labels instanceof Refusal) return labels;
  const fields = parseFieldSelector(query.get("fieldSelector") ?? "", kind);
  return fields instanceof Refusal ? fields : { namespace, labels, fields };
}

export function isSelected({ labels, fields }: Selection, object: KubeObject): boolean {
  return requirementsMatch(labels, object.metadata.labels) && fieldsMatch(fields, object);
}

/** A statement has room for a hundred parameters, and each requirement takes three. */
const maxIndexedRequirements = 20;

/** How many objects are read at a time while looking for few among many. */
const chunkSize = 500;

/** At most `limit` objects behind `after`; all of them, as of one revision, when both are undefined. */
export async function readPage(
  registry: Registry,
  resource: GroupResource,
  selection: Selection,
  limit?: number,
  after?: NamespacedName,
): Promise<Page> {
  const { namespace, labels, fields } = selection;
  const isIndexed = fields.length === 0 && labels.length <= maxIndexedRequirements;
  const query: ListQuery = {
    ...(namespace !== "" && { namespace }),
    labels: labels.slice(0, maxIndexedRequirements),
    ...(limit !== undefined && { limit: isIndexed ? limit : Math.max(limit, chunkSize) }),
  };
  const items: KubeObject[] = [];
  let chunk = await registry.list(resource, { ...query, ...(after !== undefined && { after }) });
  const { revision } = chunk;
  for (;;) {
    for (const object of chunk.items) {
      if (!isIndexed && !isSelected(selection, object)) continue;
      if (items.length === limit) return { items, revision, next: lastOf(items) };
      items.push(object);
    }
    const last = lastOf(chunk.items);
    if (!chunk.more || last === undefined) return { items, revision, next: undefined };
    if (items.length === limit) return { items, revision, next: last };
    chunk = await registry.list(resource, { ...query, after: last });
  }
}

function lastOf(objects: readonly KubeObject[]): NamespacedName | undefined {
  const last = objects.at(-1);
  return last === undefined ? undefined : namespacedName(last.metadata);
}
