import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseChoice } from "../../src/dns/choice.ts";
import { parseQuestion } from "../../src/dns/question.ts";
import { soundZones } from "./fake-cluster.ts";

const none = undefined;

describe("the names that choose", () => {
  it.each([
    ["_pick", { kind: "parent" }],
    ["_zone", { kind: "parent" }],
    ["_near", { kind: "near" }],
    ["_any1._pick", { kind: "any", count: 1 }],
    ["_any99._pick", { kind: "any", count: 99 }],
    ["_any0._pick", none],
    ["_any03._pick", none],
    ["_any100._pick", none],
    ["_any._pick", none],
    ["any3._pick", none],
    ["_any3", none],
    ["_any3._near", none],
    ["_any3._zone", none],
    ["_key-a._pick", { kind: "key", key: "a" }],
    ["_key-0af9_-x._pick", { kind: "key", key: "0af9_-x" }],
    [`_key-${"k".repeat(58)}._pick`, { kind: "key", key: "k".repeat(58) }],
    ["_key-._pick", none],
    ["_key._pick", none],
    ["_key-ä._pick", none],
    ["eu-1._zone", { kind: "zone", zone: "eu-1" }],
    ["eu_1._zone", { kind: "zone", zone: "eu_1" }],
    ["_eu._zone", none],
    ["eu-._zone", none],
    ["eu-1._pick", none],
    ["x._near", none],
    ["x.eu-1._zone", none],
    ["x._any3._pick", none],
  ])("%s: %j", (name, choice) => {
    const labels = name.split(".");
    const last = labels.at(-1) ?? "";
    expect(["_pick", "_zone", "_near"].includes(last) ? parseChoice(labels) : undefined).toEqual(choice);
  });

  it("take a zone with a dot in it, which is one label", () => {
    expect(parseChoice(["eu.west", "_zone"])).toEqual({ kind: "zone", zone: "eu.west" });
  });
});

describe("Kubernetes' own names", () => {
  const zones = soundZones("cluster.local");
  const service = ["web", "default", "svc", "cluster", "local"];
  const hostname = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
  const port = fc.stringMatching(/^[a-z0-9-]{1,15}$/);
  const protocol = fc.constantFrom("tcp", "udp", "sctp");

  it("are never taken for names that choose: endpoints, protocols, ports of any name", () => {
    const names = fc.oneof(
      hostname.map((label) => [label]),
      protocol.map((name) => [`_${name}`]),
      fc.tuple(port, protocol).map(([name, of]) => [`_${name}`, `_${of}`]),
      fc
        .tuple(fc.constantFrom("_any3", "_key-x", "_pick", "_zone", "_near"), protocol)
        .map(([name, of]) => [name, `_${of}`]),
    );
    fc.assert(
      fc.property(names, (labels) => {
        const question = parseQuestion([...labels, ...service], zones);
        expect(question).toMatchObject({
          kind: "service",
          part: { kind: expect.stringMatching(/^(endpoint|protocol|port)$/) },
        });
      }),
    );
  });
});
