import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { initialThresholdState, step, type Thresholds } from "../../src/probes/thresholds.ts";

type Result = "success" | "failure" | "unknown";

/** kubelet's worker in ten lines: the run of equal results, and the verdict that a long enough run overrules. */
function kubelet(thresholds: Thresholds, results: readonly Result[]): boolean {
  let verdict = false;
  let last: Result | undefined;
  let run = 0;
  for (const result of results.filter((result) => result !== "unknown")) {
    run = result === last ? run + 1 : 1;
    last = result;
    if (run >= (result === "success" ? thresholds.successThreshold : thresholds.failureThreshold)) {
      verdict = result === "success";
    }
  }
  return verdict;
}

function verdictAfter(thresholds: Thresholds, results: readonly Result[]): boolean {
  return results.reduce((state, result) => step(state, thresholds, result).next, initialThresholdState).passing;
}

const letters: Record<string, Result> = { p: "success", f: "failure", "?": "unknown" };
const results = (text: string): Result[] => Array.from(text, (letter) => letters[letter] ?? "unknown");

describe("thresholds", () => {
  it("agrees with kubelet after every outcome of any sequence", () => {
    const threshold = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(
        fc.record({ successThreshold: threshold, failureThreshold: threshold }),
        fc.array(fc.constantFrom<Result>("success", "failure", "unknown"), { maxLength: 60 }),
        (thresholds, sequence) => {
          for (let length = 0; length <= sequence.length; length += 1) {
            const soFar = sequence.slice(0, length);
            expect(verdictAfter(thresholds, soFar)).toBe(kubelet(thresholds, soFar));
          }
        },
      ),
    );
  });

  it.each([
    ["", false],
    ["p", true],
    ["pf", true],
    ["pff", true],
    ["pffp", true],
    ["pffpf", true],
    ["pffpff", true],
    ["pffpfff", false],
    ["pff?f", false],
    ["p???????", true],
    ["pfff?p", true],
    ["????", false],
  ])("with one success and three failures, %j leaves the pod ready: %j", (sequence, ready) => {
    expect(verdictAfter({ successThreshold: 1, failureThreshold: 3 }, results(sequence))).toBe(ready);
  });

  it("asks for the success threshold from the initial state, too", () => {
    const thresholds = { successThreshold: 3, failureThreshold: 3 };
    expect(verdictAfter(thresholds, results("pp"))).toBe(false);
    expect(verdictAfter(thresholds, results("ppfpp"))).toBe(false);
    expect(verdictAfter(thresholds, results("ppfppp"))).toBe(true);
  });

  it("announces a verdict once, when it changes", () => {
    const thresholds = { successThreshold: 1, failureThreshold: 2 };
    let state = initialThresholdState;
    const announced = results("fppffff?fpp").map((result) => {
      const { next, changed } = step(state, thresholds, result);
      state = next;
      return changed ? (next.passing ? "ready" : "unready") : ".";
    });
    expect(announced).toEqual([".", "ready", ".", ".", "unready", ".", ".", ".", ".", "ready", "."]);
  });
});
