/** What is wrong with a probe. Source: pkg/apis/core/validation/validation.go (validateProbe and the handlers). */
import type { Probe } from "../../../domain/pod.ts";
import { forbidden, invalid, notSupported, required, type FieldError } from "../../validation/field-error.ts";
import { check } from "../../validation/metadata.ts";
import { isPortName, isPortNumber } from "../../validation/names.ts";

export type ProbeUse = "livenessProbe" | "readinessProbe" | "startupProbe";

const handlers = ["exec", "httpGet", "tcpSocket", "grpc"] as const;

export function probeErrors(probe: Probe | undefined, use: ProbeUse, field: string): FieldError[] {
  if (probe === undefined) return [];
  return [...handlerErrors(probe, field), ...numberErrors(probe, field), ...useErrors(probe, use, field)];
}

function handlerErrors(probe: Probe, field: string): FieldError[] {
  const [first, ...others] = handlers.filter((handler) => probe[handler] !== undefined);
  if (first === undefined) return [required(field, "must specify a handler type")];
  return [
    ...actionErrors(probe, first, `${field}.${first}`),
    ...others.map((other) => forbidden(`${field}.${other}`, "may not specify more than 1 handler type")),
  ];
}

function actionErrors(probe: Probe, handler: (typeof handlers)[number], field: string): FieldError[] {
  switch (handler) {
    case "exec":
      return (probe.exec?.command ?? []).length === 0 ? [required(`${field}.command`)] : [];
    case "httpGet":
      return httpGetErrors(probe.httpGet, field);
    case "tcpSocket":
      return portErrors(probe.tcpSocket?.port, `${field}.port`);
    case "grpc":
      return portErrors(probe.grpc?.port, `${field}.port`);
  }
}

function httpGetErrors(action: Probe["httpGet"], field: string): FieldError[] {
  const { port, scheme = "HTTP", httpHeaders = [] } = action ?? {};
  return [
    ...portErrors(port, `${field}.port`),
    ...(scheme === "HTTP" || scheme === "HTTPS" ? [] : [notSupported(`${field}.scheme`, scheme, ["HTTP", "HTTPS"])]),
    ...httpHeaders.flatMap(({ name }, index) => headerErrors(name ?? "", `${field}.httpHeaders[${index}].name`)),
  ];
}

function headerErrors(name: string, field: string): FieldError[] {
  if (/^[-!#$%&'*+.^_`|~0-9A-Za-z]+$/.test(name)) return [];
  const rule =
    "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";
  return [invalid(field, name, rule)];
}

function portErrors(port: number | string | undefined, field: string): FieldError[] {
  if (typeof port === "string") return check(field, port, isPortName);
  const problem = isPortNumber(port ?? 0);
  return problem === undefined ? [] : [invalid(field, port ?? 0, problem)];
}

function numberErrors(probe: Probe, field: string): FieldError[] {
  const numbers = [
    "initialDelaySeconds",
    "timeoutSeconds",
    "periodSeconds",
    "successThreshold",
    "failureThreshold",
  ] as const;
  return numbers.flatMap((name) => {
    const value = probe[name] ?? 0;
    return value >= 0 ? [] : [invalid(`${field}.${name}`, value, "must be greater than or equal to 0")];
  });
}

function useErrors(
  probe: Probe & { terminationGracePeriodSeconds?: number },
  use: ProbeUse,
  field: string,
): FieldError[] {
  const { successThreshold = 1, terminationGracePeriodSeconds: grace } = probe;
  if (use !== "readinessProbe") {
    return successThreshold > 1 ? [invalid(`${field}.successThreshold`, successThreshold, "must be 1")] : [];
  }
  if (grace === undefined) return [];
  return [invalid(`${field}.terminationGracePeriodSeconds`, grace, "must not be set for readinessProbes")];
}
