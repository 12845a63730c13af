/**
 * Which lists a strategic merge patch merges item by item, and by which field of the items; all others it replaces.
 * Source: the `patchMergeKey` and `patchStrategy` tags of k8s.io/api, for the kinds that are served here.
 */
const mergeKeys: Readonly<Record<string, string>> = {
  "Container.env": "name",
  "Container.ports": "containerPort",
  "Container.volumeDevices": "devicePath",
  "Container.volumeMounts": "mountPath",
  "NamespaceStatus.conditions": "type",
  "NodeStatus.addresses": "type",
  "NodeStatus.conditions": "type",
  "ObjectMeta.ownerReferences": "uid",
  "PodSpec.containers": "name",
  "PodSpec.ephemeralContainers": "name",
  "PodSpec.hostAliases": "ip",
  "PodSpec.imagePullSecrets": "name",
  "PodSpec.initContainers": "name",
  "PodSpec.topologySpreadConstraints": "topologyKey",
  "PodSpec.volumes": "name",
  "PodStatus.conditions": "type",
  "PodStatus.hostIPs": "ip",
  "PodStatus.podIPs": "ip",
  "ReplicationControllerStatus.conditions": "type",
  "ServiceSpec.ports": "port",
  "ServiceStatus.conditions": "type",
};

/** Lists of plain values that are merged as sets. */
const mergedSets: ReadonlySet<string> = new Set(["ObjectMeta.finalizers"]);

/** The field that tells the items of a list apart; undefined for a list that is replaced. */
export function mergeKeyOf(type: string, field: string): string | undefined {
  return mergeKeys[`${type}.${field}`];
}

export function isMergedSet(type: string, field: string): boolean {
  return mergedSets.has(`${type}.${field}`);
}
