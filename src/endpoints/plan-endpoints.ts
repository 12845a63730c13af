/** The writes that bring a service's Endpoints object in accord with its pods, or take it out of our hands. Pure. */
import {
  endpointsManagedByLabel,
  isDerived,
  type EndpointAddress,
  type EndpointPort,
  type Endpoints,
  type EndpointSubset,
} from "../domain/endpoints.ts";
import type { Pod } from "../domain/pod.ts";
import type { Service } from "../domain/service.ts";
import type { PlannedWrite } from "../registry/registry.ts";
import { deriveSubsets, truncateSubsets } from "./derive-subsets.ts";
import { triggered } from "./last-change.ts";
import { oncePer, sameItems } from "./once-per.ts";
import {
  comparableReference,
  dressed,
  newMetadata,
  sameEntries,
  withoutKeys,
  type Identities,
} from "./planned-write.ts";
import { endpointsLabels } from "./service-labels.ts";

const resource = "endpoints";
const overCapacityAnnotation = "endpoints.kubernetes.io/over-capacity";

/** `changedAt`: when that happened which a write would tell of. */
export function planEndpoints(
  service: Service,
  pods: readonly Pod[],
  before: Endpoints | undefined,
  changedAt: string | undefined,
  identities: Identities,
): PlannedWrite[] {
  const { subsets, truncated } = truncateSubsets(deriveSubsets(service, pods));
  const labels = endpointsLabels(service);
  if (before !== undefined && isInAccord(before, subsets, labels, truncated)) return [];
  const metadata = before?.metadata ?? newMetadata(service.metadata.namespace ?? "", service.metadata.name, identities);
  const annotations = {
    ...withoutKeys(metadata.annotations, [overCapacityAnnotation]),
    ...(truncated ? { [overCapacityAnnotation]: "truncated" } : {}),
  };
  const object: Endpoints = {
    apiVersion: "v1",
    kind: "Endpoints",
    metadata: dressed(metadata, labels, triggered(annotations, changedAt)),
    ...(subsets.length === 0 ? {} : { subsets }),
  };
  if (before === undefined) return [{ verb: "create", resource, object }];
  return [{ verb: "update", resource, before, object }];
}

/** A selector that is taken away leaves its Endpoints to the user: from then on they count as written by hand. */
export function handOver(before: Endpoints): { endpoints: Endpoints; writes: PlannedWrite[] } {
  if (!isDerived(before)) return { endpoints: before, writes: [] };
  const { labels, annotations = {} } = before.metadata;
  const metadata = dressed(before.metadata, withoutKeys(labels, [endpointsManagedByLabel]), annotations);
  const object = { ...before, metadata };
  return { endpoints: object, writes: [{ verb: "update", resource, before, object }] };
}

export function deleteEndpoints(before: Endpoints): PlannedWrite[] {
  return [{ verb: "delete", resource, before }];
}

function isInAccord(
  before: Endpoints,
  subsets: readonly EndpointSubset[],
  labels: Record<string, string>,
  truncated: boolean,
): boolean {
  return (
    sameSubsets(before.subsets ?? [], subsets) &&
    sameEntries(before.metadata.labels, labels) &&
    (before.metadata.annotations?.[overCapacityAnnotation] !== undefined) === truncated
  );
}

function sameSubsets(a: readonly EndpointSubset[], b: readonly EndpointSubset[]): boolean {
  return a.length === b.length && a.every((subset, index) => sameSubset(subset, b[index] ?? {}));
}

function sameSubset(a: EndpointSubset, b: EndpointSubset): boolean {
  return (
    sameItems(a.addresses ?? [], b.addresses ?? [], stateOf) &&
    sameItems(a.notReadyAddresses ?? [], b.notReadyAddresses ?? [], stateOf) &&
    sameItems(a.ports ?? [], b.ports ?? [], stateOfPort)
  );
}

/** What an address says, however its fields are ordered. */
const stateOf = oncePer(({ ip, hostname, nodeName, targetRef }: EndpointAddress) =>
  JSON.stringify([ip, hostname, nodeName, comparableReference(targetRef)]),
);

function stateOfPort({ name, port, protocol, appProtocol }: EndpointPort): string {
  return JSON.stringify([name, port, protocol, appProtocol]);
}
