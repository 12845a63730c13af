/**
 * What has to be written so that the Endpoints and EndpointSlices of a service say what they should: pure, from one
 * snapshot. With a selector they are derived from the pods; without one, Endpoints written by hand are mirrored to
 * slices. Slices that others look after are never touched.
 */
import {
  endpointsManagedByLabel,
  serviceNameLabel,
  sliceController,
  sliceManagedByLabel,
  sliceMirroringController,
  type Endpoints,
  type EndpointSlice,
} from "../domain/endpoints.ts";
import { selectsPods, type Service } from "../domain/service.ts";
import type { ServiceSnapshot } from "../registry/registry.ts";
import { deriveSliceGroups, type SliceGroup } from "./derive-slices.ts";
import { isMirrored, mirrorGroups } from "./mirror-endpoints.ts";
import { planEndpoints, triggerTimeAnnotation } from "./plan-endpoints.ts";
import { deleteSlices, planSliceWrites, type SliceFrame } from "./plan-slice-writes.ts";
import { withoutKeys, type Identities, type PlannedWrite } from "./planned-write.ts";
import { serviceLabels } from "./service-labels.ts";

export function planPublication(snapshot: ServiceSnapshot, identities: Identities): PlannedWrite[] {
  const { service, pods, zones, endpoints } = snapshot;
  const derived = slicesBy(sliceController, snapshot);
  const mirrored = slicesBy(sliceMirroringController, snapshot);
  if (service !== undefined && selectsPods(service)) {
    const groups = deriveSliceGroups(service, pods, zones);
    return [
      ...planEndpoints(service, pods, endpoints, identities),
      ...planSliceWrites(serviceFrame(service), groups, derived, identities),
      ...deleteSlices(mirrored),
    ];
  }
  return [
    ...deleteSlices(derived),
    ...staleEndpoints(endpoints),
    ...(isMirrored(service, endpoints) && !isDerived(endpoints)
      ? planSliceWrites(mirrorFrame(endpoints), mirrorGroups(endpoints), mirrored, identities)
      : deleteSlices(mirrored)),
  ];
}

/** The groups whose endpoints DNS hands out, beside those of slices that others look after. */
export function publishedGroups({ service, pods, zones, endpoints }: ServiceSnapshot): SliceGroup[] {
  if (service !== undefined && selectsPods(service)) return deriveSliceGroups(service, pods, zones);
  return isMirrored(service, endpoints) && !isDerived(endpoints) ? mirrorGroups(endpoints) : [];
}

function slicesBy(controller: string, { slices }: ServiceSnapshot): EndpointSlice[] {
  return slices.filter((slice) => slice.metadata.labels?.[sliceManagedByLabel] === controller);
}

/**
 * Derived Endpoints go with their service or its selector. Those written by hand stay: their service may be about to
 * come, and leader elections keep Endpoints that never have one.
 */
function staleEndpoints(endpoints: Endpoints | undefined): PlannedWrite[] {
  if (endpoints === undefined || !isDerived(endpoints)) return [];
  return [{ verb: "delete", resource: "endpoints", before: endpoints }];
}

function isDerived(endpoints: Endpoints): boolean {
  return endpoints.metadata.labels?.[endpointsManagedByLabel] !== undefined;
}

function serviceFrame(service: Service): SliceFrame {
  const { name, namespace = "", uid } = service.metadata;
  return {
    namespace,
    prefix: name,
    owner: { apiVersion: "v1", kind: "Service", name, uid, controller: true, blockOwnerDeletion: true },
    labels: { ...serviceLabels(service), [serviceNameLabel]: name, [sliceManagedByLabel]: sliceController },
    annotations: {},
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
    annotations: withoutKeys(annotations, notCopied),
  };
}
