/** The writes that bring the EndpointSlices of one owner in accord with the endpoints that it wants. Pure. */
import type { EndpointSlice } from "../domain/endpoints.ts";
import type { OwnerReference } from "../domain/object.ts";
import type { SliceGroup } from "./derive-slices.ts";
import { newMetadata, sameEntries, type Identities, type PlannedWrite } from "./planned-write.ts";
import { planSlices } from "./plan-slices.ts";

/** What all slices of one owner have in common. */
export interface SliceFrame {
  namespace: string;
  /** Of the generated names, without the dash. */
  prefix: string;
  owner: OwnerReference;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

const resource = "endpointslices.discovery.k8s.io";

/** `existing` are the slices of this controller for the service, those of an owner that is gone included. */
export function planSliceWrites(
  frame: SliceFrame,
  groups: readonly SliceGroup[],
  existing: readonly EndpointSlice[],
  identities: Identities,
): PlannedWrite[] {
  const own = existing.filter((slice) => isOwnedBy(slice, frame.owner));
  const foreign = existing.filter((slice) => !isOwnedBy(slice, frame.owner));
  const plan = planSlices(groups, own);
  const updates = new Map(plan.update.map(({ slice, endpoints }) => [slice, endpoints]));
  for (const slice of own) {
    const untouched = !plan.delete.includes(slice) && !updates.has(slice);
    if (untouched && !hasFrame(slice, frame)) updates.set(slice, slice.endpoints);
  }
  return [
    ...plan.create.map((group): PlannedWrite => ({
      verb: "create",
      resource,
      object: newSlice(frame, group, identities),
    })),
    ...[...updates].map(([before, endpoints]): PlannedWrite => {
      const object: EndpointSlice = { ...before, metadata: { ...before.metadata, ...dressing(frame) }, endpoints };
      return { verb: "update", resource, before, object };
    }),
    ...deleteSlices([...plan.delete, ...foreign]),
  ];
}

export function deleteSlices(slices: readonly EndpointSlice[]): PlannedWrite[] {
  return slices.map((before) => ({ verb: "delete", resource, before }));
}

function isOwnedBy(slice: EndpointSlice, owner: OwnerReference): boolean {
  return (slice.metadata.ownerReferences ?? []).some(({ uid }) => uid === owner.uid);
}

function hasFrame(slice: EndpointSlice, frame: SliceFrame): boolean {
  return sameEntries(slice.metadata.labels, frame.labels) && sameEntries(slice.metadata.annotations, frame.annotations);
}

function dressing({ labels, annotations }: SliceFrame): Pick<EndpointSlice["metadata"], "labels" | "annotations"> {
  return { labels, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) };
}

function newSlice(frame: SliceFrame, group: SliceGroup, identities: Identities): EndpointSlice {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      ...newMetadata(frame.namespace, `${frame.prefix}-${identities.nameSuffix()}`, identities),
      generateName: `${frame.prefix}-`,
      generation: 1,
      ...dressing(frame),
      ownerReferences: [frame.owner],
    },
    addressType: group.addressType,
    endpoints: group.endpoints,
    ports: group.ports,
  };
}
