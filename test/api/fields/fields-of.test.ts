import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changesBetween, taken } from "../../../src/api/fields/field-changes.ts";
import { fieldsOf } from "../../../src/api/fields/fields-of.ts";
import { pathsOf, toFieldsV1 } from "../../../src/api/fields/field-set.ts";
import { indistinctItems } from "../../../src/api/fields/indistinct-items.ts";
import { pathText } from "../../../src/api/fields/path-element.ts";
import type { Shape } from "../../../src/api/fields/shape.ts";
import type { Json } from "../../../src/api/json.ts";
import { leavesOf, podShape, service, serviceShape } from "./documents.ts";

describe("the fields of a document", () => {
  const cases: [what: string, Shape, Json, fields: Json][] = [
    [
      "a service's ports are told apart by port and protocol, TCP where it is left out",
      serviceShape,
      {
        spec: {
          ports: [
            { port: 80, targetPort: "http" },
            { port: 80, protocol: "UDP" },
          ],
        },
      },
      {
        "f:spec": {
          "f:ports": {
            'k:{"port":80,"protocol":"TCP"}': { ".": {}, "f:port": {}, "f:targetPort": {} },
            'k:{"port":80,"protocol":"UDP"}': { ".": {}, "f:port": {}, "f:protocol": {} },
          },
        },
      },
    ],
    [
      "a selector is owned as one",
      serviceShape,
      { spec: { selector: { a: "b" } } },
      { "f:spec": { "f:selector": {} } },
    ],
    [
      "labels are owned one by one, finalizers too",
      serviceShape,
      { metadata: { labels: { a: "b" }, finalizers: ["x/y"] } },
      { "f:metadata": { "f:labels": { "f:a": {} }, "f:finalizers": { 'v:"x/y"': {} } } },
    ],
    [
      "a container's ports and variables",
      podShape,
      {
        spec: {
          containers: [{ name: "main", ports: [{ containerPort: 80 }], env: [{ name: "A", value: "b" }], args: ["x"] }],
        },
      },
      {
        "f:spec": {
          "f:containers": {
            'k:{"name":"main"}': {
              ".": {},
              "f:name": {},
              "f:args": {},
              "f:ports": { 'k:{"containerPort":80,"protocol":"TCP"}': { ".": {}, "f:containerPort": {} } },
              "f:env": { 'k:{"name":"A"}': { ".": {}, "f:name": {}, "f:value": {} } },
            },
          },
        },
      },
    ],
    [
      "references are owned as one",
      podShape,
      { metadata: { ownerReferences: [{ uid: "u", name: "n" }] }, spec: { imagePullSecrets: [{ name: "s" }] } },
      {
        "f:metadata": { "f:ownerReferences": { 'k:{"uid":"u"}': {} } },
        "f:spec": { "f:imagePullSecrets": { 'k:{"name":"s"}': {} } },
      },
    ],
    [
      "a condition by its type, an address by its IP",
      podShape,
      { status: { conditions: [{ type: "Ready", status: "True" }], podIPs: [{ ip: "10.0.0.1" }] } },
      {
        "f:status": {
          "f:conditions": { 'k:{"type":"Ready"}': { ".": {}, "f:type": {}, "f:status": {} } },
          "f:podIPs": { 'k:{"ip":"10.0.0.1"}': { ".": {}, "f:ip": {} } },
        },
      },
    ],
    [
      "an empty struct is owned, an empty list is not",
      podShape,
      { spec: { securityContext: {}, containers: [] } },
      { "f:spec": { "f:securityContext": {} } },
    ],
    [
      "items that cannot be told apart are owned as one",
      serviceShape,
      { spec: { ports: [{ port: 80 }, { port: 80 }] } },
      { "f:spec": { "f:ports": {} } },
    ],
  ];
  it.each(cases)("%s", (_, shape, document, expected) => {
    expect(toFieldsV1(fieldsOf(document, shape))).toEqual(expected);
  });

  it("are all its leaves, and beyond them only what holds leaves", () => {
    fc.assert(
      fc.property(service, (document) => {
        const paths = pathsOf(fieldsOf(document, serviceShape)).map((path) => pathText(path));
        const leaves = [...leavesOf(document).keys()];
        expect(leaves.filter((leaf) => !paths.includes(leaf))).toEqual([]);
        const beyond = paths.filter((path) => !leaves.includes(path));
        expect(beyond.filter((path) => !/\]$|^\.(metadata|spec)$|labels|Config/.test(path))).toEqual([]);
      }),
    );
  });
});

describe("the changes between two documents", () => {
  it("are those of their leaves", () => {
    fc.assert(
      fc.property(service, service, (before, after) => {
        const changes = changesBetween(before, after, serviceShape);
        const [was, is] = [leavesOf(before), leavesOf(after)];
        const all = new Set([...was.keys(), ...is.keys()]);
        const among = (set: Parameters<typeof pathsOf>[0]): Set<string> => {
          return new Set(
            pathsOf(set)
              .map((path) => pathText(path))
              .filter((path) => all.has(path)),
          );
        };
        const where = (keep: (leaf: string) => boolean): Set<string> => new Set([...all].filter((leaf) => keep(leaf)));
        expect(among(changes.added)).toEqual(where((leaf) => !was.has(leaf)));
        expect(among(changes.removed)).toEqual(where((leaf) => !is.has(leaf)));
        expect(among(changes.modified)).toEqual(
          where((leaf) => was.has(leaf) && is.has(leaf) && was.get(leaf) !== is.get(leaf)),
        );
      }),
    );
  });

  it("say of a list that is new that it is, which creating the object with it did not", () => {
    const ports = [{ port: 80, protocol: "TCP" }];
    const item = { 'k:{"port":80,"protocol":"TCP"}': { ".": {}, "f:port": {}, "f:protocol": {} } };
    expect(toFieldsV1(taken(changesBetween({ spec: {} }, { spec: { ports } }, serviceShape)))).toEqual({
      "f:spec": { "f:ports": { ".": {}, ...item } },
    });
  });

  it("are of one field where the lists cannot be taken apart", () => {
    const twice = { spec: { ports: [{ port: 80 }, { port: 80 }] } };
    const once = { spec: { ports: [{ port: 80 }] } };
    for (const [before, after] of [
      [twice, once],
      [once, twice],
    ] as const) {
      expect(toFieldsV1(changesBetween(before, after, serviceShape).modified)).toEqual({ "f:spec": { "f:ports": {} } });
    }
  });
});

describe("items that are not told apart", () => {
  it.each([
    [
      { spec: { ports: [{ port: 80 }, { port: 80, protocol: "TCP" }] } },
      ['.spec.ports: duplicate entries for key [port=80,protocol="TCP"]'],
    ],
    [
      { spec: { ports: [{ name: "http" }] } },
      [
        '.spec.ports: element 0: associative list with keys has an element that omits key field "port" (and doesn\'t have default value)',
      ],
    ],
    [{ metadata: { finalizers: ["a/b", "a/b"] } }, ['.metadata.finalizers: duplicate entries for key [="a/b"]']],
    [{ spec: { externalIPs: ["a", "a"], selector: { a: "b" } } }, []],
  ])("are named as Kubernetes names them: %j", (document, expected) => {
    expect(indistinctItems(document, serviceShape)).toEqual(expected);
  });
});
