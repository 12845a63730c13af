/** The rules of services. Source: kubernetes, pkg/apis/core/validation/validation.go, ValidateService. */
import { parseIp } from "../../../domain/ip.ts";
import { maxPorts, type Service, type ServicePort, type ServiceSpec } from "../../../domain/service.ts";
import { sameJson } from "../../json.ts";
import {
  duplicate,
  forbidden,
  invalid,
  notSupported,
  required,
  tooMany,
  type FieldError,
} from "../../validation/field-error.ts";
import { ipErrors } from "../../validation/addresses.ts";
import { check, validateLabels } from "../../validation/metadata.ts";
import { isDnsLabel, isDnsSubdomain, isPortName, isPortNumber } from "../../validation/names.ts";

const types: readonly string[] = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const protocols: readonly string[] = ["SCTP", "TCP", "UDP"];
const families: readonly string[] = ["IPv4", "IPv6"];
const policies: readonly string[] = ["PreferDualStack", "RequireDualStack", "SingleStack"];
const affinities: readonly string[] = ["ClientIP", "None"];

export function validateService({ spec }: Service, before: Service | undefined): FieldError[] {
  const type = spec.type ?? "ClusterIP";
  return [
    ...supported("spec.type", type, types),
    ...supported("spec.sessionAffinity", (spec as { sessionAffinity?: string }).sessionAffinity, affinities),
    ...(type === "ExternalName" ? aliasErrors(spec) : [...addressErrors(spec), ...familyErrors(spec)]),
    ...portsErrors(spec, type),
    ...validateLabels(spec.selector, "spec.selector"),
    ...(before === undefined ? [] : changeErrors(spec, before.spec)),
  ];
}

function supported(field: string, value: string | undefined, values: readonly string[]): FieldError[] {
  return value === undefined || values.includes(value) ? [] : [notSupported(field, value, values)];
}

function aliasErrors({ externalName = "", clusterIPs = [] }: ServiceSpec): FieldError[] {
  const name = externalName.replace(/\.$/, "");
  return [
    ...(name === "" ? [required("spec.externalName")] : check("spec.externalName", name, isDnsSubdomain)),
    ...(clusterIPs.length > 0 ? [forbidden("spec.clusterIPs", "may not be set when type is 'ExternalName'")] : []),
  ];
}

function addressErrors({ type, clusterIP, clusterIPs = [], ipFamilies = [] }: ServiceSpec): FieldError[] {
  if (clusterIPs.length === 0) return [];
  if (clusterIPs.length > 2) return [invalid("spec.clusterIPs", clusterIPs, "may only hold up to 2 values")];
  if (clusterIP !== clusterIPs[0]) {
    return [invalid("spec.clusterIPs[0]", clusterIPs, "first value must match `clusterIP`")];
  }
  if (clusterIP === "None") return headlessErrors(type, clusterIPs);
  const found = clusterIPs.map((ip) => parseIp(ip));
  const repeated = found.length === 2 && found[0]?.family === found[1]?.family;
  return [
    ...clusterIPs.flatMap((ip, index) => oneAddressErrors(ip, ipFamilies[index], `spec.clusterIPs[${index}]`)),
    ...(repeated && found.every((ip) => ip !== undefined)
      ? [invalid("spec.clusterIPs", clusterIPs, "may specify no more than one IP for each IP family")]
      : []),
  ];
}

function headlessErrors(type: string | undefined, clusterIPs: readonly string[]): FieldError[] {
  if (clusterIPs.length > 1) {
    return [invalid("spec.clusterIPs", clusterIPs, "'None' must be the first and only value")];
  }
  if (type === undefined || type === "ClusterIP") return [];
  return [invalid("spec.clusterIPs[0]", "None", `may not be set to 'None' for ${type} services`)];
}

function oneAddressErrors(ip: string, family: string | undefined, field: string): FieldError[] {
  const parsed = parseIp(ip);
  if (parsed === undefined) return ipErrors(ip, field);
  if (family === undefined || family === `IPv${parsed.family}`) return [];
  return [invalid(field, ip, `expected an ${family} value as indicated by \`ipFamilies\``)];
}

function familyErrors({ ipFamilies = [], ipFamilyPolicy }: ServiceSpec): FieldError[] {
  return [
    ...supported("spec.ipFamilyPolicy", ipFamilyPolicy, policies),
    ...(ipFamilies.length > 2 ? [invalid("spec.ipFamilies", ipFamilies, "may only hold up to 2 values")] : []),
    ...ipFamilies
      .slice(0, 2)
      .flatMap((family, index) => [
        ...supported(`spec.ipFamilies[${index}]`, family, families),
        ...(ipFamilies.indexOf(family) < index ? [duplicate(`spec.ipFamilies[${index}]`, family)] : []),
      ]),
  ];
}

function portsErrors({ ports = [], clusterIP }: ServiceSpec, type: string): FieldError[] {
  const mayLack = type === "ExternalName" || clusterIP === "None";
  return [
    ...(ports.length === 0 && !mayLack ? [required("spec.ports")] : []),
    ...ports.flatMap((port, index) => portErrors(port, ports.length > 1, `spec.ports[${index}]`)),
    ...repeatErrors(ports),
    ...(ports.length > maxPorts ? [tooMany("spec.ports", ports.length, maxPorts)] : []),
  ];
}

function portErrors(port: ServicePort, needsName: boolean, field: string): FieldError[] {
  const name = port.name ?? "";
  const problem = isPortNumber(port.port ?? 0);
  return [
    ...(name === "" && needsName ? [required(`${field}.name`)] : []),
    ...(name === "" ? [] : check(`${field}.name`, name, isDnsLabel)),
    ...(problem === undefined ? [] : [invalid(`${field}.port`, port.port ?? 0, problem)]),
    ...supported(`${field}.protocol`, port.protocol, protocols),
    ...targetErrors(port.targetPort, `${field}.targetPort`),
  ];
}

function targetErrors(target: number | string | undefined, field: string): FieldError[] {
  if (target === undefined) return [];
  if (typeof target === "string") return check(field, target, isPortName);
  const problem = isPortNumber(target);
  return problem === undefined ? [] : [invalid(field, target, problem)];
}

function repeatErrors(ports: readonly ServicePort[]): FieldError[] {
  const [names, numbers] = [new Set<string>(), new Set<string>()];
  return ports.flatMap(({ name, port, protocol }, index) => {
    const number = `${protocol} ${port}`;
    const errors = [
      ...(name && names.has(name) ? [duplicate(`spec.ports[${index}].name`, name)] : []),
      ...(numbers.has(number) ? [duplicate(`spec.ports[${index}]`, { port, protocol })] : []),
    ];
    names.add(name ?? "");
    numbers.add(number);
    return errors;
  });
}

/** Clients hold on to an address and to its family; a service has them for life, or until it becomes an alias. */
function changeErrors(spec: ServiceSpec, was: ServiceSpec): FieldError[] {
  if (spec.type === "ExternalName" || was.type === "ExternalName") return [];
  const fixed = ["clusterIPs", "ipFamilies"] as const;
  return fixed.flatMap((name) => {
    const [is, before] = [spec[name], was[name]];
    if (before?.[0] === undefined || sameJson(is?.[0], before[0])) return [];
    return [invalid(`spec.${name}[0]`, is ?? [], "may not change once set")];
  });
}
