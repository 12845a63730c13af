/**
 * The rules of pods, as far as they matter to somebody who runs none: names, ports, probes, addresses. Images,
 * volumes and the like are kept as they come.
 * Source: kubernetes, pkg/apis/core/validation/validation.go.
 */
import { parseIp } from "../../../domain/ip.ts";
import type { Condition } from "../../../domain/object.ts";
import type { Container, ContainerPort, Pod, PodSpec, PodStatus } from "../../../domain/pod.ts";
import { sameJson, without } from "../../json.ts";
import {
  duplicate,
  forbidden,
  invalid,
  notSupported,
  required,
  type FieldError,
} from "../../validation/field-error.ts";
import { ipErrors } from "../../validation/addresses.ts";
import { check } from "../../validation/metadata.ts";
import { isDnsLabel, isDnsSubdomain, isPortName, isPortNumber, isQualifiedName } from "../../validation/names.ts";
import { probeErrors } from "./validate-probe.ts";

const protocols: readonly string[] = ["SCTP", "TCP", "UDP"];
const truths: readonly string[] = ["False", "True", "Unknown"];
const phases: readonly string[] = ["Failed", "Pending", "Running", "Succeeded", "Unknown"];

export function validatePod(pod: Pod, before: Pod | undefined): FieldError[] {
  const errors = [...podSpecErrors(pod.spec, "spec"), ...statusErrors(pod.status)];
  return before === undefined ? errors : [...errors, ...changeErrors(pod, before)];
}

/** `field` names the spec: a pod's own, or that of a template. */
export function podSpecErrors(spec: PodSpec, field: string): FieldError[] {
  const { containers, initContainers = [], hostname, subdomain, nodeName, readinessGates = [] } = spec;
  return [
    ...(containers.length === 0 ? [required(`${field}.containers`)] : []),
    ...containers.flatMap((container, index) => containerErrors(container, `${field}.containers[${index}]`)),
    ...initContainers.flatMap((container, index) => containerErrors(container, `${field}.initContainers[${index}]`)),
    ...repeatedNames(containers, initContainers, field),
    ...(hostname ? check(`${field}.hostname`, hostname, isDnsLabel) : []),
    ...(subdomain ? check(`${field}.subdomain`, subdomain, isDnsLabel) : []),
    ...(nodeName ? check(`${field}.nodeName`, nodeName, isDnsSubdomain) : []),
    ...readinessGates.flatMap(({ conditionType }, index) => {
      return check(`${field}.readinessGates[${index}].conditionType`, conditionType ?? "", isQualifiedName);
    }),
    ...((spec.terminationGracePeriodSeconds ?? 0) < 0
      ? [
          invalid(
            `${field}.terminationGracePeriodSeconds`,
            spec.terminationGracePeriodSeconds,
            "must be greater than or equal to 0",
          ),
        ]
      : []),
  ];
}

function containerErrors(container: Container, field: string): FieldError[] {
  const { name, ports = [] } = container;
  return [
    ...(name === "" ? [required(`${field}.name`)] : check(`${field}.name`, name, isDnsLabel)),
    ...ports.flatMap((port, index) => portErrors(port, `${field}.ports[${index}]`)),
    ...repeatedPortNames(ports, field),
    ...probeErrors(container.livenessProbe, "livenessProbe", `${field}.livenessProbe`),
    ...probeErrors(container.readinessProbe, "readinessProbe", `${field}.readinessProbe`),
    ...probeErrors(container.startupProbe, "startupProbe", `${field}.startupProbe`),
  ];
}

function repeatedNames(
  containers: readonly Container[],
  initContainers: readonly Container[],
  field: string,
): FieldError[] {
  const seen = new Set<string>();
  const list = (all: readonly Container[], of: string) =>
    all.flatMap(({ name }, index) => {
      if (name === "" || !seen.has(name)) {
        seen.add(name);
        return [];
      }
      return [duplicate(`${of}[${index}].name`, name)];
    });
  return [...list(containers, `${field}.containers`), ...list(initContainers, `${field}.initContainers`)];
}

