/**
 * Every SQL statement of the registry; nothing else in the tree says SELECT.
 *
 * A write is one batch, that is one transaction. Its first statement appends to the log under the write's whole guard
 * (the object is still as its writer saw it, and so on) and returns the new revision. The statements after it ask
 * `mine`: whether the newest log row is this write's. The object's own row is written last, since that is what makes
 * the guard false for everybody else.
 *
 * Joins are CROSS JOINs, which SQLite carries out in the order that they are written: from the few rows to the many.
 * Left to itself, without statistics, it has begun with all pods of a namespace.
 *
 * Parameters of a write: ?1 resource, ?2 namespace, ?3 name, ?4 uid, ?5 revision of the row that it supersedes (NULL
 * for a creation). Further ones are said beside each statement.
 */

const head = "(SELECT max(revision) FROM log)";

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
 * The first edge node of the region ?8 with room for ?9 millislots: filled up one after the other, so that few are kept
 * awake. One that is cordoned takes nothing on.
 */
const roomyProber = `SELECT name FROM probers
  WHERE region = ?8 AND load_millislots + ?9 <= capacity_millislots AND NOT EXISTS (
    SELECT 1 FROM objects n WHERE n.resource = 'nodes' AND n.namespace = '' AND n.name = probers.name
      AND json_extract(n.manifest, '$.spec.unschedulable'))
  ORDER BY ordinal LIMIT 1`;

const creatable = `${unchanged} AND ${namespaceAccepts} AND NOT EXISTS (${takenAddress})`;

/** Before a renewal at ?6 (ms) of the pod ?2/?3: its prober, if the lease had expired. A lease in time wakes nobody. */
const pendExpired = `INSERT INTO pending (kind, target, revision)
    SELECT 'prober', p.name, ${head} FROM pod_leases l
      CROSS JOIN objects o ON o.resource = 'pods' AND o.namespace = l.namespace AND o.name = l.name
      CROSS JOIN probers p ON p.name = o.node
    WHERE l.namespace = ?2 AND l.name = ?3 AND l.renewed_ms + l.lease_ms <= ?6`;

const pendAgain = "ON CONFLICT (kind, target) DO UPDATE SET revision = excluded.revision RETURNING kind, target";

