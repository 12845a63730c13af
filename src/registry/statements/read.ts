/** What is read. Several of these in one batch are as of one revision. */
import { head } from "./head.ts";
import { selectedPods } from "./selected-pods.ts";

export const read = {
  objectCount: "SELECT objects FROM object_counts WHERE resource = ?1 AND namespace = ?2",

  epochAndHead: `SELECT epoch, ${head} AS revision FROM registry`,
  catalogueRevision: "SELECT catalogue_revision AS revision FROM registry",
  head: `SELECT ${head} AS revision`,

  /** ?1 resource, ?2 namespace, ?3 name. */
  object: "SELECT revision, manifest FROM objects WHERE resource = ?1 AND namespace = ?2 AND name = ?3",

  /** The pods that the replication controller ?2 in namespace ?1 selects. */
  replicatedPods: selectedPods("'replicationcontrollers'", "TRUE"),

  /** ?1 the prober's name. */
  assignedPods: "SELECT revision, manifest FROM objects WHERE node = ?1 AND resource = 'pods'",

  /** When the pods of the prober ?1 were last heard of, of those that have promised to be. */
  renewals: `SELECT o.uid, l.renewed_ms FROM objects o
      CROSS JOIN pod_leases l ON l.namespace = o.namespace AND l.name = o.name
    WHERE o.node = ?1 AND o.resource = 'pods'`,
  /** ?1 namespace, ?2 name. */
  renewal: "SELECT renewed_ms FROM pod_leases WHERE namespace = ?1 AND name = ?2",

  policyRevision: "SELECT policy_revision AS revision FROM registry",
  policyObjects: `SELECT resource, namespace, name, json_extract(manifest, '$.rules') AS rules,
      json_extract(manifest, '$.roleRef') AS role_ref, json_extract(manifest, '$.subjects') AS subjects
    FROM objects WHERE resource IN ('roles.rbac.authorization.k8s.io', 'rolebindings.rbac.authorization.k8s.io',
      'clusterroles.rbac.authorization.k8s.io', 'clusterrolebindings.rbac.authorization.k8s.io')`,

  /** ?1 namespace, ?2 name. */
  accountUid: "SELECT uid FROM objects WHERE resource = 'serviceaccounts' AND namespace = ?1 AND name = ?2",

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

  /** Services of namespace ?1 that have not looked, or not published, since something that concerns them has changed. */
  pendingServices: "SELECT target FROM pending WHERE kind = 'service' AND target > ?1 || '/' AND target < ?1 || '0'",

  /** Services of namespace ?1 that hand out pods whether or not they are ready, and so those that terminate. */
  lingeringServices: `SELECT namespace || '/' || name AS target FROM objects
    WHERE resource = 'services' AND namespace = ?1 AND json_extract(manifest, '$.spec.publishNotReadyAddresses')`,

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

  /**
   * Objects that name the uid ?1 as an owner, and are not terminating unless ?3; at most ?2. Of a service that is gone also the
   * Endpoints of its name, which in Kubernetes their controller takes away.
   */
  dependents: `SELECT o.resource, o.revision, o.manifest FROM (
      SELECT resource, namespace, name FROM owners WHERE owner = ?1
      UNION ALL
      SELECT 'endpoints', u.namespace, u.name FROM unfinished_deletions u
        WHERE u.uid = ?1 AND u.resource = 'services' AND NOT EXISTS (
          SELECT 1 FROM objects s WHERE s.resource = 'services' AND s.namespace = u.namespace AND s.name = u.name)
    ) w CROSS JOIN objects o ON o.resource = w.resource AND o.namespace = w.namespace AND o.name = w.name
    WHERE (?3 OR json_extract(o.manifest, '$.metadata.deletionTimestamp') IS NULL)
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
  edgeNodes: `SELECT o.revision, o.manifest FROM probers p
      JOIN objects o ON o.resource = 'nodes' AND o.namespace = '' AND o.name = p.name
    ORDER BY p.ordinal`,
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
   * there are ?3 octets. ?4 the resource and ?5 the namespace, NULL for all. `found` is how many of the ?2 there are.
   */
  changes: `WITH size AS MATERIALIZED (
      SELECT log.revision, octet_length(log.manifest) + coalesce(octet_length(before.manifest), 0) AS octets
      FROM log LEFT JOIN log AS before ON before.revision = log.previous
      WHERE log.revision > ?1 AND (?4 IS NULL OR log.resource = ?4) AND (?5 IS NULL OR log.namespace = ?5)
      ORDER BY log.revision LIMIT ?2
    )
    SELECT log.revision, log.resource, log.change, log.manifest, before.manifest AS before, before.revision AS previous,
      (SELECT count(*) FROM size) AS found
    FROM (SELECT revision, sum(octets) OVER (ORDER BY revision) - octets AS octets_before FROM size) part
      CROSS JOIN log ON log.revision = part.revision
      LEFT JOIN log AS before ON before.revision = log.previous
    WHERE part.octets_before < ?3 ORDER BY log.revision`,
  /** Whether the log above revision ?1 tells of one of the resources in ?2, a JSON array. */
  hasChanged: `SELECT EXISTS (
      SELECT 1 FROM log WHERE revision > ?1 AND resource IN (SELECT value FROM json_each(?2))) AS changed`,
  programmingLatency: "SELECT service_kind, upper_bound_ms, observations, total_ms FROM programming_latency",
  compactedRevision: "SELECT compacted_revision AS revision FROM registry",
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
