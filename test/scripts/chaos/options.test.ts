import { describe, expect, it } from "vitest";
import { chance } from "../../../scripts/chaos/chance.ts";
import { faultNames, planFaults, type PlannedFault } from "../../../scripts/chaos/fault-plan.ts";
import { parseOptions } from "../../../scripts/chaos/options.ts";

describe("what chaos may be told", () => {
  it("is nothing at all: ten minutes, a seed of chance", () => {
    expect(parseOptions([], 42)).toEqual({
      kind: "run",
      options: { minutes: 10, seed: 42, namespaces: 4, only: faultNames, brisk: false, json: false },
    });
  });

  it.each([
    ["--minutes", "0"],
    ["--minutes", "x"],
    ["--seed", "1.5"],
    ["--namespaces", "21"],
    ["--only", "rain"],
    ["--nonsense"],
    ["extra"],
  ])("is not %s %s", (...args) => {
    expect(parseOptions(args, 0).kind).toBe("wrong");
  });
});

describe("the plan of faults", () => {
  const pace = { calm: [1, 2], fault: [1, 2] } as const;
  const first = (seed: number, count: number): PlannedFault[] => {
    const plan = planFaults(chance(seed, "faults"), pace);
    return Array.from({ length: count }, () => plan.next().value as PlannedFault);
  };

  it("is the same for the same seed, and another one for another", () => {
    expect(first(1, 30)).toEqual(first(1, 30));
    expect(first(1, 30)).not.toEqual(first(2, 30));
  });

  it("has every kind once before any comes again", () => {
    const names = first(3, 18).map(({ name }) => name);
    expect(new Set(names.slice(0, 9)).size).toBe(9);
    expect(names.slice(9).sort()).toEqual(names.slice(0, 9).sort());
  });
});
