/**
 * Who may do what, once more and by hand: the expectation that the matrix is held against. A row names a resource, its
 * verbs, and whoever may; every verb of every resource that is served stands in exactly one row.
 */
export const roles = ["view", "edit", "admin", "node"] as const;

/** `everybody` are all who are authenticated to the API. */
export type Holder = (typeof roles)[number] | "everybody";

export const resourceRows: readonly (readonly [resource: string, verbs: string, holders: string])[] = [
  ["namespaces", "get list watch", "view edit admin"],
  ["namespaces", "create delete patch update", ""],
  ["namespaces/status", "get", "view edit admin"],
  ["namespaces/status", "patch update", ""],

  ["nodes", "get list watch create patch update", "node"],
  ["nodes", "delete deletecollection", ""],
  ["nodes/status", "patch update", "node"],
  ["nodes/status", "get", ""],

  ["pods", "get list watch", "view edit admin node"],
  ["pods", "create delete", "edit admin node"],
  ["pods", "deletecollection patch update", "edit admin"],
  ["pods/status", "get", "view edit admin"],
  ["pods/status", "patch update", "edit admin node"],
  ["pods/eviction", "create", "edit admin node"],

  ["services", "get list watch", "view edit admin node"],
  ["services", "create delete deletecollection patch update", "edit admin"],
  ["services/status", "get", "view edit admin"],
  ["services/status", "patch update", "edit admin"],

  ["endpoints", "get list watch", "view edit admin node"],
  ["endpoints", "create delete deletecollection patch update", "edit admin"],
  ["endpointslices.discovery.k8s.io", "get list watch", "view edit admin node"],
  ["endpointslices.discovery.k8s.io", "create delete deletecollection patch update", "edit admin"],

  ["replicationcontrollers", "get list watch", "view edit admin"],
  ["replicationcontrollers", "create delete deletecollection patch update", "edit admin"],
  ["replicationcontrollers/status", "get", "view edit admin"],
  ["replicationcontrollers/status", "patch update", "edit admin"],
  ["replicationcontrollers/scale", "get", "view edit admin"],
  ["replicationcontrollers/scale", "patch update", "edit admin"],

  ["events", "get list watch", "view edit admin"],
  ["events", "create patch update", "edit admin node"],
  ["events", "delete deletecollection", "edit admin"],

  ["leases.coordination.k8s.io", "get", "view edit admin node"],
  ["leases.coordination.k8s.io", "list watch", "view edit admin"],
  ["leases.coordination.k8s.io", "create delete patch update", "edit admin node"],
  ["leases.coordination.k8s.io", "deletecollection", "edit admin"],

  ["serviceaccounts", "get list watch", "view edit admin"],
  ["serviceaccounts", "create delete deletecollection patch update", "edit admin"],
  ["serviceaccounts/token", "create", "admin"],

  ["roles.rbac.authorization.k8s.io", "get list watch create delete deletecollection patch update", "admin"],
  ["rolebindings.rbac.authorization.k8s.io", "get list watch create delete deletecollection patch update", "admin"],
  ["clusterroles.rbac.authorization.k8s.io", "get list watch create delete deletecollection patch update", ""],
  ["clusterrolebindings.rbac.authorization.k8s.io", "get list watch create delete deletecollection patch update", ""],

  ["selfsubjectaccessreviews.authorization.k8s.io", "create", "everybody"],
  ["selfsubjectrulesreviews.authorization.k8s.io", "create", "everybody"],
  ["selfsubjectreviews.authentication.k8s.io", "create", "everybody"],
  ["tokenreviews.authentication.k8s.io", "create", ""],
  ["subjectaccessreviews.authorization.k8s.io", "create", ""],
  ["localsubjectaccessreviews.authorization.k8s.io", "create", "admin"],
];

type Readers = "anybody" | "known" | "masters";

/** Of DNS, which looks for a token in the path alone. */
export const dnsRoute = "/dns-query/:token{[\\w.-]+}";

/** Other paths that lead to no resource, by the pattern of the route: one that it matches, and who may read it. */
export const pathRows: Readonly<Record<string, readonly [path: string, readers: Readers]>> = {
  "/": ["/", "anybody"],
  "/readyz": ["/readyz", "anybody"],
  "/version": ["/version", "anybody"],
  "/healthz": ["/healthz", "anybody"],
  "/livez": ["/livez", "anybody"],
  "/metrics": ["/metrics", "masters"],
  "/api": ["/api", "known"],
  "/apis": ["/apis", "known"],
  "/apis/:group": ["/apis/discovery.k8s.io", "known"],
  "/api/:version": ["/api/v1", "known"],
  "/apis/:group/:version": ["/apis/discovery.k8s.io/v1", "known"],
  "/api/:version/*": ["/api/v1/a/b/c/d/e/f/g", "known"],
  "/apis/:group/:version/*": ["/apis/discovery.k8s.io/v1/a/b/c/d/e/f/g", "known"],
  "/openapi/*": ["/openapi/none", "known"],
  "/openapi/v2": ["/openapi/v2", "known"],
  "/openapi/v3": ["/openapi/v3", "known"],
  "/openapi/v3/*": ["/openapi/v3/api/v1", "known"],
  "/apis/apiextensions.k8s.io/v1/customresourcedefinitions": [
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    "known",
  ],
};
