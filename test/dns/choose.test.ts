import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Choice } from "../../src/dns/choice.ts";
import { choose, type Candidate } from "../../src/dns/choose.ts";

const nowhere = { random: () => 0, places: () => [] };

function candidate(identity: string, place: Partial<Candidate> = {}): Candidate {
  return { identity, zone: undefined, region: undefined, ...place };
}

const pods = Array.from({ length: 20 }, (_, index) => candidate(`web-${index}`));
const keys = Array.from({ length: 20_000 }, (_, index) => index.toString(36));
const somePods = fc.uniqueArray(fc.stringMatching(/^[a-z0-9]{1,10}$/), { minLength: 1, maxLength: 30 });
const someKey = fc.stringMatching(/^[a-z0-9_-]{1,58}$/);

function names(chosen: readonly Candidate[]): string[] {
  return chosen.map(({ identity }) => identity);
}

function podOf(key: string, among: readonly Candidate[]): string | undefined {
  return choose({ kind: "key", key }, among, nowhere)[0]?.identity;
}

function shares(of: readonly (string | undefined)[]): number[] {
  const counts = new Map<string | undefined, number>();
  for (const name of of) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts.values()];
}

describe("a key", () => {
  it("has one pod, whatever the order of the list", () => {
    fc.assert(
      fc.property(somePods, someKey, fc.infiniteStream(fc.nat()), (identities, key, order) => {
        const inOrder = identities.map((identity) => candidate(identity));
        const shuffled = inOrder
          .map((item) => ({ item, rank: order.next().value ?? 0 }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ item }) => item);
        expect(podOf(key, shuffled)).toBe(podOf(key, inOrder));
      }),
    );
  });

  it("moves only if its own pod leaves", () => {
    fc.assert(
      fc.property(somePods, someKey, fc.nat(), (identities, key, at) => {
        const all = identities.map((identity) => candidate(identity));
        const leaver = all[at % all.length]?.identity;
        const before = podOf(key, all);
        fc.pre(before !== leaver);
        const left = all.filter(({ identity }) => identity !== leaver);
        expect(podOf(key, left)).toBe(before);
      }),
    );
  });

  it("comes to a new pod, or stays where it is", () => {
    fc.assert(
      fc.property(somePods, someKey, (identities, key) => {
        const [joiner = "", ...others] = identities;
        fc.pre(others.length > 0);
        const before = podOf(
          key,
          others.map((identity) => candidate(identity)),
        );
        expect([before, joiner]).toContain(
          podOf(
            key,
            identities.map((identity) => candidate(identity)),
          ),
        );
      }),
    );
  });

  it("is as likely to be any pod's as another's", () => {
    // A thousand each are to be expected, with a standard deviation of 31.
    const counts = shares(keys.map((key) => podOf(key, pods)));
    expect(counts).toHaveLength(20);
    expect(Math.min(...counts)).toBeGreaterThan(850);
    expect(Math.max(...counts)).toBeLessThan(1150);
  });

  it("of a pod that has left goes to all others in equal shares", () => {
    const orphans = keys.filter((key) => podOf(key, pods) === "web-7");
    const left = pods.filter(({ identity }) => identity !== "web-7");
    const counts = shares(orphans.map((key) => podOf(key, left)));
    // About 53 each, with a standard deviation of 7.
    expect(counts).toHaveLength(19);
    expect(Math.max(...counts)).toBeLessThan(90);
  });

  it("has all addresses of its pod", () => {
    const twice = [candidate("a"), candidate("a"), candidate("b"), candidate("b")];
    expect(names(choose({ kind: "key", key: "x" }, twice, nowhere))).toHaveLength(2);
  });
});

describe("any number of them", () => {
  it("are different ones, and as many as were asked for, or all", () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(somePods, fc.integer({ min: 1, max: 99 }), fc.infiniteStream(random), (identities, count, chance) => {
        const all = identities.map((identity) => candidate(identity));
        const chosen = names(
          choose({ kind: "any", count }, all, { ...nowhere, random: () => chance.next().value ?? 0 }),
        );
        expect(new Set(chosen).size).toBe(Math.min(count, all.length));
        expect(identities).toEqual(expect.arrayContaining(chosen));
      }),
    );
  });

  it("are each as likely as any other", () => {
    let state = 1;
    const random = (): number => (state = (state * 48_271) % 0x7fff_ffff) / 0x7fff_ffff;
    const drawn = Array.from({ length: 10_000 }, () => choose({ kind: "any", count: 2 }, pods, { ...nowhere, random }));
    const counts = shares(drawn.flatMap(names));
    expect(counts).toHaveLength(20);
    expect(Math.min(...counts)).toBeGreaterThan(850);
    expect(Math.max(...counts)).toBeLessThan(1150);
  });
});

const placed = [
  candidate("ams", { zone: "AMS", region: "weur" }),
  candidate("fra", { zone: "FRA", region: "weur" }),
  candidate("nrt", { zone: "NRT", region: "apac" }),
  candidate("adrift"),
];
const all = ["ams", "fra", "nrt", "adrift"];

describe("a zone", () => {
  it.each([
    ["ams", ["ams"]],
    ["nrt", ["nrt"]],
    ["weur", all],
    ["lax", all],
  ])("%s: %j", (zone, expected) => {
    expect(names(choose({ kind: "zone", zone }, placed, nowhere))).toEqual(expected);
  });
});

describe("near", () => {
  it.each<[string[], string[]]>([
    [["AMS", "NL", "weur", "eeur"], ["ams"]],
    [
      ["CDG", "FR", "weur", "eeur"],
      ["ams", "fra"],
    ],
    [["SYD", "AU", "oc", "apac", "weur"], ["nrt"]],
    [["ams"], all],
    [[], all],
  ])("for somebody at %j: %j", (places, expected) => {
    expect(names(choose({ kind: "near" }, placed, { ...nowhere, places: () => places }))).toEqual(expected);
  });
});

it.each<Choice>([
  { kind: "any", count: 3 },
  { kind: "key", key: "x" },
  { kind: "zone", zone: "ams" },
  { kind: "near" },
])("of nobody is nobody: %j", (choice) => {
  expect(choose(choice, [], nowhere)).toEqual([]);
});
