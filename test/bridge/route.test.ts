import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { route, type OutsidePolicy, type RoutePolicy } from "../../src/bridge/route.ts";
import { nameToText, parseNameText } from "../../src/dns/wire/name-text.ts";
import { nameOctets } from "../../src/dns/wire/name.ts";
import { anyName } from "../dns/wire/arbitraries.ts";

const nameOf = (text: string) => parseNameText(text) ?? [];

const policy: RoutePolicy = {
  zones: ["cluster.local", "96.10.in-addr.arpa"].map(nameOf),
  searchList: ["default.svc.cluster.local", "svc.cluster.local"].map(nameOf),
  ndots: 1,
  outside: "forward",
};

/** The steps in one line each. */
function stepsOf(name: string, changes: Partial<RoutePolicy> = {}, type = 1): string[] {
  const steps = route({ name: nameOf(name), type, class: 1 }, { ...policy, ...changes });
  return steps.map((step) => (step.kind === "rollcall" ? nameToText(step.name) : step.kind));
}

const searched = (name: string) => [`${name}.default.svc.cluster.local.`, `${name}.svc.cluster.local.`];

describe("a name is looked for", () => {
  it.each<[why: string, name: string, changes: Partial<RoutePolicy>, steps: string[]]>([
    ["in Rollcall when it is in a zone, whatever its letters", "Web.Cluster.LOCAL", {}, ["web.cluster.local."]],
    ["in Rollcall when it is the zone", "cluster.local", {}, ["cluster.local."]],
    ["in Rollcall when it is in a reverse zone", "1.0.96.10.in-addr.arpa", {}, ["1.0.96.10.in-addr.arpa."]],
    ["outside when it only ends like a zone", "notcluster.local", {}, ["outside"]],
    ["outside when it is above a zone", "local", { ndots: 0 }, ["outside"]],
    ["through the search list when it is short, and then outside", "kubia", {}, [...searched("kubia"), "outside"]],
    ["outside alone when it has as many dots as ndots", "kubia.default", {}, ["outside"]],
    ["through the search list when ndots is higher", "a.b", { ndots: 2 }, [...searched("a.b"), "outside"]],
    ["outside alone when it is the root", ".", {}, ["outside"]],
    ["nowhere when it is outside, and that is refused", "example.com", { outside: "refuse" }, ["refused"]],
    ["through the search list alone when outside is refused", "kubia", { outside: "refuse" }, searched("kubia")],
    ["nowhere when there is no search list either", "kubia", { outside: "refuse", searchList: [] }, ["refused"]],
    ["only where there is room for it", `${"a".repeat(63)}.`, { searchList: [nameOf(long())] }, ["outside"]],
  ])("%s", (_, name, changes, expected) => {
    expect(stepsOf(name, changes)).toEqual(expected);
  });

  it.each([
    ["NS", 2],
    ["SOA", 6],
    ["DS", 43],
    ["DNSKEY", 48],
  ])("never through the search list for %s, which are asked of top-level domains", (_, type) => {
    expect(stepsOf("com", {}, type)).toEqual(["outside"]);
  });

  it("within the zones alone in Rollcall, and under names that fit", () => {
    const outside = fc.constantFrom<OutsidePolicy>("forward", "refuse", "upstream");
    fc.assert(
      fc.property(anyName, fc.nat(65_535), fc.nat(15), outside, (name, type, ndots, outside) => {
        const steps = route({ name, type, class: 1 }, { ...policy, ndots, outside });
        expect(steps.length).toBeGreaterThan(0);
        for (const step of steps) {
          if (step.kind !== "rollcall") continue;
          expect(nameOctets(step.name)).toBeLessThanOrEqual(255);
          expect(nameToText(step.name)).toMatch(/(^|\.)(cluster\.local|96\.10\.in-addr\.arpa)\.$/);
        }
        expect(steps.some(({ kind }) => kind === "outside") && outside === "refuse").toBe(false);
      }),
    );
  });
});

/** So long that nothing fits in front. */
function long(): string {
  return `${Array.from({ length: 3 }, () => "b".repeat(63)).join(".")}.cluster.local`;
}
