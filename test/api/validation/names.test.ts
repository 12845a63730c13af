import { describe, expect, it } from "vitest";
import {
  isDns1035Label,
  isDnsLabel,
  isDnsSubdomain,
  isLabelValue,
  isPortName,
  isQualifiedName,
} from "../../../src/api/validation/names.ts";

const long = (length: number) => "a".repeat(length);

describe.each([
  ["a DNS label", isDnsLabel, ["a", "0", "a-b", long(63)], ["", "-a", "a-", "A", "a.b", "a_b", long(64), "a\n"]],
  ["a DNS-1035 label", isDns1035Label, ["a", "a-0", long(63)], ["", "0a", "a-", "a.b", long(64)]],
  [
    "a DNS subdomain",
    isDnsSubdomain,
    ["a", "a.b", "0.1", `${long(63)}.${long(189)}`],
    ["", "a..b", ".a", "a.", "a.-b", "A", long(254)],
  ],
  ["a label's value", isLabelValue, ["", "a", "A_b.c-d", long(63)], ["-a", "a-", "a/b", "a b", long(64)]],
  [
    "a label's key",
    isQualifiedName,
    ["a", "A_b", "example.com/a"],
    ["", "/a", "a/", "a/b/c", "Example.com/a", "_a", long(64)],
  ],
  ["a port's name", isPortName, ["http", "a", "1a", "a-b"], ["", "HTTP", "80", "a--b", "-a", "a-", long(16)]],
])("%s", (_, rule, good, bad) => {
  it.each(good)("may be %j", (text) => expect(rule(text)).toBeUndefined());
  it.each(bad)("cannot be %j", (text) => expect(rule(text)).toBeTypeOf("string"));
});

it("a bad name is told what a good one is", () => {
  expect(isDnsSubdomain("Bad_Name")).toBe(
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and " +
      "end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
      String.raw`'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
  );
});
