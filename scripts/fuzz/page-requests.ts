/**
 * Pages of lists, by continue tokens that are well formed: of this list or of another, of revisions that were, are to
 * come or never will be, some with a character changed. Pure.
 */
import fc, { type Arbitrary } from "fast-check";
import { kinds } from "../../src/api/kinds/kinds.ts";
import { formatContinueToken } from "../../src/api/read/continue-token.ts";
import { bare, pathOf, type HostileRequest } from "./hostile-request.ts";

/** As the registry gives them out, and not; a token has room for nothing beyond Latin-1. */
const namespaces = fc.constantFrom("", "default", "kube-system", "\u00e4", "/", "'", "\0", "%");
const names = fc.constantFrom("", "a", "web", "web-1", "zzz", "../..", "\u00ff", "'; --", "x".repeat(3000));
const revisions = fc.oneof(fc.nat(20_000), fc.constantFrom(-1, 0.5, Number.MAX_SAFE_INTEGER, 1e300));

const token = fc
  .tuple(revisions, namespaces, names)
  .map(([revision, namespace, name]) => formatContinueToken({ revision, after: `${namespace}/${name}` }));

const altered = fc
  .tuple(token, fc.nat(), fc.constantFrom("", "A", "=", "_", "%00", "%2b"))
  .map(([text, at, instead]) => {
    const place = at % text.length;
    return text.slice(0, place) + instead + text.slice(place + 1);
  });

export const pageRequest: Arbitrary<HostileRequest> = fc
  .record({
    kind: fc.constantFrom(...kinds),
    namespace: fc.constantFrom("default", "kube-system", "nowhere"),
    token: fc.oneof({ weight: 3, arbitrary: token }, { weight: 1, arbitrary: altered }),
    limit: fc.constantFrom("", "&limit=1", "&limit=0", "&limit=500"),
    rest: fc.constantFrom("", "&labelSelector=app%3Dweb", "&resourceVersion=1", "&watch=true", "&continue=a"),
  })
  .map(({ kind, namespace, token: text, limit, rest }) => {
    const query = `continue=${text}${limit}${rest}`;
    return bare("GET", pathOf(kind, { depth: "collection", namespace, name: "", subresource: "", query }));
  });
