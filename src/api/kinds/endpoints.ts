/** core/v1 Endpoints, as published for services with a selector and as written by hand for those without. */
import type { EndpointPort, EndpointSubset, Endpoints } from "../../domain/endpoints.ts";
import { maxPorts } from "../../domain/service.ts";
import { sameJson } from "../json.ts";
import { invalid, notSupported, required, tooMany, type FieldError } from "../validation/field-error.ts";
import { ipErrors } from "../validation/addresses.ts";
import { check } from "../validation/metadata.ts";
import { isDnsLabel, isDnsSubdomain, isPortNumber } from "../validation/names.ts";
import { ageColumn, column, nameColumn, shortList } from "./columns.ts";
import type { Kind } from "./kind.ts";

const protocols: readonly string[] = ["SCTP", "TCP", "UDP"];

export const endpointsKind: Kind<Endpoints> = {
  group: "",
  version: "v1",
  kind: "Endpoints",
  resource: "endpoints",
  plural: "endpoints",
  singular: "endpoints",
  shortNames: ["ep"],
  categories: [],
  namespaced: true,
  hasStatus: false,
  schema: "Endpoints",
  isName: isDnsSubdomain,
  columns: [nameColumn, column("Endpoints", "Ready addresses and their ports.", endpointsText), ageColumn],
  selectableFields: {},
  replaceCreates: true,
  deleteReturnsObject: false,

  withDefaults(endpoints) {
    if (endpoints.subsets === undefined) return endpoints;
    return { ...endpoints, subsets: endpoints.subsets.map((subset) => withProtocols(subset)) };
  },
  validate({ subsets = [] }) {
    return subsets.flatMap((subset, index) => subsetErrors(subset, `subsets[${index}]`));
  },
  takesOutOfService: (before, after) => !sameJson(before.subsets, after.subsets),
};

function withProtocols(subset: EndpointSubset): EndpointSubset {
  if (subset.ports === undefined) return subset;
  return { ...subset, ports: subset.ports.map((port) => ({ ...port, protocol: port.protocol ?? "TCP" })) };
}

function subsetErrors(
  { addresses = [], notReadyAddresses = [], ports = [] }: EndpointSubset,
  field: string,
): FieldError[] {
  return [
    ...(addresses.length + notReadyAddresses.length === 0
      ? [required(field, "must specify `addresses` or `notReadyAddresses`")]
      : []),
    ...addresses.flatMap(({ ip }, index) => ipErrors(ip, `${field}.addresses[${index}].ip`)),
    ...notReadyAddresses.flatMap(({ ip }, index) => ipErrors(ip, `${field}.notReadyAddresses[${index}].ip`)),
    ...(ports.length > maxPorts ? [tooMany(`${field}.ports`, ports.length, maxPorts)] : []),
    ...ports.flatMap((port, index) => portErrors(port, ports.length > 1, `${field}.ports[${index}]`)),
  ];
}

function portErrors({ name = "", port = 0, protocol }: EndpointPort, needsName: boolean, field: string): FieldError[] {
  const problem = isPortNumber(port);
  return [
    ...(name === "" ? (needsName ? [required(`${field}.name`)] : []) : check(`${field}.name`, name, isDnsLabel)),
    ...(problem === undefined ? [] : [invalid(`${field}.port`, port, problem)]),
    ...(protocol === undefined || protocols.includes(protocol)
      ? []
      : [notSupported(`${field}.protocol`, protocol, protocols)]),
  ];
}

function endpointsText({ subsets = [] }: Endpoints): string {
  const counts = subsets.map(({ addresses = [], ports = [] }) => addresses.length * Math.max(1, ports.length));
  // Of each, no more than are shown, since addresses and ports multiply.
  const first = subsets.flatMap(({ addresses = [], ports = [] }) => {
    const shown = addresses.slice(0, 3);
    if (ports.length === 0) return shown.map(({ ip }) => ip);
    return ports.slice(0, 3).flatMap(({ port }) => shown.map(({ ip }) => hostPort(ip, port ?? 0)));
  });
  const count = counts.reduce((sum, each) => sum + each, 0);
  return shortList(first, "<none>", count);
}

function hostPort(ip: string, port: number): string {
  return ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`;
}
