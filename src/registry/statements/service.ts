/**
 * What a service reads: one batch of these three, which answers with what has changed since it looked last or, where that is
 * not known or would take longer, with all of it.
 *
 * Parameters of all: ?1 namespace, ?2 name, ?3 the epoch and ?4 the revision that it has seen, NULL for nothing, ?5 how
 * far the log is followed. Further ones are said beside their statement.
 */
import { head } from "./head.ts";
import { selectedPods } from "./selected-pods.ts";

/** Of constants alone, so that SQLite decides it before it reads anything. */
const readsAnew = `(SELECT ?4 IS NULL OR epoch <> ?3 OR compacted_revision > ?4 OR ${head} > ?4 + ?5 FROM registry)`;

/** Whether the labels in a manifest hold all pairs of ?6, a JSON object. Names of labels hold no quotes. */
function isSelected(manifest: string): string {
  return `(?6 <> '{}' AND NOT EXISTS (
      SELECT 1 FROM json_each(?6) pair WHERE (${manifest}) ->> ('$.metadata.labels."' || pair.key || '"') IS NOT pair.value))`;
}

function serviceOf(manifest: string): string {
  return `(${manifest}) ->> '$.metadata.labels."kubernetes.io/service-name"'`;
}

const superseded = "SELECT manifest FROM log old WHERE old.revision = log.previous";

export const service = {
  head: `SELECT epoch, ${head} AS revision, ${readsAnew} AS anew FROM registry`,

  /**
   * Oldest first. ?6 the selector of the service, as a JSON object; ?7 revisions of Endpoints and slices that are known
   * already, a JSON array: what one has written oneself.
   */
  changes: `SELECT revision, resource, change, manifest FROM log
    WHERE NOT ${readsAnew} AND revision > ?4 AND CASE resource
      WHEN 'nodes' THEN TRUE
      WHEN 'services' THEN namespace = ?1 AND name = ?2
      WHEN 'pods' THEN namespace = ?1 AND (${isSelected("manifest")} OR ${isSelected(superseded)})
      WHEN 'endpoints' THEN namespace = ?1 AND name = ?2 AND revision NOT IN (SELECT value FROM json_each(?7))
      WHEN 'endpointslices.discovery.k8s.io' THEN namespace = ?1 AND revision NOT IN (SELECT value FROM json_each(?7))
        AND ?2 IN (${serviceOf("manifest")}, ${serviceOf(superseded)})
      ELSE FALSE END
    ORDER BY revision`,

  /** All that endpoints are derived from, and what is published: each row says what it is part of. */
  whole: `SELECT resource AS part, revision, manifest FROM objects
      WHERE resource IN ('services', 'endpoints') AND namespace = ?1 AND name = ?2 AND ${readsAnew}
    UNION ALL
    SELECT 'pods', revision, manifest FROM (${selectedPods("'services'", readsAnew)})
    UNION ALL
    SELECT 'slices', o.revision, o.manifest FROM labels l
      CROSS JOIN objects o ON o.resource = l.resource AND o.namespace = l.namespace AND o.name = l.name
      WHERE l.resource = 'endpointslices.discovery.k8s.io' AND l.key = 'kubernetes.io/service-name'
        AND l.value = ?2 AND l.namespace = ?1 AND ${readsAnew}
    UNION ALL
    SELECT 'zones', 0, json_array(name, value) FROM labels
      WHERE resource = 'nodes' AND key = 'topology.kubernetes.io/zone' AND ${readsAnew}`,
} as const;
