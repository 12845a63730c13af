/** What is put away: what has been looked at, what is too old, what is empty. */
import { head } from "./head.ts";

/** The log forgets what was superseded up to a boundary; what is above it can still be watched, edges included. */
export const compact = {
  /** How far the log may be compacted: the newest row written before ?1 (seconds), but never the head; at most 5,000 rows on. */
  boundary: `SELECT (SELECT compacted_revision FROM registry) AS compacted, max(revision) AS boundary FROM (
      SELECT revision, written_at FROM log
      WHERE revision > (SELECT compacted_revision FROM registry) AND revision < ${head}
      ORDER BY revision LIMIT 5000
    ) WHERE written_at < ?1`,
  /** ?1 the old boundary, ?2 the new one, here and below. */
  superseded: `DELETE FROM log WHERE revision IN (
    SELECT previous FROM log WHERE revision > ?1 AND revision <= ?2 AND previous IS NOT NULL)`,
  tombstones: "DELETE FROM log WHERE revision > ?1 AND revision <= ?2 AND change = 'DELETED'",
  moveBoundary: "UPDATE registry SET compacted_revision = ?2 WHERE compacted_revision = ?1",
} as const;

export const settle = {
  /** ?1 kind, ?2 target, ?3 the revision up to which it has looked. */
  pending: "DELETE FROM pending WHERE kind = ?1 AND target = ?2 AND revision <= ?3",

  /**
   * The last statement of what a service publishes: the service ?1 is pending no longer for what came up to revision ?2,
   * if all that was to be written was: the last ?3 rows of the log are those of ?4, newest first, a JSON array of the
   * uid and the revision superseded of each.
   */
  published: `DELETE FROM pending WHERE kind = 'service' AND target = ?1 AND revision <= ?2 AND ?4 = (
    SELECT json_group_array(json_array(uid, previous))
    FROM (SELECT uid, previous FROM log ORDER BY revision DESC LIMIT ?3))`,

  /** ?1 the uid of what was deleted. */
  deletion: "DELETE FROM unfinished_deletions WHERE uid = ?1",

  /** Removes events in one batch of these four. ?1 JSON array of their revisions, under which they are as they were read. */
  logExpiredEvents: `INSERT INTO log (previous, resource, namespace, name, uid, change, manifest)
    SELECT revision, resource, namespace, name, uid, 'DELETED', manifest FROM objects
    WHERE resource = 'events' AND revision IN (SELECT value FROM json_each(?1))`,
  deleteLabelsOfExpiredEvents: `DELETE FROM labels WHERE resource = 'events' AND (namespace, name) IN (
    SELECT namespace, name FROM objects
    WHERE resource = 'events' AND revision IN (SELECT value FROM json_each(?1)))`,
  countExpiredEvents: `UPDATE object_counts SET objects = objects - (SELECT count(*) FROM objects o
      WHERE o.resource = 'events' AND o.namespace = object_counts.namespace
        AND o.revision IN (SELECT value FROM json_each(?1)))
    WHERE resource = 'events' AND namespace IN (
      SELECT namespace FROM objects WHERE resource = 'events' AND revision IN (SELECT value FROM json_each(?1)))`,
  deleteExpiredEvents:
    "DELETE FROM objects WHERE resource = 'events' AND revision IN (SELECT value FROM json_each(?1))",

  /** ?1 service kind, ?2 upper bound of the bucket, ?3 observations, ?4 their sum. */
  latency: `INSERT INTO programming_latency (service_kind, upper_bound_ms, observations, total_ms) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT DO UPDATE SET observations = observations + excluded.observations, total_ms = total_ms + excluded.total_ms`,

  /** DNS_TTL is ?1 now, and former TTLs of before ?2 (seconds) concern nobody any more. In this order; mostly they write nothing. */
  noteFormerDefaultTtl: `INSERT INTO former_ttls (namespace, seconds, in_force_until)
    SELECT '', dns_ttl_seconds, unixepoch() FROM registry WHERE dns_ttl_seconds > ?1 AND ?2 IS NOT NULL
    ON CONFLICT DO UPDATE SET in_force_until = excluded.in_force_until`,
  noteDefaultTtl: "UPDATE registry SET dns_ttl_seconds = ?1 WHERE dns_ttl_seconds <> ?1 AND ?2 IS NOT NULL",
  forgetFormerTtls: "DELETE FROM former_ttls WHERE in_force_until < ?2 AND ?1 IS NOT NULL",

  /** A prober without pods goes away, with its Node. ?1 its name. The statements run in one batch, in this order. */
  logEmptyProberNode: `INSERT INTO log (previous, resource, namespace, name, uid, change, manifest)
    SELECT revision, resource, namespace, name, uid, 'DELETED', manifest FROM objects
    WHERE resource = 'nodes' AND namespace = '' AND name = ?1
      AND EXISTS (SELECT 1 FROM probers WHERE name = ?1) AND NOT EXISTS (SELECT 1 FROM objects WHERE node = ?1)`,
  deleteEmptyProber: "DELETE FROM probers WHERE name = ?1 AND NOT EXISTS (SELECT 1 FROM objects WHERE node = ?1)",
  deleteProberNode: `DELETE FROM objects WHERE resource = 'nodes' AND namespace = '' AND name = ?1
    AND (SELECT change FROM log WHERE revision = ${head} AND resource = 'nodes' AND name = ?1) = 'DELETED'`,
  deleteProberNodeLabels: `DELETE FROM labels WHERE resource = 'nodes' AND namespace = '' AND name = ?1
    AND NOT EXISTS (SELECT 1 FROM objects WHERE resource = 'nodes' AND namespace = '' AND name = ?1)`,
} as const;
