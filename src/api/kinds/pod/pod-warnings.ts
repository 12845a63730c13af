/** What a new pod asks for that cannot be had here, said when it registers. */
import { regionAnnotation, regionOf, regions } from "../../../domain/node.ts";
import { expiryAnnotation, isSeconds, leaseAnnotation } from "../../../domain/pod-lease.ts";
import { podAddresses, resolvePort, type Container, type Pod, type Probe } from "../../../domain/pod.ts";

export function warningsOf(pod: Pod): string[] {
  const probes = pod.spec.containers.flatMap((container, index) =>
    (["readinessProbe", "startupProbe"] as const).flatMap((use) => {
      const probe = container[use];
      return probe === undefined ? [] : probeWarnings(container, probe, `spec.containers[${index}].${use}`);
    }),
  );
  return [...addressWarnings(pod), ...probes, ...regionWarnings(pod), ...leaseWarnings(pod)];
}

function addressWarnings(pod: Pod): string[] {
  if (podAddresses(pod).length > 0) return [];
  return ["status.podIP: none is given; the pod joins no service before its status subresource says where it is"];
}

/** Annotations that are no numbers, and so promise nothing. */
export function leaseWarnings({ metadata }: Pod): string[] {
  return [leaseAnnotation, expiryAnnotation].flatMap((annotation) => {
    const text = metadata.annotations?.[annotation];
    if (text === undefined || isSeconds(text)) return [];
    return [
      `metadata.annotations[${annotation}]: ${JSON.stringify(text)} is no whole number of seconds from 1 to a year, and is ignored`,
    ];
  });
}

function regionWarnings({ metadata }: Pod): string[] {
  const region = metadata.annotations?.[regionAnnotation];
  if (region === undefined || regionOf(metadata.annotations) !== "") return [];
  const known = regions.join(", ");
  return [`metadata.annotations[${regionAnnotation}]: there is no region ${JSON.stringify(region)}, only ${known}`];
}

function probeWarnings(container: Container, probe: Probe, field: string): string[] {
  if (probe.exec !== undefined || probe.grpc !== undefined) {
    const handler = probe.exec === undefined ? "grpc" : "exec";
    return [
      `${field}.${handler}: needs an agent beside the pod, which does not exist yet; the pod stays not ready (ProbeNeedsAgent)`,
    ];
  }
  return [...portWarnings(container, probe, field), ...schemeWarnings(probe, field)];
}

function portWarnings(container: Container, { httpGet, tcpSocket }: Probe, field: string): string[] {
  const port = (httpGet ?? tcpSocket)?.port;
  if (port === undefined || resolvePort(port, [container]) !== undefined) return [];
  const handler = httpGet === undefined ? "tcpSocket" : "httpGet";
  return [
    `${field}.${handler}.port: container ${container.name} has no port named ${JSON.stringify(port)}; the probe cannot succeed`,
  ];
}

function schemeWarnings({ httpGet }: Probe, field: string): string[] {
  if (httpGet?.scheme !== "HTTPS") return [];
  return [
    `${field}.httpGet.scheme: certificates are always verified from the edge: use a certificate for the host named by ` +
      "the annotation rollcall.dev/host, or probe over HTTP or with tcpSocket",
  ];
}
