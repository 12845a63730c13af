/**
 * What else a write keeps in step, by kind: labels, selectors, cluster IPs, addresses, a prober's load, the catalogue,
 * and who still has to look. Decides which statements belong into the batch; runs none.
 */
import { endpointsView, probingView } from "../domain/concerns.ts";
import { deletionBegins } from "../domain/deletion.ts";
import { isDerived, isPublished, serviceNameLabel, type Endpoints, type EndpointSlice } from "../domain/endpoints.ts";
import { parseIp } from "../domain/ip.ts";
import type { Labels } from "../domain/labels.ts";
import { zoneLabel } from "../domain/node.ts";
import type { GroupResource, KubeObject } from "../domain/object.ts";
import { podAddresses, type Pod } from "../domain/pod.ts";
import { expireAfterMsOf, leaseMsOf } from "../domain/pod-lease.ts";
import { probeLoadMillislots } from "../domain/probe-load.ts";
import type { ReplicationController } from "../domain/replication-controller.ts";
import { clusterIPs, ttlSecondsOf, type Service } from "../domain/service.ts";
import { assignment } from "./statements/assignment.ts";
import { lease } from "./statements/lease.ts";
import { write } from "./statements/write.ts";

/** Whose selectors pods are matched with, by the names that pending rows give them. */
type SelectingKind = "service" | "replicationcontroller";

/** The state before and after a write; undefined before a creation and after a deletion. */
export interface Change<T extends KubeObject = KubeObject> {
  before: T | undefined;
  after: T | undefined;
}

/** A statement of the batch with what it takes beside the five parameters that every write has. */
export interface SideStatement {
  sql: string;
  parameters: unknown[];
  /** It makes somebody look again. */
  wakes: boolean;
}

const waking: ReadonlySet<string> = new Set([
  write.pendNamed,
  write.pendSelecting,
  write.pendServicesOnNode,
  assignment.pendProber,
  lease.pendExpired,
]);

export function sideStatements(resource: GroupResource, change: Change, nowMs: number): SideStatement[] {
  const before = change.before?.metadata.labels ?? {};
  const after = change.after?.metadata.labels ?? {};
  const gone = missing(before, after);
  const come = missing(after, before);
  return [
    ...when(gone !== undefined, write.deleteLabels, gone),
    ...when(come !== undefined, write.insertLabels, come),
    ...ownerRows(ownersOf(resource, change.before), ownersOf(resource, change.after)),
    ...deletionRow(change),
    ...countRows(resource, change),
    ...ofKind(resource, change, nowMs),
  ];
}

/** The uids of the object's owners. What Rollcall publishes it also takes away itself. */
function ownersOf(resource: GroupResource, object: KubeObject | undefined): string[] {
  if (object === undefined) return [];
  if (resource === "endpointslices.discovery.k8s.io" && isPublished(object as EndpointSlice)) return [];
  return (object.metadata.ownerReferences ?? []).map(({ uid }) => uid);
}

function ownerRows(before: readonly string[], after: readonly string[]): SideStatement[] {
  const come = after.filter((owner) => !before.includes(owner));
  return [
    ...listRows(before, after, write.deleteOwners, write.insertOwners),
    ...when(come.length > 0, write.noteLostOwners, JSON.stringify(come)),
  ];
}

/** A deletion that reaches further than its object is noted, until there is nothing left to do. */
function deletionRow({ before, after }: Change): SideStatement[] {
  if (before === undefined) return [];
  if (after === undefined) return [statement(write.leaveDependents)];
  return when(deletionBegins(before, after), write.beginDeletion);
}

/** How many objects a namespace holds of each resource; see migrations/0002. */
function countRows(resource: GroupResource, { before, after }: Change): SideStatement[] {
  if (resource === "namespaces") return when(after === undefined, write.forgetCounts);
  if (!(after ?? before)?.metadata.namespace) return [];
  return [...when(before === undefined, write.countCreated), ...when(after === undefined, write.countDeleted)];
}

/** The canonical cluster IPs that a write claims. */
export function claimedAddresses(resource: GroupResource, object: KubeObject | undefined): string[] {
  return resource === "services" && object !== undefined ? canonical(clusterIPs(object as Service)) : [];
}

function ofKind(resource: GroupResource, change: Change, nowMs: number): SideStatement[] {
  switch (resource) {
    case "pods":
      return ofPod(change as Change<Pod>, nowMs);
    case "services":
      return ofService(change as Change<Service>);
    case "namespaces":
      return [statement(write.moveCatalogue)];
    case "endpointslices.discovery.k8s.io":
      return ofEndpointSlice(change as Change<EndpointSlice>);
    case "endpoints":
      return ofEndpoints(change as Change<Endpoints>);
    case "nodes":
      return when(zoneOf(change.before) !== zoneOf(change.after), write.pendServicesOnNode);
    case "replicationcontrollers":
      return ofReplicationController(change as Change<ReplicationController>);
    case "events":
    case "serviceaccounts":
      return [];
    case "roles.rbac.authorization.k8s.io":
    case "rolebindings.rbac.authorization.k8s.io":
    case "clusterroles.rbac.authorization.k8s.io":
    case "clusterrolebindings.rbac.authorization.k8s.io":
      return [statement(write.movePolicy)];
    case "leases.coordination.k8s.io":
      return change.after === undefined
        ? []
        : [statement(lease.pendExpired, nowMs), statement(lease.renewLease, nowMs)];
  }
}

