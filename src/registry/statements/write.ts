/**
 * A write is one batch, that is one transaction. Its first statement appends to the log under the write's whole guard
 * (the object is still as its writer saw it, and so on) and returns the new revision. The statements after it ask
 * `mine`: whether the newest log row is this write's. The object's own row is written last, since that is what makes
 * the guard false for everybody else.
 */
import { creatable, mine, takenAddress, unchanged } from "./write-guard.ts";
import { head } from "./head.ts";

/** The object as the newest log row has it. */
export const put = `INSERT INTO objects (resource, namespace, name, uid, revision, manifest, node)
    SELECT resource, namespace, name, uid, revision, manifest,
      CASE resource WHEN 'pods' THEN json_extract(manifest, '$.spec.nodeName') END
    FROM log WHERE revision = ${head} AND ${mine}
    ON CONFLICT (resource, namespace, name) DO UPDATE
      SET uid = excluded.uid, revision = excluded.revision, manifest = excluded.manifest, node = excluded.node`;

/** Who was pending already is so from this revision on. */
export const pendAgain = "ON CONFLICT (kind, target) DO UPDATE SET revision = excluded.revision RETURNING kind, target";

/** Whether the Endpoints `o` are not derived from pods; those that are, their service looks after. */
const writtenByHand = `json_extract(o.manifest, '$.metadata.labels."endpoints.kubernetes.io/managed-by"') IS NOT 'endpoint-controller'`;

