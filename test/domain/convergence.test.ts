import { describe, expect, it } from "vitest";
import { Convergence } from "../../src/domain/convergence.ts";

/** Passes that end when the test says so. */
function passes() {
  let running = 0;
  let most = 0;
  const ends: (() => void)[] = [];
  const convergence = new Convergence(async () => {
    most = Math.max(most, ++running);
    await new Promise<void>((resolve) => ends.push(resolve));
    running--;
  });
  const started = async (count: number): Promise<void> => {
    while (ends.length < count) await Promise.resolve();
  };
  return { convergence, ends, started, most: () => most };
}

describe("convergence", () => {
  it("runs one pass at a time, and one more for all who poked meanwhile", async () => {
    const { convergence, ends, started, most } = passes();
    const first = convergence.poke();
    await started(1);
    const during = [convergence.poke(), convergence.poke(), convergence.poke()];
    ends[0]?.();
    await first;
    await started(2);
    ends[1]?.();
    await Promise.all(during);
    expect(ends).toHaveLength(2);
    expect(most()).toBe(1);
  });

  it("lets who pokes before a pass has started share it", async () => {
    const { convergence, ends, started } = passes();
    const both = [convergence.poke(), convergence.poke()];
    await started(1);
    ends[0]?.();
    await Promise.all(both);
    expect(ends).toHaveLength(1);
  });

  it("goes on after a pass that failed", async () => {
    let count = 0;
    const convergence = new Convergence(async () => {
      if (++count === 1) throw new Error("once");
    });
    await expect(convergence.poke()).rejects.toThrow("once");
    await convergence.poke();
    expect(count).toBe(2);
  });
});
