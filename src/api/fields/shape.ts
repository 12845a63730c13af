/**
 * What is owned part by part and what as one: which lists tell their items apart, and by what, and which maps and
 * structs are taken whole. Differs in places from what a strategic merge patch merges.
 * Source: the `x-kubernetes-list-type`, `list-map-keys` and `map-type` of Kubernetes' OpenAPI documents, as in
 * k8s.io/client-go, applyconfigurations/internal/internal.go (1.36).
 */
import { fieldType, isTypeName, type TypeName } from "../schema/schema.ts";

export type Shape =
  /** Owned as one, whatever it holds. */
  | { form: "whole" }
  | { form: "struct"; type: TypeName }
  | { form: "map" }
  /** A list of structs that `keys` tell apart. */
  | { form: "items"; keys: readonly string[]; of: Shape }
  /** A list of scalars in which each occurs once. */
  | { form: "set" };

const listMapKeys: Readonly<Record<string, readonly string[]>> = {
  "Container.env": ["name"],
  "Container.ports": ["containerPort", "protocol"],
  "Container.volumeDevices": ["devicePath"],
  "Container.volumeMounts": ["mountPath"],
  "EphemeralContainer.env": ["name"],
  "EphemeralContainer.ports": ["containerPort", "protocol"],
  "EphemeralContainer.volumeDevices": ["devicePath"],
  "EphemeralContainer.volumeMounts": ["mountPath"],
  "NamespaceStatus.conditions": ["type"],
  "NodeStatus.addresses": ["type"],
  "NodeStatus.conditions": ["type"],
  "ObjectMeta.ownerReferences": ["uid"],
  "PodSpec.containers": ["name"],
  "PodSpec.ephemeralContainers": ["name"],
  "PodSpec.hostAliases": ["ip"],
  "PodSpec.imagePullSecrets": ["name"],
  "PodSpec.initContainers": ["name"],
  "PodSpec.resourceClaims": ["name"],
  "PodSpec.schedulingGates": ["name"],
  "PodSpec.topologySpreadConstraints": ["topologyKey", "whenUnsatisfiable"],
  "PodSpec.volumes": ["name"],
  "PodStatus.conditions": ["type"],
  "PodStatus.podIPs": ["ip"],
  "PodStatus.resourceClaimStatuses": ["name"],
  "ReplicationControllerStatus.conditions": ["type"],
  "ResourceRequirements.claims": ["name"],
  "ServiceSpec.ports": ["port", "protocol"],
  "ServiceStatus.conditions": ["type"],
};

/** What a key is where an item leaves it out. */
const keyDefaults: Readonly<Record<string, string>> = { protocol: "TCP" };

const sets: ReadonlySet<string> = new Set(["NodeSpec.podCIDRs", "ObjectMeta.finalizers"]);

const wholeMaps: ReadonlySet<string> = new Set([
  "PodSpec.nodeSelector",
  "ReplicationControllerSpec.selector",
  "ServiceSpec.selector",
]);

const wholeTypes: ReadonlySet<TypeName> = new Set<TypeName>([
  "ConfigMapKeySelector",
  "FileKeySelector",
  "LabelSelector",
  "LocalObjectReference",
  "NodeSelector",
  "NodeSelectorTerm",
  "ObjectFieldSelector",
  "ObjectReference",
  "OwnerReference",
  "ResourceFieldSelector",
  "SecretKeySelector",
  "TypedLocalObjectReference",
]);

const whole: Shape = { form: "whole" };

export function shapeOfType(type: TypeName): Shape {
  return wholeTypes.has(type) ? whole : { form: "struct", type };
}

/** The shape of a field's value; that of a field which the type does not have is whole. */
export function shapeOfField(type: TypeName, field: string): Shape {
  const known = fieldType(type, field);
  if (known === undefined) return whole;
  const inner = isTypeName(known.of) ? shapeOfType(known.of) : whole;
  const place = `${type}.${field}`;
  switch (known.form) {
    case "one":
      return inner;
    case "map":
      return wholeMaps.has(place) ? whole : { form: "map" };
    case "list": {
      const keys = listMapKeys[place];
      if (keys !== undefined) return { form: "items", keys, of: inner };
      return sets.has(place) ? { form: "set" } : whole;
    }
  }
}

export function keyDefault(key: string): string | undefined {
  return keyDefaults[key];
}
