import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { everyMinute } from "../../src/local/every-minute.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("every minute", () => {
  it("comes once in each minute, at its beginning", () => {
    vi.setSystemTime(new Date("2026-11-23T10:00:42.500Z"));
    const calls: string[] = [];
    const stop = everyMinute(() => void calls.push(new Date().toISOString().slice(11, 19)));
    vi.advanceTimersByTime(3 * 60_000);
    expect(calls).toEqual(["10:01:00", "10:02:00", "10:03:00"]);
    stop();
    vi.advanceTimersByTime(5 * 60_000);
    expect(calls).toHaveLength(3);
  });
});