function portErrors({ name, containerPort, protocol }: ContainerPort, field: string): FieldError[] {
  const problem = isPortNumber(containerPort ?? 0);
  return [
    ...(name ? check(`${field}.name`, name, isPortName) : []),
    ...(containerPort ? [] : [required(`${field}.containerPort`)]),
    ...(containerPort && problem !== undefined ? [invalid(`${field}.containerPort`, containerPort, problem)] : []),
    ...(protocol === undefined || protocols.includes(protocol)
      ? []
      : [notSupported(`${field}.protocol`, protocol, protocols)]),
  ];
}

function repeatedPortNames(ports: readonly ContainerPort[], field: string): FieldError[] {
  const seen = new Set<string>();
  return ports.flatMap(({ name }, index) => {
    if (!name || !seen.has(name)) {
      seen.add(name ?? "");
      return [];
    }
    return [duplicate(`${field}.ports[${index}].name`, name)];
  });
}

function statusErrors({ phase, podIP, podIPs = [], conditions = [] }: PodStatus): FieldError[] {
  const families = podIPs.map(({ ip }) => parseIp(ip)?.family);
  const addresses = podIPs.map(({ ip }) => ip);
  return [
    ...(phase === undefined || phases.includes(phase) ? [] : [notSupported("status.phase", phase, phases)]),
    ...conditions.flatMap((condition, index) => conditionErrors(condition, `status.conditions[${index}]`)),
    ...(podIP === undefined ? [] : ipErrors(podIP, "status.podIP")),
    ...addresses.flatMap((ip, index) => (ip === podIP ? [] : ipErrors(ip, `status.podIPs[${index}].ip`))),
    ...(podIP !== undefined && addresses[0] !== podIP
      ? [invalid("status.podIPs[0].ip", addresses[0] ?? "", "must be the same as status.podIP")]
      : []),
    ...(families.length > 2 || (families.length === 2 && families[0] === families[1])
      ? [invalid("status.podIPs", addresses, "may specify no more than one IP for each IP family")]
      : []),
  ];
}

function conditionErrors({ type, status }: Condition, field: string): FieldError[] {
  return [
    ...check(`${field}.type`, type ?? "", isQualifiedName),
    ...(truths.includes(status) ? [] : [notSupported(`${field}.status`, status, truths)]),
  ];
}

const mayChange =
  "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`," +
  "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations)," +
  "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/** Of the fields that an update may change, those that the rest of Rollcall has no use for. */
interface ChangeableSpec {
  activeDeadlineSeconds?: number;
  tolerations?: object[];
}

function changeErrors(after: Pod, before: Pod): FieldError[] {
  const [is, was]: [ChangeableSpec, ChangeableSpec] = [after.spec as ChangeableSpec, before.spec as ChangeableSpec];
  const kept = new Set(is.tolerations?.map((toleration) => JSON.stringify(toleration)));
  const dropped = (was.tolerations ?? []).filter((toleration) => !kept.has(JSON.stringify(toleration)));
  return [
    ...(sameJson(unchangeable(after), unchangeable(before)) ? [] : [forbidden("spec", mayChange)]),
    ...(dropped.length > 0
      ? [forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds")]
      : []),
    ...deadlineErrors(is.activeDeadlineSeconds, was.activeDeadlineSeconds),
  ];
}

function unchangeable({ spec }: Pod): object {
  return {
    ...spec,
    containers: withoutImages(spec.containers),
    initContainers: withoutImages(spec.initContainers),
    activeDeadlineSeconds: undefined,
    tolerations: undefined,
  };
}

/** The policy goes with the image, since its default follows from the tag. */
function withoutImages(
  containers: readonly (Container & { imagePullPolicy?: string })[] | undefined,
): Container[] | undefined {
  return containers?.map((container) => without(container, "image", "imagePullPolicy"));
}

function deadlineErrors(is: number | undefined, was: number | undefined): FieldError[] {
  const field = "spec.activeDeadlineSeconds";
  if (is === undefined && was === undefined) return [];
  if (is === undefined) return [invalid(field, null, "must not update from a positive integer to nil value")];
  if (is < 1) return [invalid(field, is, "must be between 1 and 2147483647, inclusive")];
  return was !== undefined && is > was ? [invalid(field, is, "must be less than or equal to previous value")] : [];
}
