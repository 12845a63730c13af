/** discovery.k8s.io/v1 EndpointSlice. */
import type { EndpointPort, EndpointSlice, SliceEndpoint } from "../../domain/endpoints.ts";
import { parseIp } from "../../domain/ip.ts";
import { maxPorts } from "../../domain/service.ts";
import { sameJson } from "../json.ts";
import { duplicate, invalid, notSupported, required, tooMany, type FieldError } from "../validation/field-error.ts";
import { check } from "../validation/metadata.ts";
import { isDnsLabel, isDnsSubdomain } from "../validation/names.ts";
import { ageColumn, column, nameColumn, shortList } from "./columns.ts";
import type { Kind } from "./kind.ts";

const addressTypes: readonly string[] = ["FQDN", "IPv4", "IPv6"];
const protocols: readonly string[] = ["SCTP", "TCP", "UDP"];
const maxEndpoints = 1000;
const maxAddresses = 100;

export const endpointSliceKind: Kind<EndpointSlice> = {
  group: "discovery.k8s.io",
  version: "v1",
  kind: "EndpointSlice",
  resource: "endpointslices.discovery.k8s.io",
  plural: "endpointslices",
  singular: "endpointslice",
  shortNames: [],
  categories: [],
  namespaced: true,
  hasStatus: false,
  schema: "EndpointSlice",
  isName: isDnsSubdomain,
  columns: [
    nameColumn,
    column("AddressType", "The type of all addresses of this slice.", ({ addressType }) => addressType),
    column("Ports", "The ports of all endpoints of this slice.", portsText),
    column("Endpoints", "The addresses of this slice.", (slice) => {
      return shortList(
        slice.endpoints.flatMap(({ addresses }) => addresses),
        "<unset>",
      );
    }),
    ageColumn,
  ],
  selectableFields: {},
  deleteReturnsObject: false,

  generationOf: ({ addressType, endpoints, ports }) => [addressType, endpoints, ports],
  withDefaults(slice) {
    const endpoints = (slice.endpoints ?? []).map((endpoint) => ({ ...endpoint, addresses: endpoint.addresses ?? [] }));
    if (slice.ports === undefined) return { ...slice, endpoints };
    return { ...slice, endpoints, ports: slice.ports.map((port) => withPortDefaults(port)) };
  },
  validate(slice, before) {
    return [
      ...typeErrors(slice, before),
      ...(slice.endpoints.length > maxEndpoints ? [tooMany("endpoints", slice.endpoints.length, maxEndpoints)] : []),
      ...slice.endpoints.flatMap((endpoint, index) => endpointErrors(slice, endpoint, `endpoints[${index}]`)),
      ...portErrors(slice.ports ?? []),
    ];
  },
  takesOutOfService: (before, after) => !sameJson([before.endpoints, before.ports], [after.endpoints, after.ports]),
};

function withPortDefaults(port: EndpointPort): EndpointPort {
  return { ...port, name: port.name ?? "", protocol: port.protocol ?? "TCP" };
}

function typeErrors({ addressType }: EndpointSlice, before: EndpointSlice | undefined): FieldError[] {
  if (!addressType) return [required("addressType")];
  if (!addressTypes.includes(addressType)) return [notSupported("addressType", addressType, addressTypes)];
  if (before === undefined || before.addressType === addressType) return [];
  return [invalid("addressType", addressType, "field is immutable")];
}

function endpointErrors(slice: EndpointSlice, { addresses, hostname }: SliceEndpoint, field: string): FieldError[] {
  return [
    ...(addresses.length === 0 ? [required(`${field}.addresses`, "must contain at least 1 address")] : []),
    ...(addresses.length > maxAddresses ? [tooMany(`${field}.addresses`, addresses.length, maxAddresses)] : []),
    ...addresses.flatMap((address, index) => addressErrors(slice, address, `${field}.addresses[${index}]`)),
    ...(hostname === undefined ? [] : check(`${field}.hostname`, hostname, isDnsLabel)),
  ];
}

function addressErrors({ addressType }: EndpointSlice, address: string, field: string): FieldError[] {
  if (addressType === "FQDN") return check(field, address, isDnsSubdomain);
  const family = addressType === "IPv6" ? 6 : 4;
  if (parseIp(address)?.family === family) return [];
  return [invalid(field, address, `must be a valid IPv${family} address`)];
}

function portErrors(ports: readonly EndpointPort[]): FieldError[] {
  const names = new Set<string>();
  return [
    ...(ports.length > maxPorts ? [tooMany("ports", ports.length, maxPorts)] : []),
    ...ports.flatMap(({ name = "", protocol = "TCP" }, index) => {
      const isRepeated = names.has(name);
      names.add(name);
      return [
        ...(name === "" ? [] : check(`ports[${index}].name`, name, isDnsLabel)),
        ...(isRepeated ? [duplicate(`ports[${index}].name`, name)] : []),
        ...(protocols.includes(protocol) ? [] : [notSupported(`ports[${index}].protocol`, protocol, protocols)]),
      ];
    }),
  ];
}

function portsText({ ports = [] }: EndpointSlice): string {
  return shortList(
    ports.map(({ port }) => (port === undefined ? "*" : String(port))),
    "<unset>",
  );
}
