import { describe, expect, it } from "vitest";
import { end, Fact } from "../../../scripts/chaos/fact.ts";

describe("what a thing may have been", () => {
  it("is what was acknowledged last, once that is past", () => {
    const fact = new Fact("a", 0);
    end(fact.begin("write", "b", 10), "acknowledged", 20);
    expect(fact.possible(20, 30)).toEqual(["b"]);
    expect(fact.possible(19, 30)).toEqual(["a", "b"]);
    expect(fact.possible(0, 9)).toEqual(["a"]);
  });

  it("is either while a write is under way, and still when its answer never came", () => {
    const fact = new Fact("a", 0);
    const step = fact.begin("write", "b", 10);
    expect(fact.possible(50, 60)).toEqual(["a", "b"]);
    end(step, "unknown", 70);
    expect(fact.possible(1000, 1001)).toEqual(["a", "b"]);
  });

  it("is certain again once somebody has looked, or has written anew", () => {
    const fact = new Fact("a", 0);
    end(fact.begin("write", "b", 10), "unknown", 20);
    fact.see("looked", "b", 30, 40);
    expect(fact.possible(40, 50)).toEqual(["b"]);
    end(fact.begin("write", "c", 60), "unknown", 70);
    end(fact.begin("write", "d", 80), "acknowledged", 90);
    expect(fact.possible(90, 100)).toEqual(["d"]);
  });

  it("is nothing that was refused", () => {
    const fact = new Fact("a", 0);
    end(fact.begin("write", "b", 10), "refused", 20);
    expect(fact.possible(0, 100)).toEqual(["a"]);
  });

  it("is everything that it was within a window", () => {
    const fact = new Fact(0, 0);
    for (const value of [1, 2, 3]) end(fact.begin("write", value, value * 10), "acknowledged", value * 10 + 5);
    expect(fact.possible(16, 31)).toEqual([1, 2, 3]);
  });
});
