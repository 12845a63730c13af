/** core/v1 Namespace. */
import type { Namespace } from "../../domain/namespace.ts";
import { isDnsLabel } from "../validation/names.ts";
import { ageColumn, column, nameColumn } from "./columns.ts";
import type { Kind } from "./kind.ts";

/** Every cluster has them, and clients rely on them. */
const permanent = new Set(["default", "kube-system", "kube-public", "kube-node-lease"]);

const nameLabel = "kubernetes.io/metadata.name";

export const namespaceKind: Kind<Namespace> = {
  group: "",
  version: "v1",
  kind: "Namespace",
  resource: "namespaces",
  plural: "namespaces",
  singular: "namespace",
  shortNames: ["ns"],
  categories: [],
  namespaced: false,
  hasStatus: true,
  schema: "Namespace",
  isName: isDnsLabel,
  columns: [nameColumn, column("Status", "The phase of the namespace.", phase), ageColumn],
  selectableFields: { "status.phase": phase },
  holdsContents: true,
  deleteReturnsObject: true,

  withDefaults(namespace) {
    const { metadata, spec, status } = namespace;
    return {
      ...namespace,
      metadata: { ...metadata, labels: { ...metadata.labels, [nameLabel]: metadata.name } },
      spec: { ...spec, finalizers: spec?.finalizers ?? ["kubernetes"] },
      status: { ...status, phase: status?.phase ?? "Active" },
    };
  },
  validate: () => [],
  prepareCreate: (namespace) => ({ ...namespace, status: { phase: "Active" } }),
  markTerminating: (namespace) => ({ ...namespace, status: { ...namespace.status, phase: "Terminating" } }),
  whyKept({ metadata }) {
    return permanent.has(metadata.name) ? "this namespace may not be deleted" : undefined;
  },
};

function phase(namespace: Namespace): string {
  return namespace.status?.phase ?? "Active";
}
