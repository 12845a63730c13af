/**
 * A write is one batch, that is one transaction. Its first statement appends to the log under the write's whole guard
 * (the object is still as its writer saw it, and so on) and returns the new revision. The statements after it ask
 * `mine`: whether the newest log row is this write's. The object's own row is written last, since that is what makes
 * the guard false for everybody else.
 *
 * Parameters of a write: ?1 resource, ?2 namespace, ?3 name, ?4 uid, ?5 revision of the row that it supersedes (NULL
 * for a creation). Further ones are said beside each statement.
 */
import { head } from "./head.ts";

const unchanged = "(SELECT revision FROM objects WHERE resource = ?1 AND namespace = ?2 AND name = ?3) IS ?5";

/**
 * A uid and the revision superseded tell a log row apart from everybody else's, but for one that won the same race;
 * then the object has moved on already.
 */
const mine = `EXISTS (SELECT 1 FROM log WHERE revision = ${head} AND uid = ?4 AND previous IS ?5) AND ${unchanged}`;

/** Cluster IPs in the JSON array ?7 that belong to another service. */
const takenAddress = `SELECT address FROM cluster_ips
  WHERE address IN (SELECT value FROM json_each(?7)) AND service <> ?2 || '/' || ?3`;

const namespaceAccepts = `(?2 = '' OR EXISTS (
  SELECT 1 FROM objects WHERE resource = 'namespaces' AND namespace = '' AND name = ?2
    AND json_extract(manifest, '$.metadata.deletionTimestamp') IS NULL))`;

/**
 * The first edge node of the region ?9 with room for ?10 millislots: filled up one after the other, so that few are kept
 * awake. One that is cordoned takes nothing on.
 */
const roomyProber = `SELECT name FROM probers
  WHERE region = ?9 AND load_millislots + ?10 <= capacity_millislots AND NOT EXISTS (
    SELECT 1 FROM objects n WHERE n.resource = 'nodes' AND n.namespace = '' AND n.name = probers.name
      AND json_extract(n.manifest, '$.spec.unschedulable'))
  ORDER BY ordinal LIMIT 1`;

/** ?8 how many objects of its resource the namespace may hold, NULL for any number. */
const withinQuota = `(?8 IS NULL
  OR coalesce((SELECT objects FROM object_counts WHERE resource = ?1 AND namespace = ?2), 0) < ?8)`;

const creatable = `${unchanged} AND ${namespaceAccepts} AND ${withinQuota} AND NOT EXISTS (${takenAddress})`;

/** Before a renewal at ?6 (ms) of the pod ?2/?3: its prober, if the lease had expired. A lease in time wakes nobody. */
const pendExpired = `INSERT INTO pending (kind, target, revision)
    SELECT 'prober', p.name, ${head} FROM pod_leases l
      CROSS JOIN objects o ON o.resource = 'pods' AND o.namespace = l.namespace AND o.name = l.name
      CROSS JOIN probers p ON p.name = o.node
    WHERE l.namespace = ?2 AND l.name = ?3 AND l.renewed_ms + l.lease_ms <= ?6`;

/** Whether the Endpoints `o` are not derived from pods; those that are, their service looks after. */
const writtenByHand = `json_extract(o.manifest, '$.metadata.labels."endpoints.kubernetes.io/managed-by"') IS NOT 'endpoint-controller'`;

const pendAgain = "ON CONFLICT (kind, target) DO UPDATE SET revision = excluded.revision RETURNING kind, target";

const put = `INSERT INTO objects (resource, namespace, name, uid, revision, manifest, node)
    SELECT resource, namespace, name, uid, revision, manifest,
      CASE resource WHEN 'pods' THEN json_extract(manifest, '$.spec.nodeName') END
    FROM log WHERE revision = ${head} AND ${mine}
    ON CONFLICT (resource, namespace, name) DO UPDATE
      SET uid = excluded.uid, revision = excluded.revision, manifest = excluded.manifest, node = excluded.node`;

