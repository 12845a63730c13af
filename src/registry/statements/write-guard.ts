/**
 * Whether a write happens, and what all its statements ask and share. Its parameters: ?1 resource, ?2 namespace, ?3 name,
 * ?4 uid, ?5 revision of the row that it supersedes (NULL for a creation). Further ones are said beside each statement.
 */
import { head } from "./head.ts";

/** The object is still as its writer saw it. */
export const unchanged = "(SELECT revision FROM objects WHERE resource = ?1 AND namespace = ?2 AND name = ?3) IS ?5";

/**
 * A uid and the revision superseded tell a log row apart from everybody else's, but for one that won the same race;
 * then the object has moved on already.
 */
export const mine = `EXISTS (SELECT 1 FROM log WHERE revision = ${head} AND uid = ?4 AND previous IS ?5) AND ${unchanged}`;

/** Cluster IPs in the JSON array ?7 that belong to another service. */
export const takenAddress = `SELECT address FROM cluster_ips
  WHERE address IN (SELECT value FROM json_each(?7)) AND service <> ?2 || '/' || ?3`;

const namespaceAccepts = `(?2 = '' OR EXISTS (
  SELECT 1 FROM objects WHERE resource = 'namespaces' AND namespace = '' AND name = ?2
    AND json_extract(manifest, '$.metadata.deletionTimestamp') IS NULL))`;

/** ?8 how many objects of its resource the namespace may hold, NULL for any number. */
const withinQuota = `(?8 IS NULL
  OR coalesce((SELECT objects FROM object_counts WHERE resource = ?1 AND namespace = ?2), 0) < ?8)`;

/** ?7 the cluster IPs that it claims, ?8 the quota. */
export const creatable = `${unchanged} AND ${namespaceAccepts} AND ${withinQuota} AND NOT EXISTS (${takenAddress})`;
