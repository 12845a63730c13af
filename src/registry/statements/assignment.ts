/**
 * Pods and the probers that they are assigned to: what comes to a write (write.ts) for a pod that is given a prober, and
 * what keeps a prober's load. Parameters: write-guard.ts.
 */
import { creatable, mine } from "./write-guard.ts";
import { head } from "./head.ts";
import { pendAgain, put } from "./write.ts";

/**
 * The first edge node of the region ?9 with room for ?10 millislots: filled up one after the other, so that few are kept
 * awake. One that is cordoned takes nothing on.
 */
const roomyProber = `SELECT name FROM probers
  WHERE region = ?9 AND load_millislots + ?10 <= capacity_millislots AND NOT EXISTS (
    SELECT 1 FROM objects n WHERE n.resource = 'nodes' AND n.namespace = '' AND n.name = probers.name
      AND json_extract(n.manifest, '$.spec.unschedulable'))
  ORDER BY ordinal LIMIT 1`;

export const assignment = {
  /** A pod, new or not, that is to be assigned. ?6 manifest, ?7 none, ?8 the quota, ?9 region, ?10 its load. */
  logAssignment: `INSERT INTO log (resource, namespace, name, uid, previous, change, manifest)
    SELECT ?1, ?2, ?3, ?4, ?5, iif(?5 IS NULL, 'ADDED', 'MODIFIED'), json_set(?6, '$.spec.nodeName', (${roomyProber}))
    WHERE ${creatable} RETURNING revision`,

  /** The last statement of an assignment: with the node that the manifest has got. */
  putAssigned: `${put} RETURNING revision, manifest`,

  /** The prober that the pod is assigned to, if it is one. */
  pendProber: `INSERT INTO pending (kind, target, revision)
    SELECT 'prober', p.name, log.revision FROM log
      JOIN probers p ON p.name = json_extract(log.manifest, '$.spec.nodeName')
    WHERE log.revision = ${head} AND ${mine}
    ${pendAgain}`,

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
