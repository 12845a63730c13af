import { describe, expect, it } from "vitest";
import type { Question } from "../../src/probes/asker.ts";
import { Overflows } from "../../src/probes/overflows.ts";

function question(pod: number, use: Question["use"]): Question {
  return { target: { transport: "tcp", hostname: `20.0.0.${pod}`, port: 80 }, timeoutMs: 1000, use };
}

function namesFor(overflows: Overflows, pods: number[], use: Question["use"]): string[] {
  return pods.map((pod) => overflows.nameFor(question(pod, use)));
}

describe("what overflows", () => {
  it("goes to the same object for the same pod, and to one of sixteen", () => {
    const pods = Array.from({ length: 250 }, (_, index) => index);
    const names = namesFor(new Overflows("edge-0"), pods, "probe");
    expect(namesFor(new Overflows("edge-0"), pods, "probe")).toEqual(names);
    expect(new Set(names).size).toBe(16);
    expect(names.every((name) => name.startsWith("edge-0/overflow-"))).toBe(true);
  });

  it("of suspects fills one object before the next, and stays where it is", () => {
    const overflows = new Overflows("edge-0");
    const first = namesFor(overflows, [1, 2, 3, 4, 5, 6], "suspect");
    expect(first).toEqual([...Array.from({ length: 5 }, () => "edge-0/suspects-0"), "edge-0/suspects-1"]);
    expect(namesFor(overflows, [6, 5, 4, 3, 2, 1], "suspect")).toEqual(first.toReversed());
  });

  it("gives the room of a pod that is no suspect any more to the next one", () => {
    const overflows = new Overflows("edge-0");
    namesFor(overflows, [1, 2, 3, 4, 5], "suspect");
    namesFor(overflows, [3], "probe");
    expect(namesFor(overflows, [6, 3], "suspect")).toEqual(["edge-0/suspects-0", "edge-0/suspects-1"]);
  });
});
