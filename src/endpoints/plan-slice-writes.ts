/** The writes that bring the EndpointSlices of one owner in accord with the endpoints that it wants. Pure. */
import type { EndpointSlice } from "../domain/endpoints.ts";
import type { ObjectMeta, OwnerReference } from "../domain/object.ts";
import type { PlannedWrite } from "../registry/registry.ts";
import type { SliceGroup } from "./derive-slices.ts";
import { triggered } from "./last-change.ts";
import { dressed, newMetadata, sameEntries, type Identities } from "./planned-write.ts";
import { planSlices } from "./plan-slices.ts";

/** What all slices of one owner have in common. */
export interface SliceFrame {
  namespace: string;
  /** Of the generated names, without the dash. */
  prefix: string;
  owner: OwnerReference;
  labels: Record<string, string>;
  annotations: SliceAnnotations;
  /** How many endpoints a slice holds. */
  capacity: number;
}

/** A mirror has those of what it mirrors. Others keep what somebody gave them, and say what made them change. */
export type SliceAnnotations =
  | { kind: "mirrored"; all: Record<string, string> }
  | { kind: "own"; lastChange: string | undefined };

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
  const plan = planSlices(groups, own, frame.capacity);
  const touched = new Set([...plan.update.map(({ slice }) => slice), ...plan.delete]);
  const undressed = own.filter((slice) => !touched.has(slice) && !isDressed(slice.metadata, frame));
  return [
    ...plan.create.map((group) => creation(frame, group, identities)),
    ...plan.update.map(({ slice, to }) => update(frame, slice, to)),
    ...undressed.map((slice) => update(frame, slice, undefined)),
    ...deleteSlices([...plan.delete, ...foreign]),
  ];
}

export function deleteSlices(slices: readonly EndpointSlice[]): PlannedWrite[] {
  return slices.map((before) => ({ verb: "delete", resource, before }));
}

function isOwnedBy(slice: EndpointSlice, owner: OwnerReference): boolean {
  return (slice.metadata.ownerReferences ?? []).some(({ kind, uid }) => kind === owner.kind && uid === owner.uid);
}

function isDressed({ labels, annotations }: ObjectMeta, frame: SliceFrame): boolean {
  const asMirrored = frame.annotations.kind === "own" || sameEntries(annotations, frame.annotations.all);
  return sameEntries(labels, frame.labels) && asMirrored;
}

function dress(metadata: ObjectMeta, { labels, annotations }: SliceFrame): ObjectMeta {
  const isMirror = annotations.kind === "mirrored";
  const worn = isMirror ? annotations.all : triggered(metadata.annotations, annotations.lastChange);
  return dressed(metadata, labels, worn);
}

/** Labels and annotations anew, and another content if there is one: only that counts as a generation. */
function update(frame: SliceFrame, before: EndpointSlice, to: SliceGroup | undefined): PlannedWrite {
  const metadata = dress(before.metadata, frame);
  if (to === undefined) return { verb: "update", resource, before, object: { ...before, metadata } };
  const generation = (metadata.generation ?? 1) + 1;
  const object: EndpointSlice = { ...before, metadata: { ...metadata, generation }, ...to };
  return { verb: "update", resource, before, object };
}

function creation(frame: SliceFrame, group: SliceGroup, identities: Identities): PlannedWrite {
  const metadata = {
    ...newMetadata(frame.namespace, `${frame.prefix}-${identities.nameSuffix()}`, identities),
    generateName: `${frame.prefix}-`,
    generation: 1,
    ownerReferences: [frame.owner],
  };
  const object: EndpointSlice = {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: dress(metadata, frame),
    ...group,
  };
  return { verb: "create", resource, object };
}
