import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatContinueToken, parseContinueToken } from "../../../src/api/read/continue-token.ts";

describe("a continue token", () => {
  it("says again what it was made of, and is fit for a URL", () => {
    const name = fc.stringMatching(/^[a-z0-9.-]{0,63}$/);
    fc.assert(
      fc.property(fc.nat(), name, name, (revision, namespace, last) => {
        const text = formatContinueToken({ revision, after: `${namespace}/${last}` });
        expect(text).toMatch(/^[\w-]+$/);
        expect(parseContinueToken(text)).toEqual({ revision, after: `${namespace}/${last}` });
      }),
    );
  });

  it.each([
    ["no base64", "%%%"],
    ["no JSON", btoa("{")],
    ["no object", btoa("[]")],
    ["of another version", btoa('{"v":"v2","rv":1,"start":"a/b"}')],
    ["of no revision", btoa('{"v":"meta.k8s.io/v1","start":"a/b"}')],
    ["of half a revision", btoa('{"v":"meta.k8s.io/v1","rv":1.5,"start":"a/b"}')],
    ["of no name", btoa('{"v":"meta.k8s.io/v1","rv":1}')],
    ["of too many names", btoa('{"v":"meta.k8s.io/v1","rv":1,"start":"a/b/c"}')],
  ])("that is %s was not made here", (_, text) => {
    expect(parseContinueToken(text)).toBeUndefined();
  });
});