export const write = {
  /** ?6 manifest, ?7 cluster IPs it claims. */
  logCreation: `INSERT INTO log (resource, namespace, name, uid, previous, change, manifest)
    SELECT ?1, ?2, ?3, ?4, ?5, 'ADDED', ?6 WHERE ${creatable} RETURNING revision`,

  /** The same for a pod, new or not, that is to be assigned: ?8 region, ?9 its load. */
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
  putObject: `INSERT INTO objects (resource, namespace, name, uid, revision, manifest, node)
    SELECT resource, namespace, name, uid, revision, manifest,
      CASE resource WHEN 'pods' THEN json_extract(manifest, '$.spec.nodeName') END
    FROM log WHERE revision = ${head} AND ${mine}
    ON CONFLICT (resource, namespace, name) DO UPDATE
      SET uid = excluded.uid, revision = excluded.revision, manifest = excluded.manifest, node = excluded.node
    RETURNING revision, manifest`,

  /** The last statement of a deletion. */
  deleteObject: `DELETE FROM objects WHERE resource = ?1 AND namespace = ?2 AND name = ?3 AND ${mine}
    RETURNING (SELECT max(revision) FROM log) AS revision, manifest`,

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

  /** The object goes, and others name it as their owner. */
  leaveDependents: `INSERT OR IGNORE INTO unfinished_deletions (uid, resource, namespace, name)
    SELECT ?4, ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM owners WHERE owner = ?4) AND ${mine} RETURNING 1 AS unfinished`,

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

  /** Before a pod's creation or its move: one more prober where none has room. ?8 region, ?9 the pod's load, ?10 capacity. */
  openProber: `INSERT INTO probers (ordinal, name, region, capacity_millislots, load_millislots)
    SELECT next, 'edge-' || iif(?8 = '', '', ?8 || '-') || next, ?8, ?10, 0 FROM (SELECT coalesce(max(ordinal) + 1, 0) AS next FROM probers)
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

/** Of the cluster IPs in ?7, one that another service than ?2/?3 has: why a write did not happen. */
export const takenAddressStatement = `${takenAddress} LIMIT 1`;

/** A renewal by the pod itself, of its own row alone: ?2 namespace, ?3 name, ?6 now (ms). In this order. */
export const renewal = [
  `${pendExpired} AND true ${pendAgain}`,
  "UPDATE pod_leases SET renewed_ms = ?6 WHERE namespace = ?2 AND name = ?3",
] as const;

export const read = {
  epochAndHead: `SELECT epoch, ${head} AS revision FROM registry`,
  catalogueRevision: "SELECT catalogue_revision AS revision FROM registry",
  head: `SELECT ${head} AS revision`,

  /** ?1 resource, ?2 namespace, ?3 name. */
  object: "SELECT revision, manifest FROM objects WHERE resource = ?1 AND namespace = ?2 AND name = ?3",

  /** The pods that the selector of ?2 in namespace ?1 matches, of resource ?3: a service or a replication controller. */
  selectedPods: `SELECT o.revision, o.manifest FROM (
      SELECT l.name AS name, count(*) AS met, pair.pairs AS pairs
      FROM (
          SELECT key, value, count(*) OVER () AS pairs
          FROM json_each((SELECT json_extract(manifest, '$.spec.selector') FROM objects
            WHERE resource = ?3 AND namespace = ?1 AND name = ?2))
        ) pair
        CROSS JOIN labels l ON l.resource = 'pods' AND l.key = pair.key AND l.value = pair.value AND l.namespace = ?1
      GROUP BY l.name
    ) found
    CROSS JOIN objects o ON o.resource = 'pods' AND o.namespace = ?1 AND o.name = found.name
    WHERE found.met = found.pairs`,

  /** The slices labelled with service ?2 in namespace ?1. */
  slicesOfService: `SELECT o.revision, o.manifest FROM labels l
      CROSS JOIN objects o ON o.resource = l.resource AND o.namespace = l.namespace AND o.name = l.name
    WHERE l.resource = 'endpointslices.discovery.k8s.io' AND l.key = 'kubernetes.io/service-name'
      AND l.value = ?2 AND l.namespace = ?1
    ORDER BY o.name`,

  /** Prober nodes have no zone, so there are as many rows as nodes of somebody's own. */
  nodeZones:
    "SELECT name AS node, value AS zone FROM labels WHERE resource = 'nodes' AND key = 'topology.kubernetes.io/zone'",

  /** ?1 the prober's name. */
  assignedPods: "SELECT revision, manifest FROM objects WHERE node = ?1 AND resource = 'pods'",

  /** When the pods of the prober ?1 were last heard of, of those that have promised to be. */
  renewals: `SELECT o.uid, l.renewed_ms FROM objects o
      CROSS JOIN pod_leases l ON l.namespace = o.namespace AND l.name = o.name
    WHERE o.node = ?1 AND o.resource = 'pods'`,
  /** ?1 namespace, ?2 name. */
  renewal: "SELECT renewed_ms FROM pod_leases WHERE namespace = ?1 AND name = ?2",

  namespaceNames: "SELECT name FROM objects WHERE resource = 'namespaces'",
  catalogueServices: `SELECT namespace, name, uid, json_extract(manifest, '$.spec') AS spec,
      json_extract(manifest, '$.metadata.annotations."rollcall.dev/dns-ttl"') AS ttl
    FROM objects WHERE resource = 'services'`,

  /** The pod ?2, canonical address ?1 in namespace ?2. */
  podWithAddress:
    "SELECT 1 AS found FROM addresses WHERE address = ?1 AND resource = 'pods' AND namespace = ?2 LIMIT 1",

  /** The services that select a pod with the address ?1, and those that a slice with it is labelled for. */
  servicesOfAddress: `
    SELECT s.namespace || '/' || s.name AS service
    FROM addresses a
      CROSS JOIN objects o ON o.resource = 'pods' AND o.namespace = a.namespace AND o.name = a.name
      CROSS JOIN json_each(o.manifest, '$.metadata.labels') l
      CROSS JOIN selectors s ON s.namespace = a.namespace AND s.key = l.key AND s.value = l.value AND s.kind = 'service'
    WHERE a.address = ?1 AND a.resource = 'pods'
    GROUP BY a.name, s.namespace, s.name HAVING count(*) = max(s.pairs)
    UNION
    SELECT o.namespace || '/' || json_extract(o.manifest, '$.metadata.labels."kubernetes.io/service-name"')
    FROM addresses a CROSS JOIN objects o ON o.resource = a.resource AND o.namespace = a.namespace AND o.name = a.name
    WHERE a.address = ?1 AND a.resource = 'endpointslices.discovery.k8s.io'
    UNION
    SELECT a.namespace || '/' || a.name FROM addresses a WHERE a.address = ?1 AND a.resource = 'endpoints'`,

  /**
   * The TTLs that answers with the address of a pod in namespace ?1 were given with since ?2 (seconds): those of its
   * services as they are and as they were, and DNS_TTL. Texts as they were written.
   */
  ttlsInForce: `
    SELECT json_extract(manifest, '$.metadata.annotations."rollcall.dev/dns-ttl"') AS ttl
      FROM objects WHERE resource = 'services' AND namespace = ?1
    UNION
    SELECT seconds FROM former_ttls WHERE namespace IN ('', ?1) AND in_force_until >= ?2
    UNION
    SELECT dns_ttl_seconds FROM registry`,

  /** Objects that name the uid ?1 as an owner, and are not terminating unless ?3; at most ?2. */
  dependents: `SELECT w.resource, o.revision, o.manifest FROM owners w
      CROSS JOIN objects o ON o.resource = w.resource AND o.namespace = w.namespace AND o.name = w.name
    WHERE w.owner = ?1 AND (?3 OR json_extract(o.manifest, '$.metadata.deletionTimestamp') IS NULL)
    LIMIT ?2`,

  /** A dependent that its owner, the uid ?1, has to wait for. */
  blockingDependent: `SELECT 1 AS found FROM owners w
      CROSS JOIN objects o ON o.resource = w.resource AND o.namespace = w.namespace AND o.name = w.name
      CROSS JOIN json_each(o.manifest, '$.metadata.ownerReferences') r
    WHERE w.owner = ?1 AND r.value ->> 'uid' = ?1 AND r.value ->> 'blockOwnerDeletion' = 1
    LIMIT 1`,

  /** In no order, so that those which wait for somebody do not hold the others up; at most ?1. */
  unfinishedDeletions: "SELECT uid, resource, namespace, name FROM unfinished_deletions ORDER BY random() LIMIT ?1",

  /**
   * Events last written before ?1 (seconds), and twice as long ago as what they tell of had gone on by then: a prober
   * writes again when its count has doubled. The log holds the newest row of every object.
   */
  expiredEvents: `SELECT o.revision FROM objects o CROSS JOIN log ON log.revision = o.revision
    WHERE o.resource = 'events' AND log.written_at < ?1
      AND log.written_at + 2 * (coalesce(unixepoch(json_extract(o.manifest, '$.lastTimestamp'))
        - unixepoch(json_extract(o.manifest, '$.firstTimestamp')), 0)) < ?1
    LIMIT 1000`,

  /** With what their Nodes say of them. */
  probers: `SELECT p.name, (SELECT json_extract(c.value, '$.status') = 'True' FROM objects o
        CROSS JOIN json_each(o.manifest, '$.status.conditions') c
      WHERE o.resource = 'nodes' AND o.namespace = '' AND o.name = p.name
        AND json_extract(c.value, '$.type') = 'Ready') AS ready
    FROM probers p ORDER BY p.ordinal`,
  /** At most so many as a sweep can poke, each with the second in which the change was written. */
  pending: `SELECT kind, target, (SELECT written_at FROM log WHERE log.revision = pending.revision) * 1000 AS sinceMs
    FROM pending LIMIT 1000`,
  /** Whether the target ?2 of kind ?1 has still to look. */
  isPending: "SELECT 1 AS pending FROM pending WHERE kind = ?1 AND target = ?2",

  /** Pods whose grace period was over at the moment ?1; at most so many that a sweep can remove them. */
  terminatedPods: `SELECT namespace, name, uid FROM objects INDEXED BY objects_terminating WHERE resource = 'pods'
      AND json_extract(manifest, '$.metadata.deletionGracePeriodSeconds') > 0
      AND json_extract(manifest, '$.metadata.deletionTimestamp') <= ?1
    LIMIT 100`,

  /**
   * Edge nodes' pods whose lease had expired by the moment ?1 (ms) and who are not marked so, or are due to be removed;
   * at most so many that a sweep can see to them.
   */
  expiredPods: `SELECT o.namespace, o.name, o.uid FROM pod_leases l
      CROSS JOIN objects o ON o.resource = 'pods' AND o.namespace = l.namespace AND o.name = l.name
      CROSS JOIN probers p ON p.name = o.node
    WHERE l.renewed_ms + l.lease_ms <= ?1
      AND json_extract(o.manifest, '$.metadata.deletionTimestamp') IS NULL
      AND (l.renewed_ms + l.lease_ms + l.expire_after_ms <= ?1 OR NOT EXISTS (
        SELECT 1 FROM json_each(o.manifest, '$.status.conditions') c
        WHERE json_extract(c.value, '$.reason') = 'LeaseExpired'))
      AND coalesce(json_extract(o.manifest, '$.status.phase'), '') NOT IN ('Succeeded', 'Failed')
    LIMIT 100`,

  /**
   * The log above revision ?1, oldest first, each row with what it superseded: at most ?2 rows, and no further one once
   * there are ?3 octets.
   */
  changes: `WITH size AS MATERIALIZED (
      SELECT log.revision, octet_length(log.manifest) + coalesce(octet_length(before.manifest), 0) AS octets
      FROM log LEFT JOIN log AS before ON before.revision = log.previous
      WHERE log.revision > ?1 ORDER BY log.revision LIMIT ?2
    )
    SELECT log.revision, log.resource, log.change, log.manifest, before.manifest AS before, before.revision AS previous
    FROM (SELECT revision, sum(octets) OVER (ORDER BY revision) - octets AS octets_before FROM size) part
      CROSS JOIN log ON log.revision = part.revision
      LEFT JOIN log AS before ON before.revision = log.previous
    WHERE part.octets_before < ?3 ORDER BY log.revision`,
  /** The log above revision ?1 of what endpoints in namespace ?2 are derived from, oldest first, at most ?3 rows. */
  changesInNamespace: `SELECT revision, resource, change, manifest FROM log
    WHERE revision > ?1 AND (resource = 'nodes' OR namespace = ?2
      AND resource IN ('services', 'pods', 'endpoints', 'endpointslices.discovery.k8s.io'))
    ORDER BY revision LIMIT ?3`,
  programmingLatency: "SELECT service_kind, upper_bound_ms, observations, total_ms FROM programming_latency",
  compactedRevision: "SELECT compacted_revision AS revision FROM registry",
} as const;

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

  /** ?1 the uid of what was deleted. */
  deletion: "DELETE FROM unfinished_deletions WHERE uid = ?1",

  /** Removes events in one batch of these three. ?1 JSON array of their revisions, under which they are as they were read. */
  logExpiredEvents: `INSERT INTO log (previous, resource, namespace, name, uid, change, manifest)
    SELECT revision, resource, namespace, name, uid, 'DELETED', manifest FROM objects
    WHERE resource = 'events' AND revision IN (SELECT value FROM json_each(?1))`,
  deleteLabelsOfExpiredEvents: `DELETE FROM labels WHERE resource = 'events' AND (namespace, name) IN (
    SELECT namespace, name FROM objects
    WHERE resource = 'events' AND revision IN (SELECT value FROM json_each(?1)))`,
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

/**
 * A page of a list. The number of label requirements varies, so this one is built. Parameters in order: resource,
 * namespace (if given), per requirement resource, key and a JSON array of values, the namespace and name to start
 * after (if given), the limit (if given).
 */
export function listStatement(shape: {
  inNamespace: boolean;
  requirements: readonly { operator: "in" | "notin" | "exists" | "absent" }[];
  /** Leaves out what is being deleted. */
  staying: boolean;
  after: boolean;
  limited: boolean;
}): string {
  const withKey = "SELECT l.namespace, l.name FROM labels l WHERE l.resource = ? AND l.key = ?";
  const withValue = `${withKey} AND l.value IN (SELECT value FROM json_each(?))`;
  const anyValue = `${withKey} AND ? IS NOT NULL`;
  const clause = {
    in: `IN (${withValue})`,
    notin: `NOT IN (${withValue})`,
    exists: `IN (${anyValue})`,
    absent: `NOT IN (${anyValue})`,
  };
  return [
    "SELECT o.revision, o.manifest FROM objects o WHERE o.resource = ?",
    shape.inNamespace ? "AND o.namespace = ?" : "",
    ...shape.requirements.map(({ operator }) => `AND (o.namespace, o.name) ${clause[operator]}`),
    shape.staying ? "AND json_extract(o.manifest, '$.metadata.deletionTimestamp') IS NULL" : "",
    shape.after ? "AND (o.namespace, o.name) > (?, ?)" : "",
    "ORDER BY o.namespace, o.name",
    shape.limited ? "LIMIT ?" : "",
  ].join(" ");
}
