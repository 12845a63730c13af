/**
 * What has to be written so that the Endpoints and EndpointSlices of a service say what its pods say: pure, from one
 * snapshot. A service without a selector has its Endpoints and slices written by hand, and nothing here touches them.
 */
import {
  serviceNameLabel,
  sliceController,
  sliceManagedByLabel,
  type Endpoints,
  type EndpointSlice,
  type EndpointSubset,
} from "../domain/endpoints.ts";
import { toTimestamp, type GroupResource, type KubeObject, type ObjectMeta } from "../domain/object.ts";
import type { Pod } from "../domain/pod.ts";
import { isHeadless, selectsPods, type Service } from "../domain/service.ts";
import type { ServiceSnapshot } from "../registry/registry.ts";
import { deriveSliceGroups, type SliceGroup } from "./derive-slices.ts";
import { deriveSubsets, truncateSubsets } from "./derive-subsets.ts";
import { planSlices } from "./plan-slices.ts";

export type PlannedWrite =
  | { verb: "create"; resource: GroupResource; object: KubeObject }
  | { verb: "update"; resource: GroupResource; before: KubeObject; object: KubeObject }
  | { verb: "delete"; resource: GroupResource; before: KubeObject };

/** Where new identities come from; the plan itself knows no chance and no clock. */
export interface Identities {
  nowMs: number;
  newUid(): string;
  /** Five characters for the end of a generated name. */
  nameSuffix(): string;
}

const slicesResource = "endpointslices.discovery.k8s.io";
const headlessLabel = "service.kubernetes.io/headless";
const endpointsManagedByLabel = "endpoints.kubernetes.io/managed-by";
const overCapacityAnnotation = "endpoints.kubernetes.io/over-capacity";
const triggerTimeAnnotation = "endpoints.kubernetes.io/last-change-trigger-time";

export function planPublication(snapshot: ServiceSnapshot, identities: Identities): PlannedWrite[] {
  const { service, pods, slices, endpoints } = snapshot;
  const own = slices.filter((slice) => slice.metadata.labels?.[sliceManagedByLabel] === sliceController);
  if (service === undefined || !selectsPods(service)) {
    const stale = own.map((before): PlannedWrite => ({ verb: "delete", resource: slicesResource, before }));
    return [...stale, ...staleEndpoints(service, endpoints)];
  }
  return [
    ...planEndpoints(service, pods, endpoints, identities),
    ...planSliceWrites(service, deriveSliceGroups(service, pods), own, identities),
  ];
}

/** Endpoints go with their service; without a selector only those go that were derived when it had one. */
function staleEndpoints(service: Service | undefined, endpoints: Endpoints | undefined): PlannedWrite[] {
  if (endpoints === undefined) return [];
  const derived = endpoints.metadata.labels?.[endpointsManagedByLabel] !== undefined;
  return service === undefined || derived ? [{ verb: "delete", resource: "endpoints", before: endpoints }] : [];
}

function planEndpoints(
  service: Service,
  pods: readonly Pod[],
  before: Endpoints | undefined,
  identities: Identities,
): PlannedWrite[] {
  const { subsets, truncated } = truncateSubsets(deriveSubsets(service, pods));
  const labels = { ...serviceLabels(service), [endpointsManagedByLabel]: "endpoint-controller" };
  const unchanged = before !== undefined && sameEndpoints(before, subsets, labels, truncated);
  if (unchanged) return [];
  const annotations = {
    ...withoutKeys(before?.metadata.annotations ?? {}, [overCapacityAnnotation, triggerTimeAnnotation]),
    ...(truncated ? { [overCapacityAnnotation]: "truncated" } : {}),
    [triggerTimeAnnotation]: lastChange(service, pods),
  };
  const metadata = before?.metadata ?? newMetadata(service, service.metadata.name, identities);
  const object: Endpoints = {
    apiVersion: "v1",
    kind: "Endpoints",
    metadata: { ...metadata, labels, annotations },
    ...(subsets.length === 0 ? {} : { subsets }),
  };
  if (before === undefined) return [{ verb: "create", resource: "endpoints", object }];
  return [{ verb: "update", resource: "endpoints", before, object }];
}

