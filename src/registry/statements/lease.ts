/** Pods that promise to be heard of again: their promise, and when they were heard of last. Parameters: write-guard.ts. */
import { mine } from "./write-guard.ts";
import { head } from "./head.ts";
import { pendAgain } from "./write.ts";

/** Before a renewal at ?6 (ms) of the pod ?2/?3: its prober, if the lease had expired. A lease in time wakes nobody. */
const pendExpired = `INSERT INTO pending (kind, target, revision)
    SELECT 'prober', p.name, ${head} FROM pod_leases l
      CROSS JOIN objects o ON o.resource = 'pods' AND o.namespace = l.namespace AND o.name = l.name
      CROSS JOIN probers p ON p.name = o.node
    WHERE l.namespace = ?2 AND l.name = ?3 AND l.renewed_ms + l.lease_ms <= ?6`;

export const lease = {
  /** ?6 now (ms), ?7 the lease and ?8 after how long without it the pod is removed (ms, NULL for never). */
  putLease: `INSERT INTO pod_leases (namespace, name, renewed_ms, lease_ms, expire_after_ms)
    SELECT ?2, ?3, ?6, ?7, ?8 WHERE ${mine}
    ON CONFLICT (namespace, name) DO UPDATE SET
      renewed_ms = excluded.renewed_ms, lease_ms = excluded.lease_ms, expire_after_ms = excluded.expire_after_ms`,

  deleteLease: `DELETE FROM pod_leases WHERE namespace = ?2 AND name = ?3 AND ${mine}`,

  /** A Lease was written: of the pod of its name. ?6 now (ms). */
  pendExpired: `${pendExpired} AND ${mine} ${pendAgain}`,
  renewLease: `UPDATE pod_leases SET renewed_ms = ?6 WHERE namespace = ?2 AND name = ?3 AND ${mine}`,
} as const;

/** A renewal by the pod itself, of its own row alone: ?2 namespace, ?3 name, ?6 now (ms). In this order. */
export const renewal = [
  `${pendExpired} AND true ${pendAgain}`,
  "UPDATE pod_leases SET renewed_ms = ?6 WHERE namespace = ?2 AND name = ?3",
] as const;
