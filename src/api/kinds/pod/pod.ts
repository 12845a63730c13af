/** core/v1 Pod: a program that somebody runs somewhere, registered with its address. */
import { endpointsView } from "../../../domain/concerns.ts";
import { isProberName } from "../../../domain/node.ts";
import { isPodFinished, podAddresses, type Pod } from "../../../domain/pod.ts";
import { leaseMsOf } from "../../../domain/pod-lease.ts";
import { withSafeToStop } from "../../../domain/safe-to-stop.ts";
import type { Context } from "../../context.ts";
import { isDnsSubdomain } from "../../validation/names.ts";
import type { Kind } from "../kind.ts";
import { fromTemplate, withSpecOfTemplate } from "./from-template.ts";
import { podColumns } from "./pod-columns.ts";
import { withSpecDefaults } from "./pod-defaults.ts";
import { statusOfKnownPod, statusOfNewPod, withCanonicalAddresses, withFollowingAddresses } from "./pod-status.ts";
import { validatePod } from "./validate-pod.ts";
import { leaseWarnings, warningsOf } from "./pod-warnings.ts";

export const podKind: Kind<Pod> = {
  group: "",
  version: "v1",
  kind: "Pod",
  resource: "pods",
  plural: "pods",
  singular: "pod",
  shortNames: ["po"],
  categories: ["all"],
  namespaced: true,
  hasStatus: true,
  schema: "Pod",
  isName: isDnsSubdomain,
  columns: podColumns,
  selectableFields: {
    "spec.nodeName": ({ spec }) => spec.nodeName ?? "",
    "spec.restartPolicy": (pod) => specText(pod, "restartPolicy"),
    "spec.schedulerName": (pod) => specText(pod, "schedulerName"),
    "spec.serviceAccountName": (pod) => specText(pod, "serviceAccountName"),
    "spec.hostNetwork": ({ spec }) => String(spec.hostNetwork ?? false),
    "status.phase": ({ status }) => status.phase ?? "",
    "status.podIP": ({ status }) => status.podIP ?? "",
    "status.podIPs": (pod) => podAddresses(pod).join(","),
    "status.nominatedNodeName": () => "",
  },
  receivesTraffic: true,
  deleteReturnsObject: true,

  generationOf: ({ spec }) => spec,
  withDefaults(pod) {
    const { nodeName, ...spec } = withSpecDefaults(pod.spec ?? { containers: [] });
    return {
      ...pod,
      spec: { ...spec, ...(nodeName && { nodeName }) },
      status: withCanonicalAddresses(pod.status ?? {}),
    };
  },
  validate: validatePod,
  complete: fromTemplate,
  async prepareCreate(pod, context) {
    for (const warning of warningsOf(pod)) context.warnings.add(warning);
    return statusOfNewPod(await placed(pod, context), context);
  },
  inherit: (sent, before) => {
    const pod = withSpecOfTemplate(sent, before);
    // Which node a pod is on is for the server to say, so a manifest that leaves it out changes nothing.
    const nodeName = pod.spec?.nodeName || before.spec.nodeName;
    const spec = { ...pod.spec, ...(nodeName && { nodeName }) };
    return withFollowingAddresses({ ...pod, spec }, before);
  },
  prepareUpdate(pod, before, context) {
    const known = leaseWarnings(before);
    for (const warning of leaseWarnings(pod)) if (!known.includes(warning)) context.warnings.add(warning);
    return pod;
  },
  prepareStatus: statusOfKnownPod,
  gracePeriodSeconds({ spec, status }, asked) {
    // What has ended needs no time to end, and without a node nobody would take it away when its time is over.
    if (spec.nodeName === undefined || isPodFinished({ status })) return 0;
    return asked ?? spec.terminationGracePeriodSeconds ?? 0;
  },
  hasLease: (pod) => leaseMsOf(pod) !== undefined,
  // Only the server knows the moment, and does not know it yet.
  markTerminating: (pod) => withSafeToStop(pod, undefined),
  takesOutOfService: (before, after) => endpointsView(before) !== endpointsView(after),
};

/** A pod may be put on a node of somebody's own that exists; any other is assigned to a prober. */
async function placed(pod: Pod, context: Context): Promise<Pod> {
  const { nodeName, ...spec } = pod.spec;
  if (nodeName === undefined) return pod;
  const node = await context.deps.registry.get("nodes", "", nodeName);
  if (node !== undefined && !isProberName(nodeName)) return pod;
  if (node === undefined) {
    context.warnings.add(
      `spec.nodeName: there is no node ${JSON.stringify(nodeName)} here, the pod is assigned to an edge node`,
    );
  }
  return { ...pod, spec };
}

/** A field that nothing but a selector looks at. */
function specText({ spec }: Pod, field: string): string {
  const value: unknown = Object.entries(spec).find(([key]) => key === field)?.[1];
  return typeof value === "string" ? value : "";
}
