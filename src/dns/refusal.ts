/** Which queries are turned away before any name is looked at, and in what order (dns.md M7 to M9, M14, M15, M23). */
import type { Answer } from "./answer.ts";
import { Class, Type } from "./wire/codes.ts";
import type { Query } from "./wire/query.ts";

export function refusalOf(query: Query): Answer | undefined {
  if (query.isResponse) return { kind: "malformed" };
  if (query.opcode !== 0) return { kind: "not-implemented" };
  if (query.edns !== undefined && query.edns.version > 0) return { kind: "bad-version" };
  if (query.type === 0 || query.type === Type.OPT || query.class === Class.NONE) return { kind: "malformed" };
  if (query.class !== Class.IN) return { kind: "refused" };
  // A transfer does not fit one reply (RFC 8484 §5.4).
  if (query.type === Type.AXFR || query.type === Type.IXFR) return { kind: "refused" };
  return undefined;
}
