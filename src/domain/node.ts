import type { Condition, KubeObject } from "./object.ts";

export interface Node extends KubeObject {
  kind: "Node";
  spec?: { unschedulable?: boolean };
  status?: { conditions?: Condition[]; capacity?: Record<string, string>; allocatable?: Record<string, string> };
}

/** The label of a Node that says it is one of Rollcall's own probers; its value is empty. */
export const edgeNodeLabel = "node-role.kubernetes.io/edge";

/** The zone that endpoints on a node are in (well-known label). */
export const zoneLabel = "topology.kubernetes.io/zone";

export function isEdgeNode(node: Node): boolean {
  return node.metadata.labels?.[edgeNodeLabel] !== undefined;
}
