import { describe, expect, it, vi } from "vitest";
import { Kept } from "../../src/domain/kept.ts";

const minuteMs = 60_000;

function setUp(mostKeys = 10) {
  const world = { nowMs: 0, kept: [] as Promise<unknown>[], failures: [] as string[] };
  const kept = new Kept<string>("thing", mostKeys, {
    askTimeoutMs: 3000,
    waitTimeoutMs: 1000,
    nowMs: () => world.nowMs,
    waitUntil: (promise) => world.kept.push(promise),
    reportFailure: (what, error) => world.failures.push(`${what}: ${String(error)}`),
  });
  return { world, kept };
}

/** Asks that are answered by hand. */
function asks() {
  const pending: PromiseWithResolvers<string>[] = [];
  return {
    pending,
    ask: () => {
      const next = Promise.withResolvers<string>();
      pending.push(next);
      return next.promise;
    },
  };
}

describe("a value that is kept", () => {
  it("is asked for once, and again when it is too old", async () => {
    const { world, kept } = setUp();
    const ask = vi.fn(() => Promise.resolve("value"));
    expect(await kept.get("key", minuteMs, ask)).toEqual({ value: "value", asOfMs: 0 });
    world.nowMs = minuteMs - 1;
    expect(await kept.get("key", minuteMs, ask)).toEqual({ value: "value", asOfMs: 0 });
    expect(ask).toHaveBeenCalledTimes(1);
    world.nowMs = minuteMs;
    expect(await kept.get("key", minuteMs, ask)).toEqual({ value: "value", asOfMs: minuteMs });
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it("is asked for again when the clock was set back", async () => {
    const { world, kept } = setUp();
    const ask = vi.fn(() => Promise.resolve("value"));
    world.nowMs = 60 * minuteMs;
    await kept.get("key", minuteMs, ask);
    world.nowMs = 0;
    expect(await kept.get("key", minuteMs, ask)).toEqual({ value: "value", asOfMs: 0 });
  });

  it("is as old as its question, not as its answer", async () => {
    const { world, kept } = setUp();
    const { pending, ask } = asks();
    const asked = kept.get("key", minuteMs, ask);
    world.nowMs = 500;
    pending[0]?.resolve("value");
    expect(await asked).toEqual({ value: "value", asOfMs: 0 });
  });

  it("is dropped for a newer key when there are too many", async () => {
    const { kept } = setUp(2);
    const ask = vi.fn(() => Promise.resolve("value"));
    for (const key of ["a", "b", "c"]) await kept.get(key, minuteMs, ask);
    expect([kept.peek("a", minuteMs), kept.peek("c", minuteMs)?.value]).toEqual([undefined, "value"]);
  });
});

describe("those who ask at the same time", () => {
  it("share one question, which outlives the request that asked", async () => {
    const { world, kept } = setUp();
    const { pending, ask } = asks();
    const all = [1, 2, 3].map(() => kept.get("key", minuteMs, ask));
    pending[0]?.resolve("value");
    expect((await Promise.all(all)).map((answer) => answer?.value)).toEqual(["value", "value", "value"]);
    expect([pending.length, world.kept.length]).toEqual([1, 1]);
  });

  it("ask on their own when the first one's question hangs", async () => {
    vi.useFakeTimers();
    try {
      const { kept } = setUp();
      const { pending, ask } = asks();
      void kept.get("key", minuteMs, ask);
      const waiting = kept.get("key", minuteMs, ask);
      await vi.advanceTimersByTimeAsync(1000);
      expect(pending).toHaveLength(2);
      pending[1]?.resolve("value");
      expect((await waiting)?.value).toBe("value");
      expect(kept.peek("key", minuteMs)?.value).toBe("value");
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("of those who wait for a question that hangs", () => {
  it("one asks, and all take its answer", async () => {
    vi.useFakeTimers();
    try {
      const { kept } = setUp();
      const { pending, ask } = asks();
      void kept.get("key", minuteMs, ask);
      const waiting = Array.from({ length: 500 }, () => kept.get("key", minuteMs, ask));
      await vi.advanceTimersByTimeAsync(1000);
      expect(pending).toHaveLength(2);
      // As slow as the first, were that alive.
      await vi.advanceTimersByTimeAsync(2500);
      expect(pending).toHaveLength(2);
      pending[1]?.resolve("value");
      expect(new Set((await Promise.all(waiting)).map((answer) => answer?.value))).toEqual(new Set(["value"]));
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("what fails", () => {
  it("is reported and not kept", async () => {
    const { world, kept } = setUp();
    expect(await kept.get("key", minuteMs, () => Promise.reject(new Error("broken")))).toBeUndefined();
    expect(world.failures).toEqual(["thing: Error: broken"]);
    expect((await kept.get("key", minuteMs, () => Promise.resolve("value")))?.value).toBe("value");
  });

  it("is given up when it takes too long", async () => {
    vi.useFakeTimers();
    try {
      const { world, kept } = setUp();
      const asked = kept.get("key", minuteMs, asks().ask);
      await vi.advanceTimersByTimeAsync(3000);
      expect(await asked).toBeUndefined();
      expect(world.failures).toEqual(["thing: Error: no answer within 3000 ms"]);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("what is forgotten while it is asked for", () => {
  it("is asked for anew, and the older answer is not kept", async () => {
    const { kept } = setUp();
    const { pending, ask } = asks();
    const before = kept.get("key", minuteMs, ask);
    kept.forget("key");
    const after = kept.get("key", minuteMs, ask);
    pending[1]?.resolve("new");
    expect((await after)?.value).toBe("new");
    pending[0]?.resolve("old");
    expect((await before)?.value).toBe("old");
    expect(kept.peek("key", minuteMs)?.value).toBe("new");
  });

  it("takes nothing newer with it when it fails", async () => {
    const { kept } = setUp();
    const { pending, ask } = asks();
    const before = kept.get("key", minuteMs, ask);
    kept.forget("key");
    const after = kept.get("key", minuteMs, ask);
    pending[1]?.resolve("new");
    await after;
    pending[0]?.reject(new Error("broken"));
    expect(await before).toBeUndefined();
    expect(kept.peek("key", minuteMs)?.value).toBe("new");
  });
});
