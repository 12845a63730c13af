import { describe, expect, it } from "vitest";
import type { Context } from "../../../src/api/context.ts";
import { serviceKind } from "../../../src/api/kinds/service/service.ts";
import { fieldErrorText } from "../../../src/api/validation/field-error.ts";
import { Warnings } from "../../../src/api/warnings.ts";
import type { Service, ServiceSpec } from "../../../src/domain/service.ts";
import { service } from "../../objects.ts";

const ports = [{ port: 80 }];

function errorsOf(spec: ServiceSpec): string[] {
  return serviceKind
    .validate(serviceKind.withDefaults(service("web", spec)), undefined)
    .map((error) => fieldErrorText(error));
}

function replaced(before: ServiceSpec, after: ServiceSpec): { spec: ServiceSpec; errors: string[] } {
  const [was, sent] = [service("web", before), service("web", after)];
  const next = serviceKind.withDefaults(serviceKind.inherit?.(sent, was) ?? sent);
  return { spec: next.spec, errors: serviceKind.validate(next, was).map((error) => fieldErrorText(error)) };
}

const written: ServiceSpec = {
  type: "ClusterIP",
  clusterIP: "10.96.0.10",
  clusterIPs: ["10.96.0.10"],
  ipFamilies: ["IPv4"],
  ipFamilyPolicy: "SingleStack",
  ports,
};

describe("defaults", () => {
  it("are those of Kubernetes, and the same when they are filled in twice", () => {
    const once = serviceKind.withDefaults({
      ...service("web"),
      spec: { ports: [{ port: 80 }, { port: 443, targetPort: "https" }] },
    });
    expect(once.spec).toEqual({
      type: "ClusterIP",
      sessionAffinity: "None",
      internalTrafficPolicy: "Cluster",
      ports: [
        { port: 80, protocol: "TCP", targetPort: 80 },
        { port: 443, protocol: "TCP", targetPort: "https" },
      ],
    });
    expect(serviceKind.withDefaults(once)).toEqual(once);
  });

  it("stand in for a spec that is missing, so that validation can say so", () => {
    const bare = { apiVersion: "v1", kind: "Service", metadata: service("web").metadata } as Service;
    const errors = serviceKind.validate(serviceKind.withDefaults(bare), undefined);
    expect(errors.map((error) => fieldErrorText(error))).toEqual(["spec.ports: Required value"]);
  });

  it("keep clusterIP and clusterIPs in accord, in canonical text, and take empty ones for none", () => {
    const specOf = (spec: ServiceSpec) => serviceKind.withDefaults(service("web", spec)).spec;
    expect(specOf({ clusterIP: "FD00::0:9" })).toMatchObject({ clusterIP: "fd00::9", clusterIPs: ["fd00::9"] });
    expect(specOf({ clusterIPs: ["10.96.0.9"] })).toMatchObject({ clusterIP: "10.96.0.9", clusterIPs: ["10.96.0.9"] });
    expect(specOf({ clusterIP: "", clusterIPs: [] })).not.toHaveProperty("clusterIP");
  });
});

