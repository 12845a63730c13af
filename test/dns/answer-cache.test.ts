import { expect, it } from "vitest";
import { AnswerCache } from "../../src/dns/answer-cache.ts";
import type { PreparedAnswer } from "../../src/dns/prepared-answer.ts";

function answer(lifetimeSeconds: number, octets = 100): PreparedAnswer {
  return {
    rcode: 0,
    isDenial: false,
    lifetimeSeconds,
    asOfMs: 0,
    octets: new Uint8Array(octets),
    ageSeconds: 0,
    ttlOffsets: [],
    ttlsSeconds: [],
    lastSet: [],
  };
}

it("keeps an answer for its TTL and not a moment longer", () => {
  const cache = new AnswerCache({ entries: 10, octets: 10_000 });
  cache.keep("key", answer(5), ["default/web"]);
  expect(cache.get("key", 4999)).toBeDefined();
  expect(cache.get("key", 5000)).toBeUndefined();
  expect(cache.size).toBe(0);
});

it("keeps nothing from before the clock was set back", () => {
  const cache = new AnswerCache({ entries: 10, octets: 10_000 });
  cache.keep("key", { ...answer(5), asOfMs: 3_600_000 }, ["default/web"]);
  expect(cache.get("key", 0)).toBeUndefined();
});

it("does not keep what may not be kept", () => {
  const cache = new AnswerCache({ entries: 10, octets: 10_000 });
  cache.keep("key", answer(0), ["default/web"]);
  expect(cache.size).toBe(0);
});

it("is bounded in number, and drops the oldest", () => {
  const cache = new AnswerCache({ entries: 2, octets: 10_000 });
  for (const key of ["a", "b", "c"]) cache.keep(key, answer(5), ["default/web"]);
  expect(["a", "b", "c"].map((key) => cache.get(key, 0) !== undefined)).toEqual([false, true, true]);
});

it("is bounded in octets", () => {
  const cache = new AnswerCache({ entries: 10, octets: 250 });
  for (const key of ["a", "b", "c"]) cache.keep(key, answer(5), ["default/web"]);
  expect(cache.size).toBe(2);
  cache.keep("a", answer(5), ["default/web"]);
  cache.keep("a", answer(5), ["default/web"]);
  expect(cache.size).toBe(2);
});

it("forgets every answer that a service has part in", () => {
  const cache = new AnswerCache({ entries: 10, octets: 10_000 });
  cache.keep("alias", answer(5), ["default/alias", "default/web"]);
  cache.keep("web", answer(5), ["default/web"]);
  cache.keep("other", answer(5), ["default/other"]);
  cache.forget(["default/web"]);
  expect(["alias", "web", "other"].map((key) => cache.get(key, 0) !== undefined)).toEqual([false, false, true]);
});
