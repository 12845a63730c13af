/** The write that brings a service's Endpoints object in accord with its pods. Pure. */
import { endpointsManagedByLabel, type Endpoints, type EndpointSubset } from "../domain/endpoints.ts";
import type { Pod } from "../domain/pod.ts";
import type { Service } from "../domain/service.ts";
import { deriveSubsets, truncateSubsets } from "./derive-subsets.ts";
import { newMetadata, sameEntries, withoutKeys, type Identities, type PlannedWrite } from "./planned-write.ts";
import { serviceLabels } from "./service-labels.ts";

const overCapacityAnnotation = "endpoints.kubernetes.io/over-capacity";
export const triggerTimeAnnotation = "endpoints.kubernetes.io/last-change-trigger-time";

export function planEndpoints(
  service: Service,
  pods: readonly Pod[],
  before: Endpoints | undefined,
  identities: Identities,
): PlannedWrite[] {
  const { subsets, truncated } = truncateSubsets(deriveSubsets(service, pods));
  const labels = { ...serviceLabels(service), [endpointsManagedByLabel]: "endpoint-controller" };
  if (before !== undefined && isInAccord(before, subsets, labels, truncated)) return [];
  const metadata = before?.metadata ?? newMetadata(service.metadata.namespace ?? "", service.metadata.name, identities);
  const annotations = {
    ...withoutKeys(before?.metadata.annotations, [overCapacityAnnotation, triggerTimeAnnotation]),
    ...(truncated ? { [overCapacityAnnotation]: "truncated" } : {}),
    [triggerTimeAnnotation]: lastChange(service, pods),
  };
  const object: Endpoints = {
    apiVersion: "v1",
    kind: "Endpoints",
    metadata: { ...metadata, labels, annotations },
    ...(subsets.length === 0 ? {} : { subsets }),
  };
  if (before === undefined) return [{ verb: "create", resource: "endpoints", object }];
  return [{ verb: "update", resource: "endpoints", before, object }];
}

function isInAccord(
  before: Endpoints,
  subsets: readonly EndpointSubset[],
  labels: Record<string, string>,
  truncated: boolean,
): boolean {
  return (
    JSON.stringify(before.subsets ?? []) === JSON.stringify(subsets) &&
    sameEntries(before.metadata.labels, labels) &&
    (before.metadata.annotations?.[overCapacityAnnotation] !== undefined) === truncated
  );
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
