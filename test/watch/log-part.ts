import type { LogEntry, LogPart } from "../../src/registry/log.ts";

/** What is read of a log: at most 250 entries, as in the registry. */
export function partOf(log: readonly LogEntry[], since: number, compactedRevision: number): LogPart {
  const rest = log.filter(({ revision }) => revision > since);
  const entries = rest.slice(0, 250);
  const upToRevision = entries.at(-1)?.revision ?? since;
  return { compactedRevision, entries, upToRevision, more: rest.length > entries.length };
}