export const write = {
  /** ?6 manifest, ?7 cluster IPs it claims, ?8 the quota. */
  logCreation: `INSERT INTO log (resource, namespace, name, uid, previous, change, manifest)
    SELECT ?1, ?2, ?3, ?4, ?5, 'ADDED', ?6 WHERE ${creatable} RETURNING revision`,

  /** ?6 manifest, ?7 cluster IPs it claims. */
  logUpdate: `INSERT INTO log (resource, namespace, name, uid, previous, change, manifest)
    SELECT ?1, ?2, ?3, ?4, ?5, 'MODIFIED', ?6
    WHERE ${unchanged} AND NOT EXISTS (${takenAddress}) RETURNING revision`,

  /** ?6 manifest. */
  logDeletion: `INSERT INTO log (resource, namespace, name, uid, previous, change, manifest)
    SELECT ?1, ?2, ?3, ?4, ?5, 'DELETED', ?6 WHERE ${unchanged} RETURNING revision`,

  /** The last statement of a creation or an update. */
  putObject: `${put} RETURNING revision`,

  /** The last statement of a deletion. */
  deleteObject: `DELETE FROM objects WHERE resource = ?1 AND namespace = ?2 AND name = ?3 AND ${mine}
    RETURNING ${head} AS revision`,

  /** ?6 JSON object of the labels that are gone or have another value. */
  deleteLabels: `DELETE FROM labels
    WHERE resource = ?1 AND namespace = ?2 AND name = ?3
      AND (key, value) IN (SELECT key, value FROM json_each(?6)) AND ${mine}`,

  /** ?6 JSON object of the labels that are new or have another value. */
  insertLabels: `INSERT OR IGNORE INTO labels (resource, key, value, namespace, name)
    SELECT ?1, key, value, ?2, ?3 FROM json_each(?6) WHERE ${mine}`,

  /** ?6 JSON array of addresses that are gone. */
  deleteAddresses: `DELETE FROM addresses
    WHERE address IN (SELECT value FROM json_each(?6)) AND resource = ?1 AND namespace = ?2 AND name = ?3 AND ${mine}`,

  /** ?6 JSON array of addresses that are new. */
  insertAddresses: `INSERT OR IGNORE INTO addresses (address, resource, namespace, name)
    SELECT value, ?1, ?2, ?3 FROM json_each(?6) WHERE ${mine}`,

  /** ?6 the kind of whoever selects. */
  deleteSelector: `DELETE FROM selectors WHERE namespace = ?2 AND kind = ?6 AND name = ?3 AND ${mine}`,

  /** ?6 the kind of whoever selects, ?7 JSON object of the selector. */
  insertSelector: `INSERT INTO selectors (namespace, key, value, kind, name, pairs)
    SELECT ?2, key, value, ?6, ?3, (SELECT count(*) FROM json_each(?7)) FROM json_each(?7) WHERE ${mine}`,

  /** ?6 JSON array of cluster IPs that the service gives up. */
  deleteClusterIps: `DELETE FROM cluster_ips
    WHERE address IN (SELECT value FROM json_each(?6)) AND service = ?2 || '/' || ?3 AND ${mine}`,

  /** ?6 JSON array of cluster IPs that the service takes. */
  insertClusterIps: `INSERT OR IGNORE INTO cluster_ips (address, service)
    SELECT value, ?2 || '/' || ?3 FROM json_each(?6) WHERE ${mine}`,

  /** ?6 the seconds that answers about the service could be kept until now. */
  noteFormerTtl: `INSERT INTO former_ttls (namespace, seconds, in_force_until) SELECT ?2, ?6, unixepoch() WHERE ${mine}
    ON CONFLICT DO UPDATE SET in_force_until = excluded.in_force_until`,

  /** ?6 JSON array of uids of owners that are named no longer. */
  deleteOwners: `DELETE FROM owners
    WHERE owner IN (SELECT value FROM json_each(?6)) AND resource = ?1 AND namespace = ?2 AND name = ?3 AND ${mine}`,

  /** ?6 JSON array of uids of owners that are new. */
  insertOwners: `INSERT OR IGNORE INTO owners (owner, resource, namespace, name)
    SELECT value, ?1, ?2, ?3 FROM json_each(?6) WHERE ${mine}`,

  /**
   * Owners in the JSON array ?6 of uids that went between whoever names them looked and now, of which nobody else would
   * know: their deletion goes on with this dependent.
   */
  noteLostOwners: `INSERT OR IGNORE INTO unfinished_deletions (uid, resource, namespace, name)
    SELECT uid, resource, namespace, name FROM log
    WHERE revision > ${head} - 1000 AND change = 'DELETED' AND uid IN (SELECT value FROM json_each(?6)) AND ${mine}`,

  /** The object is marked for a deletion that begins with what it holds or owns. */
  beginDeletion: `INSERT OR IGNORE INTO unfinished_deletions (uid, resource, namespace, name)
    SELECT ?4, ?1, ?2, ?3 WHERE ${mine} RETURNING 1 AS unfinished`,

  /** The object goes, and others name it as their owner, or it is a service whose Endpoints somebody wrote by hand. */
  leaveDependents: `INSERT OR IGNORE INTO unfinished_deletions (uid, resource, namespace, name)
    SELECT ?4, ?1, ?2, ?3
    WHERE (EXISTS (SELECT 1 FROM owners WHERE owner = ?4) OR ?1 = 'services' AND EXISTS (
        SELECT 1 FROM objects o WHERE o.resource = 'endpoints' AND o.namespace = ?2 AND o.name = ?3 AND ${writtenByHand}))
      AND ${mine} RETURNING 1 AS unfinished`,

  countCreated: `INSERT INTO object_counts (resource, namespace, objects) SELECT ?1, ?2, 1 WHERE ${mine}
    ON CONFLICT DO UPDATE SET objects = objects + 1`,
  countDeleted: `UPDATE object_counts SET objects = objects - 1 WHERE resource = ?1 AND namespace = ?2 AND ${mine}`,

  /** With the namespace ?3. */
  forgetCounts: `DELETE FROM object_counts WHERE namespace = ?3 AND ${mine}`,

  movePolicy: `UPDATE registry SET policy_revision = ${head} WHERE ${mine}`,

  moveCatalogue: `UPDATE registry SET catalogue_revision = ${head} WHERE ${mine}`,

  /** Whoever has a selector that holds of the labels before (?6) or after (?7), JSON objects. */
  pendSelecting: `INSERT INTO pending (kind, target, revision)
    SELECT kind, ?2 || '/' || name, ${head} FROM (
      SELECT s.kind, s.name FROM json_each(?6) l
        CROSS JOIN selectors s ON s.namespace = ?2 AND s.key = l.key AND s.value = l.value
        GROUP BY s.kind, s.name HAVING count(*) = max(s.pairs)
      UNION
      SELECT s.kind, s.name FROM json_each(?7) l
        CROSS JOIN selectors s ON s.namespace = ?2 AND s.key = l.key AND s.value = l.value
        GROUP BY s.kind, s.name HAVING count(*) = max(s.pairs)
    ) WHERE ${mine}
    ${pendAgain}`,

  /** ?6 the kind, ?7 JSON array of names in the object's namespace. */
  pendNamed: `INSERT INTO pending (kind, target, revision)
    SELECT DISTINCT ?6, ?2 || '/' || value, ${head} FROM json_each(?7) WHERE ${mine}
    ${pendAgain}`,

  /** The services that select a pod on the node ?3. */
  pendServicesOnNode: `INSERT INTO pending (kind, target, revision)
    SELECT DISTINCT 'service', namespace || '/' || name, ${head} FROM (
      SELECT s.namespace, s.name FROM objects o
        CROSS JOIN json_each(o.manifest, '$.metadata.labels') l
        CROSS JOIN selectors s ON s.namespace = o.namespace AND s.key = l.key AND s.value = l.value AND s.kind = 'service'
        WHERE o.node = ?3 AND o.resource = 'pods'
        GROUP BY o.namespace, o.name, s.name HAVING count(*) = max(s.pairs)
    ) WHERE ${mine}
    ${pendAgain}`,
} as const;

/** Counts the objects of the resource ?1 in the namespace ?2 anew; returns the number if it was another one. */
export const recount = `UPDATE object_counts SET objects = real.objects
  FROM (SELECT count(*) AS objects FROM objects WHERE resource = ?1 AND namespace = ?2) AS real
  WHERE resource = ?1 AND namespace = ?2 AND object_counts.objects <> real.objects
  RETURNING object_counts.objects`;

/** Of the cluster IPs in ?7, one that another service than ?2/?3 has: why a write did not happen. */
export const takenAddressStatement = `${takenAddress} LIMIT 1`;
