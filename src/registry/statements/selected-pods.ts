/**
 * The pods that the selector of ?2 in namespace ?1 matches, ?2 being of the resource given; none where the condition,
 * which must not depend on a pod, does not hold: then it reads nothing.
 */
export function selectedPods(resource: string, condition: string): string {
  return `SELECT o.revision, o.manifest FROM (
      SELECT l.name AS name, count(*) AS met, pair.pairs AS pairs
      FROM (
          SELECT key, value, count(*) OVER () AS pairs
          FROM json_each((SELECT json_extract(manifest, '$.spec.selector') FROM objects
            WHERE resource = ${resource} AND namespace = ?1 AND name = ?2 AND ${condition}))
        ) pair
        CROSS JOIN labels l ON l.resource = 'pods' AND l.key = pair.key AND l.value = pair.value AND l.namespace = ?1
      GROUP BY l.name
    ) found
    CROSS JOIN objects o ON o.resource = 'pods' AND o.namespace = ?1 AND o.name = found.name
    WHERE found.met = found.pairs`;
}
