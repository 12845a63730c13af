/** The inputs that `npm run fuzz` begins with, and what it found earlier: no reader of strangers' octets trips over them. */
import { describe, expect, it } from "vitest";
import { corpus } from "../../../scripts/fuzz/corpus.ts";
import { hostileRequests } from "../../../scripts/fuzz/requests.ts";
import { targets } from "../../../scripts/fuzz/targets.ts";
import { openEnvelope } from "../../../src/api/body/decode-protobuf.ts";
import { resources } from "../../../src/api/discovery/resources.ts";
import { parseContinueToken } from "../../../src/api/read/continue-token.ts";

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

  it("can be written on the wire, with a body that workerd reads even where nobody asks for it", () => {
    for (const { path, body } of hostileRequests(1, 500)) {
      expect(path).toMatch(/^\/[\u0021-\u007e]*$/);
      expect(body.length).toBeLessThan(64 * 1024);
    }
  });

  it("are of every type in protobuf, and of pages by tokens that are taken for ours", () => {
    const requests = hostileRequests(1, 4000);
    const bodies = requests.filter(({ contentType }) => contentType === "application/vnd.kubernetes.protobuf");
    const envelopes = bodies.map(({ body }) => openEnvelope(body));
    const types = new Set(envelopes.map((opened) => (opened.outcome === "decoded" ? opened.value.kind : "")));
    expect([...types]).toEqual(expect.arrayContaining(resources.map(({ kind }) => kind)));
    const tokens = requests.map(({ path }) => /[?]continue=([\w-]+)/.exec(path)?.[1] ?? "");
    expect(tokens.some((token) => parseContinueToken(token) !== undefined)).toBe(true);
  });
});
