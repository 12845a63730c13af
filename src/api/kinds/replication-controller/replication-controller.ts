/** core/v1 ReplicationController. It starts no pods; its status counts those that are registered. */
import type { ReplicationController } from "../../../domain/replication-controller.ts";
import type { Context } from "../../context.ts";
import { sameJson } from "../../json.ts";
import { isDnsSubdomain } from "../../validation/names.ts";
import { ageColumn, nameColumn, pairsText, selectorText, wideColumn } from "../columns.ts";
import type { Column, Kind } from "../kind.ts";
import { withSpecDefaults } from "../pod/pod-defaults.ts";
import { validateReplicationController } from "./validate-replication-controller.ts";

export const replicationControllerKind: Kind<ReplicationController> = {
  group: "",
  version: "v1",
  kind: "ReplicationController",
  resource: "replicationcontrollers",
  plural: "replicationcontrollers",
  singular: "replicationcontroller",
  shortNames: ["rc"],
  categories: ["all"],
  namespaced: true,
  hasStatus: true,
  scaling: {
    read: ({ spec, status }) => ({
      desired: spec.replicas ?? 1,
      current: status?.replicas ?? 0,
      selector: pairsText(spec.selector),
    }),
    withReplicas: (rc, replicas) => ({ ...rc, spec: { ...rc.spec, replicas } }),
  },
  schema: "ReplicationController",
  isName: isDnsSubdomain,
  columns: [
    nameColumn,
    countColumn("Desired", "How many pods are wished for.", ({ spec }) => spec.replicas),
    countColumn("Current", "Registered pods that the selector matches.", ({ status }) => status?.replicas),
    countColumn("Ready", "Those of them that are ready.", ({ status }) => status?.readyReplicas),
    ageColumn,
    wideColumn("Containers", "The containers of the template.", (rc) => containersOf(rc, ({ name }) => name)),
    wideColumn("Images", "Their images.", (rc) => containersOf(rc, ({ image = "" }) => image)),
    wideColumn("Selector", "The labels of its pods.", ({ spec }) => selectorText(spec.selector)),
  ],
  selectableFields: { "status.replicas": ({ status }) => String(status?.replicas ?? 0) },
  deleteReturnsObject: false,
  orphansByDefault: true,

  generationOf: ({ spec }) => spec,
  withDefaults,
  validate: validateReplicationController,
  prepareCreate: (rc) => ({ ...rc, status: { replicas: 0 } }),
  prepareStatus(rc, before, context) {
    if (!sameJson(rc.status, before.status)) warnIgnored(context);
    return { ...rc, ...(before.status && { status: before.status }) };
  },
};

/** Source: kubernetes, pkg/apis/core/v1/defaults.go, SetDefaults_ReplicationController. */
function withDefaults(rc: ReplicationController): ReplicationController {
  const { metadata } = rc;
  const { template, selector = {}, ...spec } = rc.spec ?? {};
  const labels = template?.metadata?.labels ?? {};
  return {
    ...rc,
    metadata: isBare(metadata.labels) && !isBare(labels) ? { ...metadata, labels } : metadata,
    spec: {
      ...spec,
      replicas: spec.replicas ?? 1,
      selector: isBare(selector) ? labels : selector,
      ...(template && { template: { ...template, spec: withSpecDefaults(template.spec ?? { containers: [] }) } }),
    },
  };
}

function isBare(map: Record<string, string> | undefined): boolean {
  return Object.keys(map ?? {}).length === 0;
}

function warnIgnored({ warnings }: Context): void {
  warnings.add("status: it counts the registered pods, what was sent for it is ignored");
}

function countColumn(
  name: string,
  description: string,
  count: (rc: ReplicationController) => number | undefined,
): Column<ReplicationController> {
  return { name, type: "integer", description, priority: 0, cell: (rc) => count(rc) ?? 0 };
}

function containersOf({ spec }: ReplicationController, text: (container: { name: string; image?: string }) => string) {
  return (spec.template?.spec.containers ?? []).map((container) => text(container)).join(",");
}
