/**
 * What a pod's spec says where its manifest says nothing. Source: pkg/apis/core/v1/defaults.go. The same holds for the
 * template of whatever makes pods.
 */
import type { Container, ContainerPort, PodSpec, Probe } from "../../../domain/pod.ts";

/** Fields that nothing here reads, but that every pod of a cluster has; clients compare what they sent with what came back. */
interface DefaultedSpec extends PodSpec {
  restartPolicy?: string;
  dnsPolicy?: string;
  schedulerName?: string;
  securityContext?: unknown;
  enableServiceLinks?: boolean;
}

interface DefaultedContainer extends Container {
  imagePullPolicy?: string;
  resources?: unknown;
  terminationMessagePath?: string;
  terminationMessagePolicy?: string;
}

export function withSpecDefaults(spec: PodSpec): PodSpec {
  const { initContainers, ...rest } = spec;
  const defaulted: DefaultedSpec = {
    restartPolicy: "Always",
    dnsPolicy: "ClusterFirst",
    schedulerName: "default-scheduler",
    securityContext: {},
    enableServiceLinks: true,
    terminationGracePeriodSeconds: 30,
    ...rest,
    ...(initContainers === undefined ? {} : { initContainers: initContainers.map(withContainerDefaults) }),
    containers: (spec.containers ?? []).map(withContainerDefaults),
  };
  return defaulted;
}

function withContainerDefaults(container: Container): Container {
  const { ports, readinessProbe, startupProbe, livenessProbe } = container;
  const defaulted: DefaultedContainer = {
    ...(container.image && { imagePullPolicy: pullPolicyOf(container.image) }),
    resources: {},
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    ...container,
    name: container.name ?? "",
    ...(ports === undefined ? {} : { ports: ports.map(withProtocol) }),
    ...(readinessProbe === undefined ? {} : { readinessProbe: withProbeDefaults(readinessProbe) }),
    ...(startupProbe === undefined ? {} : { startupProbe: withProbeDefaults(startupProbe) }),
    ...(livenessProbe === undefined ? {} : { livenessProbe: withProbeDefaults(livenessProbe) }),
  };
  return defaulted;
}

function withProtocol(port: ContainerPort): ContainerPort {
  return { ...port, protocol: port.protocol ?? "TCP" };
}

/** A number of 0 means the default, as it does in Kubernetes, but for the delay. */
function withProbeDefaults(probe: Probe): Probe {
  const { httpGet, grpc } = probe;
  return {
    ...probe,
    ...(httpGet === undefined
      ? {}
      : { httpGet: { ...httpGet, path: httpGet.path || "/", scheme: httpGet.scheme ?? "HTTP" } }),
    ...(grpc === undefined ? {} : { grpc: { ...grpc, service: grpc.service ?? "" } }),
    timeoutSeconds: probe.timeoutSeconds || 1,
    periodSeconds: probe.periodSeconds || 10,
    successThreshold: probe.successThreshold || 1,
    failureThreshold: probe.failureThreshold || 3,
  };
}

/** An image without a tag, or tagged latest, is pulled each time. */
function pullPolicyOf(image: string): string {
  const name = image.split("/").at(-1) ?? "";
  if (name.includes("@")) return "IfNotPresent";
  const tag = name.split(":")[1];
  return tag === undefined || tag === "latest" ? "Always" : "IfNotPresent";
}
