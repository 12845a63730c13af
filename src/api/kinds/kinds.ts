/** The kinds that the API serves. Another kind is another line here, and a file beside this one. */
import type { GroupResource } from "../../domain/object.ts";
import { endpointSliceKind } from "./endpoint-slice.ts";
import { endpointsKind } from "./endpoints.ts";
import { eventKind } from "./event.ts";
import { apiVersionOf, type Kind } from "./kind.ts";
import { leaseKind } from "./lease.ts";
import { namespaceKind } from "./namespace.ts";
import { nodeKind } from "./node.ts";
import { podKind } from "./pod/pod.ts";
import { clusterRoleBindingKind, roleBindingKind } from "./rbac/role-binding.ts";
import { clusterRoleKind, roleKind } from "./rbac/role.ts";
import { replicationControllerKind } from "./replication-controller/replication-controller.ts";
import { serviceAccountKind } from "./service-account.ts";
import { serviceKind } from "./service/service.ts";

export const kinds: readonly Kind[] = [
  namespaceKind,
  nodeKind,
  podKind,
  serviceKind,
  replicationControllerKind,
  endpointsKind,
  eventKind,
  endpointSliceKind,
  leaseKind,
  serviceAccountKind,
  roleKind,
  roleBindingKind,
  clusterRoleKind,
  clusterRoleBindingKind,
];

/** Every resource that is stored is of one of the kinds. */
export function kindOf(resource: GroupResource): Kind {
  const kind = kinds.find((candidate) => candidate.resource === resource);
  if (kind === undefined) throw new Error(`no kind is stored as ${resource}`);
  return kind;
}

export function kindNamed(apiVersion: string, name: string): Kind | undefined {
  return kinds.find((kind) => kind.kind === name && apiVersionOf(kind) === apiVersion);
}