function ofPod({ before, after }: Change<Pod>, nowMs: number): SideStatement[] {
  const load = (after ? probeLoadMillislots(after) : 0) - (before ? probeLoadMillislots(before) : 0);
  return [
    ...addressRows(before ? podAddresses(before) : [], after ? podAddresses(after) : []),
    ...when(load !== 0, assignment.moveLoad, load),
    ...leaseRow(before, after, nowMs),
    ...when(
      view(before, endpointsView) !== view(after, endpointsView),
      write.pendSelecting,
      JSON.stringify(before?.metadata.labels ?? {}),
      JSON.stringify(after?.metadata.labels ?? {}),
    ),
    ...when(view(before, probingView) !== view(after, probingView), assignment.pendProber),
  ];
}

/** A pod is heard of when it registers, and when it promises anew. */
function leaseRow(before: Pod | undefined, after: Pod | undefined, nowMs: number): SideStatement[] {
  const [held, promised] = [before, after].map((pod) => {
    const leaseMs = pod && leaseMsOf(pod);
    return leaseMs === undefined ? undefined : [leaseMs, (pod && expireAfterMsOf(pod)) ?? null];
  });
  if (promised === undefined) return when(held !== undefined, lease.deleteLease);
  return when(JSON.stringify(held) !== JSON.stringify(promised), lease.putLease, nowMs, ...promised);
}

function ofService({ before, after }: Change<Service>): SideStatement[] {
  const held = before ? canonical(clusterIPs(before)) : [];
  const claimed = after ? canonical(clusterIPs(after)) : [];
  const name = (after ?? before)?.metadata.name;
  const ttl = before && ttlSecondsOf(before);
  return [
    ...selectorRows("service", before?.spec.selector, after?.spec.selector),
    ...listRows(held, claimed, write.deleteClusterIps, write.insertClusterIps),
    ...when(ttl !== undefined && ttl !== (after && ttlSecondsOf(after)), write.noteFormerTtl, ttl),
    statement(write.moveCatalogue),
    statement(write.pendNamed, "service", JSON.stringify([name])),
  ];
}

/** It counts anew when its spec changes, and not for the count that it writes itself. */
function ofReplicationController({ before, after }: Change<ReplicationController>): SideStatement[] {
  const isNews = after !== undefined && JSON.stringify(before?.spec) !== JSON.stringify(after.spec);
  return [
    ...selectorRows("replicationcontroller", before?.spec.selector, after?.spec.selector),
    ...when(isNews, write.pendNamed, "replicationcontroller", JSON.stringify([after?.metadata.name])),
  ];
}

function selectorRows(kind: SelectingKind, before: Labels = {}, after: Labels = {}): SideStatement[] {
  const [was, is] = [JSON.stringify(before), JSON.stringify(after)];
  return [
    ...when(was !== is && was !== "{}", write.deleteSelector, kind),
    ...when(was !== is && is !== "{}", write.insertSelector, kind, is),
  ];
}

function zoneOf(node: KubeObject | undefined): string | undefined {
  return node?.metadata.labels?.[zoneLabel];
}

/** A slice wakes the service that it is labelled for. The addresses of a service's own slices are its pods' already. */
function ofEndpointSlice({ before, after }: Change<EndpointSlice>): SideStatement[] {
  const services = [before, after].flatMap((slice) => slice?.metadata.labels?.[serviceNameLabel] ?? []);
  return [
    ...addressRows(handWrittenAddresses(before), handWrittenAddresses(after)),
    ...when(services.length > 0, write.pendNamed, "service", JSON.stringify(services)),
  ];
}

function handWrittenAddresses(slice: EndpointSlice | undefined): string[] {
  if (slice === undefined || isPublished(slice)) return [];
  return (slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses);
}

/** Endpoints written by hand feed the service of their name; the derived ones hold its pods' addresses. */
function ofEndpoints({ before, after }: Change<Endpoints>): SideStatement[] {
  const name = (after ?? before)?.metadata.name;
  return [
    ...addressRows(endpointsAddresses(before), endpointsAddresses(after)),
    statement(write.pendNamed, "service", JSON.stringify([name])),
  ];
}

function endpointsAddresses(endpoints: Endpoints | undefined): string[] {
  if (endpoints === undefined || isDerived(endpoints)) return [];
  return (endpoints.subsets ?? []).flatMap(({ addresses = [] }) => addresses.map(({ ip }) => ip));
}

function addressRows(before: readonly string[], after: readonly string[]): SideStatement[] {
  return listRows(canonical(before), canonical(after), write.deleteAddresses, write.insertAddresses);
}

function listRows(before: readonly string[], after: readonly string[], remove: string, add: string): SideStatement[] {
  const gone = before.filter((entry) => !after.includes(entry));
  const come = after.filter((entry) => !before.includes(entry));
  return [...when(gone.length > 0, remove, JSON.stringify(gone)), ...when(come.length > 0, add, JSON.stringify(come))];
}

function canonical(addresses: readonly string[]): string[] {
  return addresses.flatMap((address) => parseIp(address)?.text ?? []);
}

/** The pairs of `from` that `to` has not, as JSON; undefined where there are none. */
function missing(from: Record<string, string>, to: Record<string, string>): string | undefined {
  const entries = Object.entries(from).filter(([key, value]) => !Object.hasOwn(to, key) || to[key] !== value);
  return entries.length === 0 ? undefined : JSON.stringify(Object.fromEntries(entries));
}

function view(pod: Pod | undefined, of: (pod: Pod) => string): string | undefined {
  return pod === undefined ? undefined : of(pod);
}

function when(condition: boolean, sql: string, ...parameters: unknown[]): SideStatement[] {
  return condition ? [statement(sql, ...parameters)] : [];
}

function statement(sql: string, ...parameters: unknown[]): SideStatement {
  return { sql, parameters, wakes: waking.has(sql) };
}