describe("validation", () => {
  it.each<[string, ServiceSpec, string[]]>([
    ["no port", {}, ["spec.ports: Required value"]],
    [
      "two ports without names",
      { ports: [{ port: 80 }, { port: 81 }] },
      ["spec.ports[0].name: Required value", "spec.ports[1].name: Required value"],
    ],
    [
      "two ports of one name",
      {
        ports: [
          { name: "a", port: 80 },
          { name: "a", port: 81 },
        ],
      },
      ['spec.ports[1].name: Duplicate value: "a"'],
    ],
    [
      "one port twice",
      {
        ports: [
          { name: "a", port: 80 },
          { name: "b", port: 80 },
        ],
      },
      ['spec.ports[1]: Duplicate value: {"port":80,"protocol":"TCP"}'],
    ],
    [
      "a port out of range",
      { ports: [{ port: 0 }] },
      [
        "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive",
        "spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive",
      ],
    ],
    [
      "a protocol that is none",
      { ports: [{ port: 80, protocol: "ICMP" as "TCP" }] },
      ['spec.ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"'],
    ],
    [
      "a type that is none",
      { ports, type: "Foo" as "ClusterIP" },
      [
        'spec.type: Unsupported value: "Foo": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
      ],
    ],
    [
      "an address that is none",
      { ports, clusterIP: "10.96.0" },
      ['spec.clusterIPs[0]: Invalid value: "10.96.0": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
    ],
    [
      "two addresses of one family",
      { ports, clusterIPs: ["10.96.0.1", "10.96.0.2"] },
      ['spec.clusterIPs: Invalid value: ["10.96.0.1","10.96.0.2"]: may specify no more than one IP for each IP family'],
    ],
    [
      "an address of another family than it says",
      { ports, clusterIP: "10.96.0.1", ipFamilies: ["IPv6"] },
      ['spec.clusterIPs[0]: Invalid value: "10.96.0.1": expected an IPv6 value as indicated by `ipFamilies`'],
    ],
    [
      "a load balancer that is headless",
      { ports, type: "LoadBalancer", clusterIP: "None" },
      ["spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for LoadBalancer services"],
    ],
    ["an alias of nothing", { type: "ExternalName" }, ["spec.externalName: Required value"]],
    [
      "an alias with an address",
      { type: "ExternalName", externalName: "a.example", clusterIP: "10.96.0.1" },
      ["spec.clusterIPs: Forbidden: may not be set when type is 'ExternalName'"],
    ],
  ])("refuses %s", (_, spec, errors) => {
    expect(errorsOf(spec)).toEqual(errors);
  });

  it.each<[string, ServiceSpec]>([
    ["headless without ports", { clusterIP: "None" }],
    ["an alias", { type: "ExternalName", externalName: "my.example.com." }],
    ["at a virtual IP of one's own", { ports, clusterIP: "203.0.113.7" }],
    ["of both families", { ports, clusterIPs: ["10.96.0.1", "fd00::1"], ipFamilies: ["IPv4", "IPv6"] }],
  ])("lets a service be %s", (_, spec) => {
    expect(errorsOf(spec)).toEqual([]);
  });

  it("judges a selector's labels", () => {
    expect(errorsOf({ ports, selector: { "a b": "c" } })).toHaveLength(1);
  });
});

describe("replacing", () => {
  it("keeps the address that was given out when the manifest names none", () => {
    expect(replaced(written, { ports })).toMatchObject({ errors: [], spec: written });
    expect(replaced(written, { ports, clusterIP: "" })).toMatchObject({ errors: [], spec: written });
  });

  it.each<[string, ServiceSpec]>([
    ["clusterIP", { ports, clusterIP: "10.96.0.11" }],
    ["clusterIP alone", { ...written, clusterIP: "10.96.0.11" }],
    ["clusterIPs alone", { ...written, clusterIPs: ["10.96.0.11"] }],
  ])("may not change an address by %s", (_, spec) => {
    expect(replaced(written, spec).errors).toEqual([
      'spec.clusterIPs[0]: Invalid value: ["10.96.0.11"]: may not change once set',
    ]);
  });

  it("may not make a service headless, nor give a headless one an address", () => {
    const headless: ServiceSpec = { ...written, clusterIP: "None", clusterIPs: ["None"] };
    expect(replaced(written, { ports, clusterIP: "None" }).errors).toEqual([
      'spec.clusterIPs[0]: Invalid value: ["None"]: may not change once set',
    ]);
    expect(replaced(headless, { ports, clusterIP: "10.96.0.11" }).errors).toHaveLength(1);
  });

  it("may turn a service into an alias and back, addresses apart", () => {
    const alias: ServiceSpec = { ...written, type: "ExternalName", externalName: "a.example" };
    const { spec, errors } = replaced(written, alias);
    expect(errors).toEqual([]);
    expect(spec).not.toHaveProperty("clusterIP");
    expect(spec).not.toHaveProperty("ipFamilies");
    expect(replaced(spec, { ports, type: "ClusterIP" }).errors).toEqual([]);
  });

  it("may add a second family but not change the first", () => {
    expect(
      replaced(written, { ports, ipFamilyPolicy: "PreferDualStack", ipFamilies: ["IPv4", "IPv6"] }).errors,
    ).toEqual([]);
    expect(replaced(written, { ports, ipFamilies: ["IPv6"] }).errors).toContain(
      'spec.ipFamilies[0]: Invalid value: ["IPv6"]: may not change once set',
    );
  });
});

it.each([
  ["5", 0],
  ["3600", 0],
  ["3601", 1],
  ["5s", 1],
])("a DNS TTL of %s gets %d warnings", async (ttl, count) => {
  const warnings = new Warnings();
  const made = serviceKind.withDefaults(service("web", { ports }, { annotations: { "rollcall.dev/dns-ttl": ttl } }));
  await serviceKind.prepareCreate?.(made, { warnings } as Context);
  serviceKind.prepareUpdate?.(made, made, { warnings } as Context);
  expect(warnings.headers()).toHaveLength(count);
});
