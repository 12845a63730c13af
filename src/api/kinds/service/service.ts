/** core/v1 Service. */
import {
  clusterIPs,
  maxTtlSeconds,
  parseTtlSeconds,
  ttlAnnotation,
  type Service,
  type ServicePort,
} from "../../../domain/service.ts";
import type { Context } from "../../context.ts";
import { sameJson } from "../../json.ts";
import { isDns1035Label } from "../../validation/names.ts";
import { ageColumn, column, nameColumn, selectorText, wideColumn } from "../columns.ts";
import type { Kind } from "../kind.ts";
import { allocateClusterIPs } from "./allocate.ts";
import { withInheritedAddresses, withServiceDefaults } from "./service-defaults.ts";
import { validateService } from "./validate-service.ts";

export const serviceKind: Kind<Service> = {
  group: "",
  version: "v1",
  kind: "Service",
  resource: "services",
  plural: "services",
  singular: "service",
  shortNames: ["svc"],
  categories: ["all"],
  namespaced: true,
  hasStatus: true,
  schema: "Service",
  isName: isDns1035Label,
  columns: [
    nameColumn,
    column("Type", "How the service is exposed.", ({ spec }) => spec.type ?? "ClusterIP"),
    column("Cluster-IP", "What DNS answers with; None for the pods themselves.", clusterIpText),
    column("External-IP", "Addresses from outside.", externalText),
    column("Port(s)", "The ports of the service.", ({ spec }) => portsText(spec.ports ?? [])),
    ageColumn,
    wideColumn("Selector", "The labels of its pods.", ({ spec }) => selectorText(spec.selector)),
  ],
  selectableFields: {
    "spec.clusterIP": ({ spec }) => spec.clusterIP ?? "",
    "spec.type": ({ spec }) => spec.type ?? "",
  },
  replaceCreates: true,
  deleteReturnsObject: true,

  withDefaults: withServiceDefaults,
  validate: validateService,
  prepareCreate(service, context) {
    warnOfTtl(service, context);
    return { ...service, status: { loadBalancer: {} } };
  },
  prepareUpdate(service, _, context) {
    warnOfTtl(service, context);
    return service;
  },
  inherit: withInheritedAddresses,
  allocate: allocateClusterIPs,
  takesOutOfService: (before, after) => !sameJson(before.spec, after.spec),
};

function warnOfTtl({ metadata }: Service, { warnings }: Context): void {
  const ttl = metadata.annotations?.[ttlAnnotation];
  if (ttl === undefined || parseTtlSeconds(ttl) !== undefined) return;
  warnings.add(
    `metadata.annotations[${ttlAnnotation}]: ${JSON.stringify(ttl)} is no number of seconds from 0 to ${maxTtlSeconds}, ` +
      "the default is used",
  );
}

function clusterIpText(service: Service): string {
  if (service.spec.clusterIP === "None") return "None";
  return clusterIPs(service)[0] ?? "<none>";
}

/** The fields that say where a service is reached from outside; nothing here provides it. */
interface Outward {
  externalIPs?: string[];
  externalName?: string;
}

function externalText({ spec, status }: Service): string {
  const { externalIPs = [], externalName } = spec as Outward;
  if (spec.type === "ExternalName") return externalName ?? "<none>";
  const balancer = (status as { loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] } } | undefined)
    ?.loadBalancer;
  const ingress = (balancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? "");
  const all = spec.type === "LoadBalancer" ? [...ingress, ...externalIPs] : externalIPs;
  if (all.length > 0) return all.join(",");
  return spec.type === "LoadBalancer" ? "<pending>" : "<none>";
}

function portsText(ports: readonly ServicePort[]): string {
  if (ports.length === 0) return "<none>";
  const texts = ports.map(
    ({ port, nodePort, protocol = "TCP" }) => `${port}${nodePort ? `:${nodePort}` : ""}/${protocol}`,
  );
  return texts.join(",");
}
