/**
 * Fits the endpoints that a service wants into the slices that exist, so that a change touches as few slices as it can:
 * endpoints stay in their slice, changed slices are filled first, then one unchanged slice that takes all the rest, and
 * nothing is ever rebalanced. Pure. Source: k8s.io/endpointslice/reconciler.go (reconcileByPortMapping).
 */
import type { EndpointSlice, SliceEndpoint } from "../domain/endpoints.ts";
import { portsKey, type SliceGroup } from "./derive-slices.ts";

/** kube-controller-manager's default for --max-endpoints-per-slice. */
export const maxEndpointsPerSlice = 100;

export interface SlicePlan {
  /** New slices, without name or metadata. */
  create: SliceGroup[];
  update: { slice: EndpointSlice; endpoints: SliceEndpoint[] }[];
  delete: EndpointSlice[];
}

/** A slice while endpoints are being dealt out. */
interface Filling {
  slice: EndpointSlice | undefined;
  endpoints: SliceEndpoint[];
  changed: boolean;
}

export function planSlices(groups: readonly SliceGroup[], existing: readonly EndpointSlice[]): SlicePlan {
  const plan: SlicePlan = { create: [], update: [], delete: [] };
  const byGroup = new Map<string, EndpointSlice[]>();
  for (const slice of existing) {
    const key = groupKey(slice);
    byGroup.set(key, [...(byGroup.get(key) ?? []), slice]);
  }
  for (const group of groups) {
    planGroup(group, byGroup.get(groupKey(group)) ?? [], plan);
    byGroup.delete(groupKey(group));
  }
  for (const slices of byGroup.values()) plan.delete.push(...slices);
  return plan;
}

function groupKey({ addressType, ports }: { addressType: string; ports?: SliceGroup["ports"] }): string {
  return `${addressType} ${portsKey(ports ?? [])}`;
}

function planGroup(group: SliceGroup, existing: readonly EndpointSlice[], plan: SlicePlan): void {
  const wanted = new Map(group.endpoints.map((endpoint) => [identity(endpoint), endpoint]));
  const kept = existing.map((slice) => keep(slice, wanted));
  const left = [...wanted.values()];
  fillChanged(kept, left);
  fillOneUnchanged(kept, left);
  while (left.length > 0) {
    kept.push({ slice: undefined, endpoints: left.splice(0, maxEndpointsPerSlice), changed: true });
  }
  settle(group, kept, plan);
}

/** The endpoints of a slice that are still wanted, in their new state; they are taken out of `wanted`. */
function keep(slice: EndpointSlice, wanted: Map<string, SliceEndpoint>): Filling {
  const before = slice.endpoints ?? [];
  const endpoints = before.flatMap((endpoint) => {
    const key = identity(endpoint);
    const now = wanted.get(key);
    wanted.delete(key);
    return now === undefined ? [] : [now];
  });
  return {
    slice,
    endpoints,
    changed: JSON.stringify(endpoints.map(comparable)) !== JSON.stringify(before.map(comparable)),
  };
}

function fillChanged(kept: readonly Filling[], left: SliceEndpoint[]): void {
  const changed = kept.filter((filling) => filling.changed && filling.endpoints.length > 0);
  for (const filling of changed.sort((a, b) => b.endpoints.length - a.endpoints.length)) {
    filling.endpoints.push(...left.splice(0, maxEndpointsPerSlice - filling.endpoints.length));
  }
}

/** The fullest unchanged slice that has room for all that is left. */
function fillOneUnchanged(kept: readonly Filling[], left: SliceEndpoint[]): void {
  if (left.length === 0 || left.length >= maxEndpointsPerSlice) return;
  const fitting = kept
    .filter((filling) => !filling.changed && filling.endpoints.length + left.length <= maxEndpointsPerSlice)
    .sort((a, b) => b.endpoints.length - a.endpoints.length);
  const [fullest] = fitting;
  if (fullest === undefined) return;
  fullest.endpoints.push(...left.splice(0));
  fullest.changed = true;
}

/** Empty slices go, but for one placeholder where the group itself is empty. */
function settle(group: SliceGroup, kept: readonly Filling[], plan: SlicePlan): void {
  const empty = group.endpoints.length === 0;
  const placeholder = empty ? kept.find(({ slice }) => slice !== undefined) : undefined;
  if (empty && placeholder === undefined) plan.create.push({ ...group, endpoints: [] });
  for (const filling of kept) {
    const { slice, endpoints, changed } = filling;
    if (slice === undefined) plan.create.push({ ...group, endpoints });
    else if (endpoints.length === 0 && filling !== placeholder) plan.delete.push(slice);
    else if (changed) plan.update.push({ slice, endpoints });
  }
}

/** What makes two endpoints the same one, whatever their state: address and pod. */
function identity(endpoint: SliceEndpoint): string {
  return JSON.stringify([endpoint.addresses, endpoint.targetRef?.uid]);
}

/** The state of an endpoint, however its fields are ordered. */
function comparable({ addresses, conditions, hostname, nodeName, zone, targetRef, hints }: SliceEndpoint): unknown {
  return [
    addresses,
    [conditions?.ready, conditions?.serving, conditions?.terminating],
    [hostname, nodeName, zone],
    [targetRef?.kind, targetRef?.namespace, targetRef?.name, targetRef?.uid],
    hints,
  ];
}
