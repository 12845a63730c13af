/** coordination.k8s.io/v1 Lease. Source: kubernetes, pkg/apis/coordination/validation/validation.go. */
import type { Lease } from "../../domain/lease.ts";
import { invalid } from "../validation/field-error.ts";
import { isDnsSubdomain } from "../validation/names.ts";
import { ageColumn, column, nameColumn } from "./columns.ts";
import type { Kind } from "./kind.ts";

export const leaseKind: Kind<Lease> = {
  group: "coordination.k8s.io",
  version: "v1",
  kind: "Lease",
  resource: "leases.coordination.k8s.io",
  plural: "leases",
  singular: "lease",
  shortNames: [],
  categories: [],
  namespaced: true,
  hasStatus: false,
  managedFromFirstApply: true,
  schema: "Lease",
  isName: isDnsSubdomain,
  columns: [nameColumn, column("Holder", "Who holds the lease.", ({ spec }) => spec?.holderIdentity ?? ""), ageColumn],
  selectableFields: {},
  replaceCreates: true,
  deleteReturnsObject: false,

  withDefaults: (lease) => ({ ...lease, spec: lease.spec ?? {} }),
  validate({ spec = {} }) {
    const { leaseDurationSeconds: duration = 1, leaseTransitions: transitions = 0, preferredHolder, strategy } = spec;
    return [
      ...(duration > 0 ? [] : [invalid("spec.leaseDurationSeconds", duration, "must be greater than 0")]),
      ...(transitions >= 0
        ? []
        : [invalid("spec.leaseTransitions", transitions, "must be greater than or equal to 0")]),
      ...(preferredHolder && !strategy
        ? [invalid("spec.preferredHolder", preferredHolder, "may only be specified if `strategy` is defined")]
        : []),
    ];
  },
};