function sameEndpoints(
  before: Endpoints,
  subsets: readonly EndpointSubset[],
  labels: Record<string, string>,
  truncated: boolean,
): boolean {
  return (
    JSON.stringify(before.subsets ?? []) === JSON.stringify(subsets) &&
    sameLabels(before.metadata.labels, labels) &&
    (before.metadata.annotations?.[overCapacityAnnotation] !== undefined) === truncated
  );
}

function planSliceWrites(
  service: Service,
  groups: readonly SliceGroup[],
  own: readonly EndpointSlice[],
  identities: Identities,
): PlannedWrite[] {
  const labels = {
    ...serviceLabels(service),
    [serviceNameLabel]: service.metadata.name,
    [sliceManagedByLabel]: sliceController,
  };
  // A slice of an earlier service of the same name belongs to that one, whatever it holds.
  const current = own.filter((slice) => isOwnedBy(slice, service));
  const plan = planSlices(groups, current);
  const updates = new Map(plan.update.map(({ slice, endpoints }) => [slice, endpoints]));
  for (const slice of current) {
    const goes = plan.delete.includes(slice);
    if (!goes && !updates.has(slice) && !sameLabels(slice.metadata.labels, labels)) updates.set(slice, slice.endpoints);
  }
  const foreign = own.filter((slice) => !isOwnedBy(slice, service));
  return [
    ...plan.create.map((group): PlannedWrite => ({
      verb: "create",
      resource: slicesResource,
      object: newSlice(service, group, labels, identities),
    })),
    ...[...updates].map(([before, endpoints]): PlannedWrite => ({
      verb: "update",
      resource: slicesResource,
      before,
      object: { ...before, metadata: { ...before.metadata, labels }, endpoints } as EndpointSlice,
    })),
    ...[...plan.delete, ...foreign].map((before): PlannedWrite => ({
      verb: "delete",
      resource: slicesResource,
      before,
    })),
  ];
}

function isOwnedBy(slice: EndpointSlice, service: Service): boolean {
  return (slice.metadata.ownerReferences ?? []).some(({ uid }) => uid === service.metadata.uid);
}

function newSlice(
  service: Service,
  group: SliceGroup,
  labels: Record<string, string>,
  identities: Identities,
): EndpointSlice {
  const metadata = newMetadata(service, `${service.metadata.name}-${identities.nameSuffix()}`, identities);
  const owner = { apiVersion: "v1", kind: "Service", name: service.metadata.name, uid: service.metadata.uid };
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      ...metadata,
      generateName: `${service.metadata.name}-`,
      generation: 1,
      labels,
      ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: true }],
    },
    addressType: group.addressType,
    endpoints: group.endpoints,
    ports: group.ports,
  };
}

/** The service's labels, but for those that are the controllers' to set. */
function serviceLabels(service: Service): Record<string, string> {
  const reserved = [serviceNameLabel, sliceManagedByLabel, headlessLabel, endpointsManagedByLabel];
  return {
    ...withoutKeys(service.metadata.labels ?? {}, reserved),
    ...(isHeadless(service) ? { [headlessLabel]: "" } : {}),
  };
}

function newMetadata(service: Service, name: string, identities: Identities): ObjectMeta {
  return {
    name,
    namespace: service.metadata.namespace ?? "",
    uid: identities.newUid(),
    resourceVersion: "",
    creationTimestamp: toTimestamp(identities.nowMs),
  };
}

/** When what these endpoints are derived from last changed, as far as the objects tell. */
function lastChange(service: Service, pods: readonly Pod[]): string {
  const moments = pods.flatMap((pod) => [
    pod.metadata.creationTimestamp,
    pod.metadata.deletionTimestamp ?? "",
    pod.status.conditions?.find(({ type }) => type === "Ready")?.lastTransitionTime ?? "",
  ]);
  return moments.reduce((latest, moment) => (moment > latest ? moment : latest), service.metadata.creationTimestamp);
}

function withoutKeys(from: Record<string, string>, keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(from).filter(([key]) => !keys.includes(key)));
}

function sameLabels(a: Record<string, string> | undefined, b: Record<string, string>): boolean {
  const entries = Object.entries(a ?? {});
  return entries.length === Object.keys(b).length && entries.every(([key, value]) => b[key] === value);
}
