-- Who may do what. What is declared of it are objects as others are; here is what every cluster has to begin with.

-- Revision of the last change to a role or a binding, so that whoever holds the policy sees whether it has moved.
ALTER TABLE registry ADD COLUMN policy_revision INTEGER NOT NULL DEFAULT 0;

-- Kubernetes' roles, for the kinds that there are here. Nobody may change them (src/domain/rbac.ts): another rule is
-- another migration.
INSERT INTO log (resource, namespace, name, uid, change, manifest)
WITH made AS MATERIALIZED ( -- materialized, or each mention of uid would be another
  SELECT key AS name, value AS rules,
    lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2)
    || '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))) AS uid
  FROM json_each('{
    "cluster-admin": [
      {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]},
      {"nonResourceURLs": ["*"], "verbs": ["*"]}
    ],
    "admin": [
      {"apiGroups": [""], "resources": ["namespaces", "namespaces/status"], "verbs": ["get", "list", "watch"]},
      {"apiGroups": [""],
        "resources": ["endpoints", "events", "pods", "replicationcontrollers", "replicationcontrollers/scale",
          "serviceaccounts", "services"],
        "verbs": ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]},
      {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"],
        "verbs": ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]},
      {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"],
        "verbs": ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]},
      {"apiGroups": [""], "resources": ["pods/status", "replicationcontrollers/status", "services/status"],
        "verbs": ["get", "list", "patch", "update", "watch"]},
      {"apiGroups": [""], "resources": ["pods/eviction", "serviceaccounts/token"], "verbs": ["create"]},
      {"apiGroups": [""], "resources": ["serviceaccounts"], "verbs": ["impersonate"]},
      {"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["rolebindings", "roles"],
        "verbs": ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]},
      {"apiGroups": ["authorization.k8s.io"], "resources": ["localsubjectaccessreviews"], "verbs": ["create"]}
    ],
    "edit": [
      {"apiGroups": [""], "resources": ["namespaces", "namespaces/status"], "verbs": ["get", "list", "watch"]},
      {"apiGroups": [""],
        "resources": ["endpoints", "events", "pods", "replicationcontrollers", "replicationcontrollers/scale",
          "serviceaccounts", "services"],
        "verbs": ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]},
      {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"],
        "verbs": ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]},
      {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"],
        "verbs": ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]},
      {"apiGroups": [""], "resources": ["pods/status", "replicationcontrollers/status", "services/status"],
        "verbs": ["get", "list", "patch", "update", "watch"]},
      {"apiGroups": [""], "resources": ["pods/eviction"], "verbs": ["create"]}
    ],
    "view": [
      {"apiGroups": [""],
        "resources": ["endpoints", "events", "namespaces", "namespaces/status", "pods", "pods/status",
          "replicationcontrollers", "replicationcontrollers/scale", "replicationcontrollers/status", "serviceaccounts",
          "services", "services/status"],
        "verbs": ["get", "list", "watch"]},
      {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["get", "list", "watch"]},
      {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": ["get", "list", "watch"]}
    ],
    "system:node": [
      {"apiGroups": [""], "resources": ["nodes"],
        "verbs": ["create", "get", "list", "patch", "update", "watch"]},
      {"apiGroups": [""], "resources": ["nodes/status"], "verbs": ["patch", "update"]},
      {"apiGroups": [""], "resources": ["pods"], "verbs": ["create", "delete", "get", "list", "watch"]},
      {"apiGroups": [""], "resources": ["pods/status"], "verbs": ["patch", "update"]},
      {"apiGroups": [""], "resources": ["pods/eviction"], "verbs": ["create"]},
      {"apiGroups": [""], "resources": ["endpoints", "services"], "verbs": ["get", "list", "watch"]},
      {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": ["get", "list", "watch"]},
      {"apiGroups": [""], "resources": ["events"], "verbs": ["create", "patch", "update"]},
      {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"],
        "verbs": ["create", "delete", "get", "patch", "update"]}
    ],
    "system:discovery": [
      {"nonResourceURLs": ["/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*",
          "/readyz", "/version", "/version/"],
        "verbs": ["get"]}
    ],
    "system:basic-user": [
      {"apiGroups": ["authorization.k8s.io"], "resources": ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
        "verbs": ["create"]},
      {"apiGroups": ["authentication.k8s.io"], "resources": ["selfsubjectreviews"], "verbs": ["create"]}
    ],
    "system:public-info-viewer": [
      {"nonResourceURLs": ["/healthz", "/livez", "/readyz", "/version", "/version/"], "verbs": ["get"]}
    ],
    "system:monitoring": [
      {"nonResourceURLs": ["/healthz", "/healthz/*", "/livez", "/livez/*", "/metrics", "/readyz", "/readyz/*"],
        "verbs": ["get"]}
    ]
  }')
)
SELECT 'clusterroles.rbac.authorization.k8s.io', '', name, uid, 'ADDED', json_object(
  'apiVersion', 'rbac.authorization.k8s.io/v1',
  'kind', 'ClusterRole',
  'metadata', json_object(
    'name', name,
    'uid', uid,
    'creationTimestamp', strftime('%Y-%m-%dT%H:%M:%SZ', 'now'),
    'labels', json_object('kubernetes.io/bootstrapping', 'rbac-defaults')
  ),
  'rules', json(rules)
)
FROM made;

-- Who has them from the start. These may be taken away.
INSERT INTO log (resource, namespace, name, uid, change, manifest)
WITH made AS MATERIALIZED (
  SELECT key AS name, value AS subjects,
    lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2)
    || '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))) AS uid
  FROM json_each('{
    "cluster-admin": ["system:masters"],
    "system:basic-user": ["system:authenticated"],
    "system:discovery": ["system:authenticated"],
    "system:public-info-viewer": ["system:authenticated", "system:unauthenticated"],
    "system:monitoring": ["system:monitoring"]
  }')
)
SELECT 'clusterrolebindings.rbac.authorization.k8s.io', '', name, uid, 'ADDED', json_object(
  'apiVersion', 'rbac.authorization.k8s.io/v1',
  'kind', 'ClusterRoleBinding',
  'metadata', json_object(
    'name', name,
    'uid', uid,
    'creationTimestamp', strftime('%Y-%m-%dT%H:%M:%SZ', 'now'),
    'labels', json_object('kubernetes.io/bootstrapping', 'rbac-defaults')
  ),
  'roleRef', json_object('apiGroup', 'rbac.authorization.k8s.io', 'kind', 'ClusterRole', 'name', name),
  'subjects', (SELECT json_group_array(
      json_object('kind', 'Group', 'apiGroup', 'rbac.authorization.k8s.io', 'name', value)
    ) FROM json_each(made.subjects))
)
FROM made;

INSERT INTO objects (resource, namespace, name, uid, revision, manifest)
SELECT resource, namespace, name, uid, revision, manifest FROM log
WHERE resource IN ('clusterroles.rbac.authorization.k8s.io', 'clusterrolebindings.rbac.authorization.k8s.io');

INSERT INTO labels (resource, key, value, namespace, name)
SELECT resource, 'kubernetes.io/bootstrapping', 'rbac-defaults', namespace, name FROM objects
WHERE resource IN ('clusterroles.rbac.authorization.k8s.io', 'clusterrolebindings.rbac.authorization.k8s.io');

UPDATE registry SET policy_revision = (SELECT max(revision) FROM log);