export const write = {
  /** ?6 manifest, ?7 cluster IPs it claims, ?8 the quota. */
  logCreation: `INSERT INTO log (resource, namespace, name, uid, previous, change, manifest)
    SELECT ?1, ?2, ?3, ?4, ?5, 'ADDED', ?6 WHERE ${creatable} RETURNING revision`,

  /** The same for a pod, new or not, that is to be assigned: ?9 region, ?10 its load. */
  logAssignment: `INSERT INTO log (resource, namespace, name, uid, previous, change, manifest)
    SELECT ?1, ?2, ?3, ?4, ?5, iif(?5 IS NULL, 'ADDED', 'MODIFIED'), json_set(?6, '$.spec.nodeName', (${roomyProber}))
    WHERE ${creatable} RETURNING revision`,

  /** ?6 manifest, ?7 cluster IPs it claims. */
  logUpdate: `INSERT INTO log (resource, namespace, name, uid, previous, change, manifest)
    SELECT ?1, ?2, ?3, ?4, ?5, 'MODIFIED', ?6
    WHERE ${unchanged} AND NOT EXISTS (${takenAddress}) RETURNING revision`,

  /** ?6 manifest. */
  logDeletion: `INSERT INTO log (resource, namespace, name, uid, previous, change, manifest)
    SELECT ?1, ?2, ?3, ?4, ?5, 'DELETED', ?6 WHERE ${unchanged} RETURNING revision`,

  /** The last statement of a creation or an update. */
  putObject: `${put} RETURNING revision`,

  /** The same for a pod that was assigned: with the node that its manifest has got. */
  putAssigned: `${put} RETURNING revision, manifest`,

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
    ON CONFLICT (kind, target) DO UPDATE SET revision = excluded.revision
    RETURNING kind, target`,

  /** ?6 the kind, ?7 JSON array of names in the object's namespace. */
  pendNamed: `INSERT INTO pending (kind, target, revision)
    SELECT DISTINCT ?6, ?2 || '/' || value, ${head} FROM json_each(?7) WHERE ${mine}
    ON CONFLICT (kind, target) DO UPDATE SET revision = excluded.revision
    RETURNING kind, target`,

  /** The services that select a pod on the node ?3. */
  pendServicesOnNode: `INSERT INTO pending (kind, target, revision)
    SELECT DISTINCT 'service', namespace || '/' || name, ${head} FROM (
      SELECT s.namespace, s.name FROM objects o
        CROSS JOIN json_each(o.manifest, '$.metadata.labels') l
        CROSS JOIN selectors s ON s.namespace = o.namespace AND s.key = l.key AND s.value = l.value AND s.kind = 'service'
        WHERE o.node = ?3 AND o.resource = 'pods'
        GROUP BY o.namespace, o.name, s.name HAVING count(*) = max(s.pairs)
    ) WHERE ${mine}
    ON CONFLICT (kind, target) DO UPDATE SET revision = excluded.revision
    RETURNING kind, target`,

  /** The prober that the pod is assigned to, if it is one. */
  pendProber: `INSERT INTO pending (kind, target, revision)
    SELECT 'prober', p.name, log.revision FROM log
      JOIN probers p ON p.name = json_extract(log.manifest, '$.spec.nodeName')
    WHERE log.revision = ${head} AND ${mine}
    ON CONFLICT (kind, target) DO UPDATE SET revision = excluded.revision
    RETURNING kind, target`,

  /** ?6 now (ms), ?7 the lease and ?8 after how long without it the pod is removed (ms, NULL for never). */
  putLease: `INSERT INTO pod_leases (namespace, name, renewed_ms, lease_ms, expire_after_ms)
    SELECT ?2, ?3, ?6, ?7, ?8 WHERE ${mine}
    ON CONFLICT (namespace, name) DO UPDATE SET
      renewed_ms = excluded.renewed_ms, lease_ms = excluded.lease_ms, expire_after_ms = excluded.expire_after_ms`,

  deleteLease: `DELETE FROM pod_leases WHERE namespace = ?2 AND name = ?3 AND ${mine}`,

  /** A Lease was written: of the pod of its name. ?6 now (ms). */
  pendExpired: `${pendExpired} AND ${mine} ${pendAgain}`,
  renewLease: `UPDATE pod_leases SET renewed_ms = ?6 WHERE namespace = ?2 AND name = ?3 AND ${mine}`,

  /** ?6 by how much the load of the pod's prober changes; the pod is the one that the newest log row tells of. */
  moveLoad: `UPDATE probers SET load_millislots = load_millislots + ?6
    WHERE name = (SELECT json_extract(manifest, '$.spec.nodeName') FROM log WHERE revision = ${head}) AND ${mine}`,

  /** ?6 the prober that a pod leaves, ?7 the pod's load. */
  unload: `UPDATE probers SET load_millislots = load_millislots - ?7 WHERE name = ?6 AND ${mine}`,

  /** ?6 the prober that a pod leaves. */
  pendLeft: `INSERT INTO pending (kind, target, revision) SELECT 'prober', name, ${head} FROM probers WHERE name = ?6 AND ${mine}
    ${pendAgain}`,

  /** Before a pod's creation or its move: one more prober where none has room. ?9 region, ?10 the pod's load, ?11 capacity. */
  openProber: `INSERT INTO probers (ordinal, name, region, capacity_millislots, load_millislots)
    SELECT next, 'edge-' || iif(?9 = '', '', ?9 || '-') || next, ?9, ?11, 0 FROM (SELECT coalesce(max(ordinal) + 1, 0) AS next FROM probers)
    WHERE ${creatable} AND NOT EXISTS (${roomyProber})`,

  /** The newest prober's Node, where it has none. ?1 its uid, ?2 its manifest but for name and uid. */
  logProberNode: `INSERT INTO log (resource, namespace, name, uid, change, manifest)
    SELECT 'nodes', '', p.name, ?1, 'ADDED',
      json_set(?2, '$.metadata.name', p.name, '$.metadata.uid', ?1, '$.metadata.labels."kubernetes.io/hostname"', p.name)
    FROM probers p
    WHERE p.ordinal = (SELECT max(ordinal) FROM probers)
      AND NOT EXISTS (SELECT 1 FROM objects WHERE resource = 'nodes' AND namespace = '' AND name = p.name)`,

  /** ?1 the Node's uid. */
  putProberNode: `INSERT INTO objects (resource, namespace, name, uid, revision, manifest)
    SELECT resource, namespace, name, uid, revision, manifest FROM log WHERE revision = ${head} AND uid = ?1`,

  /** ?1 the Node's uid. */
  labelProberNode: `INSERT INTO labels (resource, key, value, namespace, name)
    SELECT log.resource, l.key, l.value, log.namespace, log.name
    FROM log, json_each(log.manifest, '$.metadata.labels') l WHERE log.revision = ${head} AND log.uid = ?1`,
} as const;

/** Counts the objects of the resource ?1 in the namespace ?2 anew; returns the number if it was another one. */
export const recount = `UPDATE object_counts SET objects = real.objects
  FROM (SELECT count(*) AS objects FROM objects WHERE resource = ?1 AND namespace = ?2) AS real
  WHERE resource = ?1 AND namespace = ?2 AND object_counts.objects <> real.objects
  RETURNING object_counts.objects`;

/** Of the cluster IPs in ?7, one that another service than ?2/?3 has: why a write did not happen. */
export const takenAddressStatement = `${takenAddress} LIMIT 1`;

/** A renewal by the pod itself, of its own row alone: ?2 namespace, ?3 name, ?6 now (ms). In this order. */
export const renewal = [
  `${pendExpired} AND true ${pendAgain}`,
  "UPDATE pod_leases SET renewed_ms = ?6 WHERE namespace = ?2 AND name = ?3",
] as const;
