-- The registry: every object, the log of every change, and who still has to look.
-- Migrations are append-only, and each must be compatible with the code before it.

-- One row. The epoch changes when an old copy is restored; everything derived compares it.
CREATE TABLE registry (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  epoch TEXT NOT NULL,
  -- Revision of the last change to a namespace or a service: what the DNS catalogue is as fresh as.
  catalogue_revision INTEGER NOT NULL,
  -- The log is whole above this revision; watches from below it are too old.
  compacted_revision INTEGER NOT NULL,
  -- DNS_TTL, as the sweep found it last.
  dns_ttl_seconds INTEGER NOT NULL DEFAULT 0
);

-- The current state of every object. The manifest has no resourceVersion; that is the revision column.
CREATE TABLE objects (
  resource TEXT NOT NULL,  -- "pods", "endpointslices.discovery.k8s.io"
  namespace TEXT NOT NULL, -- empty for cluster-scoped kinds
  name TEXT NOT NULL,
  uid TEXT NOT NULL,
  revision INTEGER NOT NULL,
  manifest TEXT NOT NULL,
  node TEXT, -- of a pod: spec.nodeName
  PRIMARY KEY (resource, namespace, name)
) WITHOUT ROWID;

CREATE INDEX objects_by_node ON objects (node) WHERE node IS NOT NULL;

-- Pods whose grace period runs, so that the sweep finds them among the many without reading these.
CREATE INDEX objects_terminating ON objects (json_extract(manifest, '$.metadata.deletionTimestamp'))
  WHERE resource = 'pods' AND json_extract(manifest, '$.metadata.deletionGracePeriodSeconds') > 0;

-- Every change, in the one order of the cluster: its sequence number is Kubernetes' resourceVersion.
CREATE TABLE log (
  revision INTEGER PRIMARY KEY AUTOINCREMENT,
  -- The row that this one supersedes, NULL for a creation. It is kept as long as this row can be watched, since a
  -- selector may have matched the object before and no longer match it now.
  previous INTEGER,
  resource TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  uid TEXT NOT NULL,
  change TEXT NOT NULL CHECK (change IN ('ADDED', 'MODIFIED', 'DELETED')),
  manifest TEXT NOT NULL, -- the new state; the last one for DELETED
  written_at INTEGER NOT NULL DEFAULT (unixepoch()) -- seconds; decides when the row may be compacted
);

CREATE TABLE labels (
  resource TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (resource, key, value, namespace, name)
) WITHOUT ROWID;

-- The pairs of selectors, so that a pod finds whoever selects it by its own labels.
CREATE TABLE selectors (
  namespace TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('service', 'replicationcontroller')), -- whose selector it is, as in pending
  name TEXT NOT NULL,
  pairs INTEGER NOT NULL, -- how many pairs the whole selector has
  PRIMARY KEY (namespace, key, value, kind, name)
) WITHOUT ROWID;

-- Cluster IPs in use; the key is what makes them unique.
CREATE TABLE cluster_ips (
  address TEXT PRIMARY KEY,
  service TEXT NOT NULL -- namespace/name
) WITHOUT ROWID;

-- TTLs that are no longer in force: answers that were given with them may be kept still. Written when one is changed.
CREATE TABLE former_ttls (
  namespace TEXT NOT NULL, -- of the service; empty for DNS_TTL
  seconds INTEGER NOT NULL,
  in_force_until INTEGER NOT NULL, -- Unix time, in seconds
  PRIMARY KEY (namespace, seconds)
) WITHOUT ROWID;

-- Addresses of pods and of EndpointSlices written by hand, for reverse names and pod names.
CREATE TABLE addresses (
  address TEXT NOT NULL,
  resource TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (address, resource, namespace, name)
) WITHOUT ROWID;

-- Who names whom as an owner, found by the owner's uid when it goes. What Rollcall publishes goes by itself.
CREATE TABLE owners (
  owner TEXT NOT NULL, -- a uid
  resource TEXT NOT NULL, -- of the dependent, as the next two
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (owner, resource, namespace, name)
) WITHOUT ROWID;

-- Deletions that reach further than their object: to what a namespace holds, to an owner's dependents. Written with the
-- deletion, deleted when there is nothing left to do.
CREATE TABLE unfinished_deletions (
  uid TEXT PRIMARY KEY,
  resource TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL
) WITHOUT ROWID;

-- The edge nodes and how much of their slots is promised, in thousandths of a slot.
CREATE TABLE probers (
  ordinal INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  region TEXT NOT NULL, -- a location hint, empty for none
  capacity_millislots INTEGER NOT NULL,
  load_millislots INTEGER NOT NULL
);

-- Pods that have promised to be heard of, and when they last were. Beside the pods: a renewal is one row, changes no
-- resourceVersion and is told to no watch.
CREATE TABLE pod_leases (
  namespace TEXT NOT NULL,
  name TEXT NOT NULL, -- the pod's, and that of the Lease that may renew it
  renewed_ms INTEGER NOT NULL, -- Unix time
  lease_ms INTEGER NOT NULL,
  expire_after_ms INTEGER, -- NULL: the pod is never removed for it
  PRIMARY KEY (namespace, name)
) WITHOUT ROWID;

-- Who has not yet looked at a change. Written with the change, deleted by whoever has looked.
CREATE TABLE pending (
  kind TEXT NOT NULL CHECK (kind IN ('service', 'replicationcontroller', 'prober')),
  target TEXT NOT NULL, -- namespace/name, or the prober's name
  revision INTEGER NOT NULL,
  PRIMARY KEY (kind, target)
) WITHOUT ROWID;

-- How long changes took to reach the ready lists: a histogram for each kind of service. Buckets are not cumulative.
CREATE TABLE programming_latency (
  service_kind TEXT NOT NULL,
  upper_bound_ms INTEGER NOT NULL, -- -1 for no bound
  observations INTEGER NOT NULL,
  total_ms INTEGER NOT NULL,
  PRIMARY KEY (service_kind, upper_bound_ms)
) WITHOUT ROWID;

INSERT INTO registry (id, epoch, catalogue_revision, compacted_revision) VALUES (1, lower(hex(randomblob(16))), 0, 0);

-- The namespaces of every cluster.
INSERT INTO log (resource, namespace, name, uid, change, manifest)
WITH made AS MATERIALIZED ( -- materialized, or each mention of uid would be another
  SELECT value AS name, lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2)
    || '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))) AS uid
  FROM json_each('["default", "kube-system", "kube-public", "kube-node-lease"]')
)
SELECT 'namespaces', '', name, uid, 'ADDED', json_object(
  'apiVersion', 'v1',
  'kind', 'Namespace',
  'metadata', json_object(
    'name', name,
    'uid', uid,
    'creationTimestamp', strftime('%Y-%m-%dT%H:%M:%SZ', 'now'),
    'labels', json_object('kubernetes.io/metadata.name', name)
  ),
  'spec', json_object('finalizers', json_array('kubernetes')),
  'status', json_object('phase', 'Active')
)
FROM made;

INSERT INTO objects (resource, namespace, name, uid, revision, manifest)
SELECT resource, namespace, name, uid, revision, manifest FROM log;

INSERT INTO labels (resource, key, value, namespace, name)
SELECT resource, 'kubernetes.io/metadata.name', name, namespace, name FROM objects;

UPDATE registry SET catalogue_revision = (SELECT max(revision) FROM log);
