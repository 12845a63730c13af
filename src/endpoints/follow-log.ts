/**
 * A service's snapshot moved on by the changes that came after it, so that one pod's change costs one pod's reading and
 * not the whole service's. Pure. What cannot be followed is read anew.
 */
import { serviceNameLabel, type Endpoints, type EndpointSlice } from "../domain/endpoints.ts";
import { selectorMatches } from "../domain/labels.ts";
import { zoneLabel } from "../domain/node.ts";
import type { KubeObject } from "../domain/object.ts";
import type { Pod } from "../domain/pod.ts";
import type { LoggedChange, PlannedWrite, ServiceSnapshot } from "../registry/registry.ts";

/** Undefined when the service itself has changed: another selector selects other pods, and those are not in the log. */
export function followLog(snapshot: ServiceSnapshot, changes: readonly LoggedChange[]): ServiceSnapshot | undefined {
  const { service } = snapshot;
  if (service === undefined) return undefined;
  if (changes.length === 0) return snapshot;
  const next = { pods: byName(snapshot.pods), slices: byName(snapshot.slices), zones: { ...snapshot.zones } };
  let { endpoints } = snapshot;
  const { namespace, name } = service.metadata;
  for (const { object, resource, change } of changes) {
    const isGone = change === "DELETED";
    const { labels } = object.metadata;
    const isNamesake = object.metadata.name === name;
    if (resource !== "nodes" && object.metadata.namespace !== namespace) continue;
    switch (resource) {
      case "services":
        if (isNamesake) return undefined;
        break;
      case "pods":
        put(next.pods, object as Pod, !isGone && selectorMatches(service.spec.selector, labels));
        break;
      case "endpointslices.discovery.k8s.io":
        put(next.slices, object as EndpointSlice, !isGone && labels?.[serviceNameLabel] === name);
        break;
      case "endpoints":
        if (isNamesake) endpoints = isGone ? undefined : (object as Endpoints);
        break;
      case "nodes":
        putZone(next.zones, object, isGone);
        break;
      // Nothing else tells of endpoints.
      case "namespaces":
      case "events":
      case "replicationcontrollers":
      case "leases.coordination.k8s.io":
      case "serviceaccounts":
      case "roles.rbac.authorization.k8s.io":
      case "rolebindings.rbac.authorization.k8s.io":
      case "clusterroles.rbac.authorization.k8s.io":
      case "clusterrolebindings.rbac.authorization.k8s.io":
    }
  }
  return { ...snapshot, ...next, pods: [...next.pods.values()], slices: [...next.slices.values()], endpoints };
}

/**
 * The snapshot with what was written since of what it publishes. Of a write up to its own revision it knows what became of
 * it, also that somebody has deleted that since.
 */
export function withPublished(snapshot: ServiceSnapshot, writes: readonly PlannedWrite[]): ServiceSnapshot {
  const slices = byName(snapshot.slices);
  let { endpoints } = snapshot;
  for (const write of writes) {
    const isGone = write.verb === "delete";
    const object = isGone ? write.before : write.object;
    if (Number(object.metadata.resourceVersion) <= snapshot.revision) continue;
    if (write.resource === "endpoints") endpoints = isGone ? undefined : (object as Endpoints);
    else put(slices, object as EndpointSlice, !isGone);
  }
  return { ...snapshot, slices: [...slices.values()], endpoints };
}

function byName<T extends KubeObject>(objects: readonly T[]): Map<string, T> {
  return new Map(objects.map((object) => [object.metadata.name, object]));
}

function put<T extends KubeObject>(into: Map<string, T>, object: T, belongs: boolean): void {
  if (belongs) into.set(object.metadata.name, object);
  else into.delete(object.metadata.name);
}

function putZone(zones: Record<string, string>, node: KubeObject, isGone: boolean): void {
  const zone = node.metadata.labels?.[zoneLabel];
  if (isGone || zone === undefined) delete zones[node.metadata.name];
  else zones[node.metadata.name] = zone;
}
