/**
 * What has to be written so that the Endpoints and EndpointSlices of a service say what they should: pure, from one
 * snapshot. With a selector they are derived from the pods; without one, Endpoints written by hand are mirrored to
 * slices. Slices that others look after are never touched, but for those whose owner is gone.
 */
import {
  isDerived,
  isPublished,
  sliceController,
  serviceNameLabel,
  sliceManagedByLabel,
  sliceMirroringController,
  type Endpoints,
  type EndpointSlice,
} from "../domain/endpoints.ts";
import type { OwnerReference } from "../domain/object.ts";
import { selectsPods, type Service } from "../domain/service.ts";
import type { PlannedWrite, ServiceSnapshot } from "../registry/registry.ts";
import { deriveSliceGroups, type SliceGroup } from "./derive-slices.ts";
import { lastChange, triggerTimeAnnotation } from "./last-change.ts";
import { isMirrored, maxMirroredEndpoints, mirrorGroups } from "./mirror-endpoints.ts";
import { deleteEndpoints, handOver, planEndpoints } from "./plan-endpoints.ts";
import { deleteSlices, planSliceWrites, type SliceFrame } from "./plan-slice-writes.ts";
import { maxEndpointsPerSlice } from "./plan-slices.ts";
import { withoutKeys, type Identities } from "./planned-write.ts";
import { sliceLabels } from "./service-labels.ts";

export function planPublication(snapshot: ServiceSnapshot, identities: Identities): PlannedWrite[] {
  const { service, pods, endpoints } = snapshot;
  const derived = slicesBy(sliceController, snapshot);
  const mirrored = slicesBy(sliceMirroringController, snapshot);
  const groups = publishedGroups(snapshot);
  const orphans = deleteSlices(snapshot.slices.filter((slice) => isOrphan(slice, service)));
  if (service !== undefined && selectsPods(service)) {
    const changedAt = changeOf(service, snapshot, groups, derived);
    // A service that waits for its finalizers gets no new slices, as in Kubernetes.
    const isGoing = service.metadata.deletionTimestamp !== undefined;
    const slices = planSliceWrites(serviceFrame(service, changedAt), groups, derived, identities);
    return [
      ...planEndpoints(service, pods, endpoints, changedAt, identities),
      ...slices.filter(({ verb }) => !isGoing || verb !== "create"),
      ...deleteSlices(mirrored),
      ...orphans,
    ];
  }
  if (isMirrored(service, endpoints)) {
    const handed = handOver(endpoints);
    return [
      ...handed.writes,
      ...planSliceWrites(mirrorFrame(handed.endpoints), groups, mirrored, identities),
      ...deleteSlices(derived),
      ...orphans,
    ];
  }
  return [...staleEndpoints(snapshot), ...deleteSlices([...derived, ...mirrored]), ...orphans];
}

/** The groups whose endpoints DNS hands out, beside those of slices that others look after. */
export function publishedGroups({ service, pods, zones, endpoints }: ServiceSnapshot): SliceGroup[] {
  if (service !== undefined && selectsPods(service)) return deriveSliceGroups(service, pods, zones);
  return isMirrored(service, endpoints) ? mirrorGroups(endpoints) : [];
}

/** Whether a slice of somebody's own belonged to an earlier service of the name: the garbage collector would take it. */
export function isOrphan(slice: EndpointSlice, service: Service | undefined): boolean {
  const { labels = {}, ownerReferences: owners = [] } = slice.metadata;
  const isGone = ({ kind, name, uid }: OwnerReference): boolean =>
    kind === "Service" && name === labels[serviceNameLabel] && uid !== service?.metadata.uid;
  return !isPublished(slice) && owners.length > 0 && owners.every(isGone);
}

function slicesBy(controller: string, { slices }: ServiceSnapshot): EndpointSlice[] {
  return slices.filter((slice) => slice.metadata.labels?.[sliceManagedByLabel] === controller);
}

/** A service's first publication tells of its creation. */
function changeOf(
  service: Service,
  { pods, endpoints }: ServiceSnapshot,
  groups: readonly SliceGroup[],
  derived: readonly EndpointSlice[],
): string | undefined {
  if (derived.length > 0) return lastChange(pods, groups, derived);
  return endpoints === undefined ? service.metadata.creationTimestamp : undefined;
}

/** What was derived goes with what it was derived for. What somebody wrote is deleted as what they own is, with the service. */
function staleEndpoints({ endpoints }: ServiceSnapshot): PlannedWrite[] {
  return endpoints !== undefined && isDerived(endpoints) ? deleteEndpoints(endpoints) : [];
}

function serviceFrame(service: Service, changedAt: string | undefined): SliceFrame {
  const { name, namespace = "", uid } = service.metadata;
  return {
    namespace,
    prefix: name,
    owner: { apiVersion: "v1", kind: "Service", name, uid, controller: true, blockOwnerDeletion: true },
    labels: sliceLabels(service),
    annotations: { kind: "own", lastChange: changedAt },
    capacity: maxEndpointsPerSlice,
  };
}

function mirrorFrame(endpoints: Endpoints): SliceFrame {
  const { name, namespace = "", uid, labels, annotations } = endpoints.metadata;
  const notCopied = ["kubectl.kubernetes.io/last-applied-configuration", triggerTimeAnnotation];
  return {
    namespace,
    prefix: name,
    owner: { apiVersion: "v1", kind: "Endpoints", name, uid, controller: true, blockOwnerDeletion: true },
    labels: { ...labels, [serviceNameLabel]: name, [sliceManagedByLabel]: sliceMirroringController },
    annotations: { kind: "mirrored", all: withoutKeys(annotations, notCopied) },
    capacity: maxMirroredEndpoints,
  };
}
