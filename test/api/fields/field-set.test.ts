import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  difference,
  fieldSet,
  intersection,
  isEmpty,
  isSame,
  noFields,
  parseFieldsV1,
  pathsOf,
  thisField,
  toFieldsV1,
  union,
  type FieldSet,
} from "../../../src/api/fields/field-set.ts";
import { pathText } from "../../../src/api/fields/path-element.ts";

/** The reference: a set of fields is a list of paths, each a text. */
type Paths = ReadonlySet<string>;

const element = fc.constantFrom("f:spec", "f:ports", 'k:{"port":80,"protocol":"TCP"}', 'v:"x"', "i:0");
const path = fc.array(element, { minLength: 1, maxLength: 3 });
const paths = fc.array(path, { maxLength: 12 });

function setOf(all: readonly (readonly string[])[]): FieldSet {
  return all.map((each) => only(each)).reduce((set, each) => union(set, each), noFields);
}

function only([first, ...rest]: readonly string[]): FieldSet {
  return first === undefined ? thisField : fieldSet(false, [[first, only(rest)]]);
}

function textsOf(all: readonly (readonly string[])[]): Paths {
  return new Set(all.map((each) => each.join("/")));
}

describe("a set of fields", () => {
  it("is joined, subtracted and intersected as its list of paths is", () => {
    fc.assert(
      fc.property(paths, paths, (one, other) => {
        const [a, b] = [setOf(one), setOf(other)];
        const [inA, inB] = [textsOf(one), textsOf(other)];
        expect(textsOf(pathsOf(union(a, b)))).toEqual(new Set([...inA, ...inB]));
        expect(textsOf(pathsOf(difference(a, b)))).toEqual(new Set([...inA].filter((each) => !inB.has(each))));
        expect(textsOf(pathsOf(intersection(a, b)))).toEqual(new Set([...inA].filter((each) => inB.has(each))));
        const isEqual = inA.size === inB.size && [...inA].every((each) => inB.has(each));
        expect(isSame(a, b)).toBe(isEqual);
        expect(isEmpty(difference(a, a))).toBe(true);
      }),
    );
  });

  it("is the same after it was written and read", () => {
    fc.assert(
      fc.property(paths, (all) => {
        const set = setOf(all);
        const written = JSON.parse(JSON.stringify(toFieldsV1(set))) as ReturnType<typeof toFieldsV1>;
        expect(isSame(parseFieldsV1(written) ?? noFields, set)).toBe(true);
      }),
    );
  });

  it("is written as Kubernetes writes it, in one order", () => {
    const set = setOf([
      ["f:spec", "f:type"],
      ["f:spec", "f:ports", 'k:{"port":80,"protocol":"TCP"}', "f:port"],
      ["f:spec", "f:ports", 'k:{"port":80,"protocol":"TCP"}'],
      ["f:metadata", "f:finalizers", 'v:"a/b"'],
      ["f:metadata", "f:finalizers"],
    ]);
    expect(JSON.stringify(toFieldsV1(set))).toBe(
      '{"f:metadata":{"f:finalizers":{".":{},"v:\\"a/b\\"":{}}},"f:spec":{"f:ports":' +
        '{"k:{\\"port\\":80,\\"protocol\\":\\"TCP\\"}":{".":{},"f:port":{}}},"f:type":{}}}',
    );
  });

  it("is the same however a key is spelt", () => {
    const [one, other] = [{ 'k:{"protocol": "TCP", "port": 80}': {} }, { 'k:{"port":80,"protocol":"TCP"}': {} }];
    expect(toFieldsV1(parseFieldsV1(one) ?? noFields)).toEqual(other);
  });

  it.each([
    ["no object", 1],
    ["an unknown form", { "x:y": {} }],
    ["a key that is no JSON", { "k:{": {} }],
    ["a key that nests", { 'k:{"a":[]}': {} }],
    ["a value that nests", { [`v:${"[".repeat(100_000)}${"]".repeat(100_000)}`]: {} }],
    ["an index that is none", { "i:-1": {} }],
    ["something that is no set", { "f:spec": true }],
  ])("is not read from %s", (_, fields) => {
    expect(parseFieldsV1(fields)).toBeUndefined();
  });

  it("shows its paths as Kubernetes' conflicts do", () => {
    expect(pathText(["f:spec", "f:ports", 'k:{"port":80,"protocol":"TCP"}', "f:targetPort"])).toBe(
      '.spec.ports[port=80,protocol="TCP"].targetPort',
    );
    expect(pathText(["f:metadata", "f:finalizers", 'v:"a/b"'])).toBe('.metadata.finalizers[="a/b"]');
    expect(pathText(["f:items", "i:3"])).toBe(".items[3]");
  });
});
