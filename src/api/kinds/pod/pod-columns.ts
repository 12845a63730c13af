/** What `kubectl get pods` shows. Source: kubernetes, pkg/printers/internalversion/printers.go, printPod. */
import type { ContainerStatus, Pod } from "../../../domain/pod.ts";
import { ageColumn, column, nameColumn, wideColumn } from "../columns.ts";
import type { Column } from "../kind.ts";

export const podColumns: readonly Column<Pod>[] = [
  nameColumn,
  column("Ready", "Ready containers of all containers.", readyText),
  column("Status", "The phase, or what is known more exactly.", statusText),
  {
    name: "Restarts",
    type: "integer",
    description: "Restarts of all containers.",
    priority: 0,
    cell: ({ status }) => (status.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0),
  },
  ageColumn,
  wideColumn("IP", "The address that DNS hands out.", ({ status }) => status.podIP ?? "<none>"),
  wideColumn("Node", "The node, or the edge node that probes the pod.", ({ spec }) => spec.nodeName ?? "<none>"),
  wideColumn("Nominated Node", "Of no meaning here.", () => "<none>"),
  wideColumn("Readiness Gates", "Readiness gates that are open, of all.", gatesText),
];

function readyText({ spec, status }: Pod): string {
  const ready = (status.containerStatuses ?? []).filter((container) => container.ready);
  return `${ready.length}/${spec.containers.length}`;
}

function statusText({ metadata, status }: Pod): string {
  if (metadata.deletionTimestamp !== undefined) return "Terminating";
  const waiting = (status.containerStatuses ?? []).map((container) => waitingReason(container));
  return waiting.find((reason) => reason !== undefined) ?? status.phase ?? "Unknown";
}

function waitingReason({ state }: ContainerStatus): string | undefined {
  const waiting = state?.["waiting"] as { reason?: string } | undefined;
  return waiting?.reason;
}

function gatesText({ spec, status }: Pod): string {
  const gates = spec.readinessGates ?? [];
  const open = gates.filter(({ conditionType }) => {
    return status.conditions?.some((condition) => condition.type === conditionType && condition.status === "True");
  });
  return gates.length === 0 ? "<none>" : `${open.length}/${gates.length}`;
}
