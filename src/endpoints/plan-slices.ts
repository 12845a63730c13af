/**
 * Fits the endpoints that are wanted into the slices that exist, so that a change touches as few slices as it can:
 * endpoints stay in their slice, changed slices are filled first, then one unchanged slice that takes all the rest,
 * nothing is ever rebalanced, and a slice that would go becomes one that would come. Pure.
 * Source: k8s.io/endpointslice/reconciler.go (reconcileByPortMapping, finalize).
 */
import type { EndpointSlice, SliceEndpoint } from "../domain/endpoints.ts";
import { comparableReference } from "./planned-write.ts";
import { portsKey, type SliceGroup } from "./derive-slices.ts";
import { oncePer, sameItems } from "./once-per.ts";

/** kube-controller-manager's default for --max-endpoints-per-slice. */
export const maxEndpointsPerSlice = 100;

export interface SlicePlan {
  /** New slices, without name or metadata. */
  create: SliceGroup[];
  update: { slice: EndpointSlice; to: SliceGroup }[];
  delete: EndpointSlice[];
}

/** A slice while endpoints are being dealt out. */
interface Filling {
  slice: EndpointSlice | undefined;
  endpoints: SliceEndpoint[];
  changed: boolean;
}

/** No two groups may be of the same family and ports. */
export function planSlices(
  groups: readonly SliceGroup[],
  existing: readonly EndpointSlice[],
  capacity: number = maxEndpointsPerSlice,
): SlicePlan {
  const plan: SlicePlan = { create: [], update: [], delete: [] };
  const byGroup = new Map<string, EndpointSlice[]>();
  for (const slice of existing) {
    const key = groupKey(slice);
    byGroup.set(key, [...(byGroup.get(key) ?? []), slice]);
  }
  for (const group of groups) {
    planGroup(group, byGroup.get(groupKey(group)) ?? [], capacity, plan);
    byGroup.delete(groupKey(group));
  }
  for (const slices of byGroup.values()) plan.delete.push(...slices);
  return recycle(plan);
}

/** What slices are sorted by: address family and ports, in whatever order those stand. */
export function groupKey({ addressType, ports }: { addressType: string; ports?: SliceGroup["ports"] }): string {
  return `${addressType} ${portsKey(ports ?? [])}`;
}

/** What makes two endpoints the same one, whatever their state. Source: k8s.io/endpointslice/util (hashEndpoint). */
export const endpointKey = oncePer(({ addresses, hostname, targetRef }: SliceEndpoint) =>
  JSON.stringify([addresses, hostname, targetRef?.namespace, targetRef?.name]),
);

function planGroup(group: SliceGroup, existing: readonly EndpointSlice[], capacity: number, plan: SlicePlan): void {
  const wanted = new Map(group.endpoints.map((endpoint) => [endpointKey(endpoint), endpoint]));
  const fillings = existing.map((slice) => keep(slice, wanted));
  const left = [...wanted.values()];
  fillChanged(fillings, left, capacity);
  while (left.length > 0) {
    const filling = fullestWithRoom(fillings, left.length, capacity) ?? startNew(fillings);
    filling.endpoints.push(...left.splice(0, capacity - filling.endpoints.length));
    filling.changed = true;
  }
  settle(group, fillings, plan);
}

/** The endpoints of a slice that are still wanted, in their new state; they are taken out of `wanted`. */
function keep(slice: EndpointSlice, wanted: Map<string, SliceEndpoint>): Filling {
  const before = slice.endpoints ?? [];
  const endpoints = before.flatMap((endpoint) => {
    const key = endpointKey(endpoint);
    const now = wanted.get(key);
    wanted.delete(key);
    return now === undefined ? [] : [now];
  });
  return {
    slice,
    endpoints,
    changed: !sameItems(endpoints, before, stateOf),
  };
}

function fillChanged(fillings: readonly Filling[], left: SliceEndpoint[], capacity: number): void {
  const changed = fillings.filter((filling) => filling.changed && filling.endpoints.length > 0);
  for (const filling of changed.sort((a, b) => b.endpoints.length - a.endpoints.length)) {
    filling.endpoints.push(...left.splice(0, Math.max(0, capacity - filling.endpoints.length)));
  }
}

/** The fullest slice that has room for `count` endpoints. By now it is an unchanged one: those that changed are full. */
function fullestWithRoom(fillings: readonly Filling[], count: number, capacity: number): Filling | undefined {
  const [fullest] = fillings
    .filter(({ endpoints }) => endpoints.length + count <= capacity)
    .sort((a, b) => b.endpoints.length - a.endpoints.length);
  return fullest;
}

function startNew(fillings: Filling[]): Filling {
  const filling: Filling = { slice: undefined, endpoints: [], changed: true };
  fillings.push(filling);
  return filling;
}

/** Empty slices go, but for one placeholder where the group itself is empty. */
function settle(group: SliceGroup, fillings: readonly Filling[], plan: SlicePlan): void {
  const isEmpty = group.endpoints.length === 0;
  const [placeholder] = isEmpty ? fillings : [];
  if (isEmpty && placeholder === undefined) plan.create.push(group);
  for (const filling of fillings) {
    const { slice, endpoints, changed } = filling;
    const to = { ...group, endpoints };
    if (slice === undefined) plan.create.push(to);
    else if (endpoints.length === 0 && filling !== placeholder) plan.delete.push(slice);
    else if (changed) plan.update.push({ slice, to });
  }
}

/** Watchers see one change instead of two, and the name stays. A slice's address type cannot change. */
function recycle({ create, update, delete: unwanted }: SlicePlan): SlicePlan {
  const plan: SlicePlan = { create: [...create], update: [...update], delete: [] };
  for (const slice of unwanted) {
    const index = plan.create.findIndex(({ addressType }) => addressType === slice.addressType);
    const [to] = index < 0 ? [] : plan.create.splice(index, 1);
    if (to === undefined) plan.delete.push(slice);
    else plan.update.push({ slice, to });
  }
  return plan;
}

/** The state of an endpoint, however its fields are ordered. */
const stateOf = oncePer(({ addresses, conditions, hostname, nodeName, zone, targetRef, hints }: SliceEndpoint) =>
  JSON.stringify([
    addresses,
    [conditions?.ready, conditions?.serving, conditions?.terminating],
    [hostname, nodeName, zone],
    comparableReference(targetRef),
    [hints?.forZones, hints?.forNodes],
  ]),
);
