/** The inputs that `npm run fuzz` begins with, and what it found earlier: no reader of strangers' octets trips over them. */
import { describe, expect, it } from "vitest";
import { corpus } from "../../../scripts/fuzz/corpus.ts";
import { hostileRequests } from "../../../scripts/fuzz/requests.ts";
import { targets } from "../../../scripts/fuzz/targets.ts";

describe("the corpus", () => {
  it.each(Object.entries(targets))(
    "is read by %s without a throw, and without what must not come of it",
    (_, target) => {
      expect(corpus.length).toBeGreaterThan(0);
      for (const octets of corpus) expect(() => target(octets)).not.toThrow();
    },
  );
});

describe("hostile requests", () => {
  it("are the same again for the same seed", () => {
    expect(hostileRequests(7, 50)).toEqual(hostileRequests(7, 50));
    expect(hostileRequests(7, 50)).not.toEqual(hostileRequests(8, 50));
  });

  it("can be written on the wire", () => {
    for (const { path } of hostileRequests(1, 500)) expect(path).toMatch(/^\/[\u0021-\u007e]*$/);
  });
});
