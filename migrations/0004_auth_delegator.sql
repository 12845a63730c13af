-- Kubernetes' role for whoever lets others in by this cluster's tokens and rules: it may ask whose a token is, and what
-- they may do. One of that name that somebody has made before becomes this one.
INSERT INTO log (resource, namespace, name, uid, previous, change, manifest)
WITH made AS MATERIALIZED ( -- materialized, or each mention of uid would be another
  SELECT 'clusterroles.rbac.authorization.k8s.io' AS resource, 'system:auth-delegator' AS name,
    lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2)
    || '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))) AS uid
)
SELECT made.resource, '', made.name, coalesce(old.uid, made.uid), old.revision,
  iif(old.uid IS NULL, 'ADDED', 'MODIFIED'), json_object(
    'apiVersion', 'rbac.authorization.k8s.io/v1',
    'kind', 'ClusterRole',
    'metadata', json_object(
      'name', made.name,
      'uid', coalesce(old.uid, made.uid),
      'creationTimestamp', coalesce(json_extract(old.manifest, '$.metadata.creationTimestamp'),
        strftime('%Y-%m-%dT%H:%M:%SZ', 'now')),
      'labels', json_object('kubernetes.io/bootstrapping', 'rbac-defaults')
    ),
    'rules', json('[
      {"apiGroups": ["authentication.k8s.io"], "resources": ["tokenreviews"], "verbs": ["create"]},
      {"apiGroups": ["authorization.k8s.io"], "resources": ["subjectaccessreviews"], "verbs": ["create"]}
    ]')
  )
FROM made LEFT JOIN objects AS old ON old.resource = made.resource AND old.namespace = '' AND old.name = made.name;

INSERT INTO objects (resource, namespace, name, uid, revision, manifest)
SELECT resource, namespace, name, uid, revision, manifest FROM log WHERE revision = (SELECT max(revision) FROM log)
ON CONFLICT (resource, namespace, name) DO UPDATE SET revision = excluded.revision, manifest = excluded.manifest;

DELETE FROM labels WHERE resource = 'clusterroles.rbac.authorization.k8s.io' AND name = 'system:auth-delegator';
INSERT INTO labels (resource, key, value, namespace, name)
VALUES ('clusterroles.rbac.authorization.k8s.io', 'kubernetes.io/bootstrapping', 'rbac-defaults', '', 'system:auth-delegator');

UPDATE registry SET policy_revision = (SELECT max(revision) FROM log);
