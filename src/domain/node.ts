import type { Condition, KubeObject } from "./object.ts";

export interface Node extends KubeObject {
  kind: "Node";
  spec?: { unschedulable?: boolean };
  status?: { conditions?: Condition[]; capacity?: Record<string, string>; allocatable?: Record<string, string> };
}

/**
 * What the Nodes of Rollcall's own probers are labelled with, for people to see. Other clusters' nodes have it too
 * (KubeEdge's), and anybody may set or remove it: what a Node is, its name says.
 */
export const edgeNodeLabel = "node-role.kubernetes.io/edge";

/** The zone that endpoints on a node are in (well-known label). */
export const zoneLabel = "topology.kubernetes.io/zone";

/** Where a Durable Object can be asked to live (Cloudflare's location hints). */
export const regions = ["wnam", "enam", "sam", "weur", "eeur", "apac", "oc", "afr", "me"] as const;
export type Region = (typeof regions)[number];

/** Annotation of a pod: the region that it is to be probed from. */
export const regionAnnotation = "rollcall.dev/region";

/** The region that a pod asks for, or "" for none; an unknown one is none. */
export function regionOf(annotations: Record<string, string> | undefined): Region | "" {
  return regions.find((region) => region === annotations?.[regionAnnotation]) ?? "";
}

const proberNames = new RegExp(`^edge-(?:(?:${regions.join("|")})-)?(?:0|[1-9]\\d*)$`);

/** Names that only the registry gives, to the Nodes of its probers; nobody else may create a Node of such a name. */
export function isProberName(name: string): boolean {
  return proberNames.test(name);
}

/** The region in the name of an edge node: `edge-weur-3` probes from western Europe, `edge-0` from anywhere. */
export function regionOfProber(name: string): Region | undefined {
  return regions.find((region) => name.startsWith(`edge-${region}-`));
}

/** The zone of each node that has one, by the node's name. */
export type NodeZones = Readonly<Record<string, string>>;
