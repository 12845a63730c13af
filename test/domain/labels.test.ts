import { describe, expect, it } from "vitest";
import { requirementsMatch, selectorMatches, type LabelRequirement } from "../../src/domain/labels.ts";

describe("a service's selector", () => {
  it.each([
    [{ app: "a" }, { app: "a", x: "y" }, true],
    [{ app: "a", x: "z" }, { app: "a", x: "y" }, false],
    [{ app: "a" }, {}, false],
    [{}, { app: "a" }, false],
    [undefined, { app: "a" }, false],
    [{ app: "a" }, undefined, false],
  ])("%j against %j: %s", (selector, labels, expected) => {
    expect(selectorMatches(selector, labels)).toBe(expected);
  });
});

describe("a label requirement", () => {
  const labels = { app: "kubia", tier: "" };
  it.each<[LabelRequirement, boolean]>([
    [{ operator: "in", key: "app", values: ["x", "kubia"] }, true],
    [{ operator: "in", key: "gone", values: ["x"] }, false],
    [{ operator: "notin", key: "app", values: ["kubia"] }, false],
    [{ operator: "notin", key: "gone", values: ["x"] }, true],
    [{ operator: "exists", key: "tier" }, true],
    [{ operator: "exists", key: "constructor" }, false],
    [{ operator: "absent", key: "toString" }, true],
    [{ operator: "absent", key: "tier" }, false],
  ])("%j: %s", (requirement, expected) => {
    expect(requirementsMatch([requirement], labels)).toBe(expected);
  });

  it("is met by everything when there is none", () => {
    expect(requirementsMatch([], undefined)).toBe(true);
  });
});
