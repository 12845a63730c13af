import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kinds } from "../../../src/api/kinds/kinds.ts";
import { Refusal } from "../../../src/api/refusal.ts";
import { fieldsMatch, parseFieldSelector } from "../../../src/api/selectors/field-selector.ts";
import { parseLabelSelector } from "../../../src/api/selectors/label-selector.ts";
import { requirementsMatch } from "../../../src/domain/labels.ts";
import { pod } from "../../objects.ts";

const labels = { app: "web", tier: "front", "example.com/zone": "x", empty: "" };

describe("a label selector", () => {
  it.each<[string, boolean]>([
    ["app=web", true],
    ["app==web", true],
    ["app!=web", false],
    ["none!=web", true],
    ["app in (api,web)", true],
    ["app notin (api,web)", false],
    ["none notin (a)", true],
    ["app", true],
    ["!app", false],
    ["!none", true],
    ["example.com/zone=x,app", true],
    ["empty=", true],
    ["empty in ()", true],
    ["in=x", false],
    ["", true],
  ])("%j: %s", (text, expected) => {
    const requirements = parseLabelSelector(text);
    if (requirements instanceof Refusal) throw new Error("refused");
    expect(requirementsMatch(requirements, labels)).toBe(expected);
  });

  it.each(["=", "a=b=c", "a in", "a in b", "a in (b", "a,", ",a", "!", "!!a", "a b", "a>1", "a=b,,c", "()", "a/b/c=d"])(
    "%j is none",
    (text) => {
      expect(parseLabelSelector(text)).toBeInstanceOf(Refusal);
    },
  );

  it("of any text is read or refused", () => {
    const part = fc.constantFrom("a", "b", "=", "==", "!=", "!", ",", "(", ")", " in ", " notin ", "/", " ", "é", ">");
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const result = parseLabelSelector(parts.join(""));
        expect(result instanceof Refusal || Array.isArray(result)).toBe(true);
      }),
    );
  });
});

describe("a field selector", () => {
  const kind = kinds.find(({ resource }) => resource === "pods");
  const web = pod("a,b=c", {}, { nodeName: "n1" });

  it.each<[string, boolean]>([
    ["spec.nodeName=n1", true],
    ["spec.nodeName!=n1", false],
    [String.raw`metadata.name=a\,b\=c`, true],
    [String.raw`metadata.name=a\,b\=c,status.phase=Running`, true],
    ["metadata.namespace==default", true],
    ["spec.nodeName=", false],
    ["", true],
  ])("%j: %s", (text, expected) => {
    const requirements = parseFieldSelector(text, { selectableFields: kind?.selectableFields ?? {} });
    if (requirements instanceof Refusal) throw new Error("refused");
    expect(fieldsMatch(requirements, web)).toBe(expected);
  });

  it.each(["metadata.name", "constructor=x", "__proto__=x", "metadata.labels=x", "metadata.name=a=b", "=x"])(
    "%j is none",
    (text) => {
      expect(parseFieldSelector(text, { selectableFields: {} })).toBeInstanceOf(Refusal);
    },
  );
});
