/** core/v1 Node: Rollcall's own edge nodes, and nodes that pods of a real cluster are registered with. */
import { isProberName, type Node } from "../../domain/node.ts";
import { invalid, type FieldError } from "../validation/field-error.ts";
import { isDnsSubdomain } from "../validation/names.ts";
import { ageColumn, column, nameColumn, wideColumn } from "./columns.ts";
import type { Kind } from "./kind.ts";

/** What the columns show besides what Rollcall itself reads. */
interface NodeStatus {
  addresses?: { type: string; address: string }[];
  nodeInfo?: { kubeletVersion?: string; osImage?: string; kernelVersion?: string; containerRuntimeVersion?: string };
}

export const nodeKind: Kind<Node> = {
  group: "",
  version: "v1",
  kind: "Node",
  resource: "nodes",
  plural: "nodes",
  singular: "node",
  shortNames: ["no"],
  categories: [],
  namespaced: false,
  hasStatus: true,
  schema: "Node",
  isName: isDnsSubdomain,
  columns: [
    nameColumn,
    column("Status", "Whether the node is ready.", readiness),
    column("Roles", "The roles of the node, by its labels.", roles),
    ageColumn,
    column("Version", "The version that the node reports.", (node) => info(node).kubeletVersion ?? ""),
    wideColumn("Internal-IP", "Address within the cluster.", (node) => address(node, "InternalIP")),
    wideColumn("External-IP", "Address from outside.", (node) => address(node, "ExternalIP")),
    wideColumn("OS-Image", "The operating system.", (node) => info(node).osImage ?? "<unknown>"),
    wideColumn("Kernel-Version", "The kernel.", (node) => info(node).kernelVersion ?? "<unknown>"),
    wideColumn("Container-Runtime", "The runtime.", (node) => info(node).containerRuntimeVersion ?? "<unknown>"),
  ],
  selectableFields: { "spec.unschedulable": (node) => String(node.spec?.unschedulable ?? false) },
  deleteReturnsObject: false,

  withDefaults: (node) => ({ ...node, spec: node.spec ?? {} }),
  validate: (node, before) => (before === undefined ? errorsOfName(node.metadata.name) : []),
  // Whoever registers a node reports its status with it, as kubelets do.
  prepareCreate: (node) => node,
  observe: (node, { deps }) => deps.observe(node),
  whyKept({ metadata }) {
    return isProberName(metadata.name)
      ? "an edge node belongs to Rollcall and goes when it has no pods left"
      : undefined;
  },
};

/** A Node of somebody's own by the name of a prober would be taken for it, be it there already or still to come. */
function errorsOfName(name: string): FieldError[] {
  const why = 'names like "edge-0" and "edge-weur-1" are reserved for edge nodes, which belong to Rollcall';
  return isProberName(name) ? [invalid("metadata.name", name, why)] : [];
}

function readiness({ spec, status }: Node): string {
  const ready = status?.conditions?.find(({ type }) => type === "Ready")?.status;
  const word = ready === "True" ? "Ready" : ready === "False" ? "NotReady" : "Unknown";
  return spec?.unschedulable === true ? `${word},SchedulingDisabled` : word;
}

const rolePrefix = "node-role.kubernetes.io/";

function roles({ metadata }: Node): string {
  const keys = Object.keys(metadata.labels ?? {}).filter((key) => key.startsWith(rolePrefix));
  return keys.length === 0
    ? "<none>"
    : keys
        .map((key) => key.slice(rolePrefix.length))
        .sort()
        .join(",");
}

function info(node: Node): NonNullable<NodeStatus["nodeInfo"]> {
  return (node.status as NodeStatus | undefined)?.nodeInfo ?? {};
}

function address(node: Node, type: string): string {
  const addresses = (node.status as NodeStatus | undefined)?.addresses ?? [];
  return addresses.find((candidate) => candidate.type === type)?.address ?? "<none>";
}
