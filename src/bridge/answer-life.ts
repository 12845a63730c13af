/** How long a message from Rollcall may be kept, and what its TTLs are after a while. Knows no clock. */
import { Rcode } from "../dns/wire/codes.ts";
import type { Message, ResourceRecord } from "../dns/wire/message.ts";
import { soundTtl } from "../dns/wire/ttl.ts";

/**
 * The shortest TTL in the message, since all of it is kept as one; a denial lives as long as its SOA says (RFC 2308 §5).
 * Undefined for what says nothing of a name, or does not say for how long.
 */
export function lifetimeSeconds({ rcode, truncated, answers, authority, additional }: Message): number | undefined {
  if (truncated || (rcode !== Rcode.noError && rcode !== Rcode.nxDomain)) return undefined;
  const hasSoa = authority.some(({ data }) => data.kind === "SOA");
  if (!hasSoa && (answers.length === 0 || rcode === Rcode.nxDomain)) return undefined;
  return Math.min(...[...answers, ...authority, ...additional].map(ttlOf));
}

function ttlOf({ ttlSeconds, data }: ResourceRecord): number {
  const ttl = soundTtl(ttlSeconds);
  return data.kind === "SOA" ? Math.min(ttl, soundTtl(data.minimumSeconds)) : ttl;
}

/** The message `ageMs` after it was true. Seconds begun count, so that nobody keeps it for longer than its TTL. */
export function aged(message: Message, ageMs: number): Message {
  const ageSeconds = Math.ceil(ageMs / 1000);
  return withTtls(message, (record) => Math.max(0, soundTtl(record.ttlSeconds) - ageSeconds));
}

/** The message beyond its time, with TTLs that say so (RFC 8767 §4). */
export function staleWith(message: Message, ttlSeconds: number): Message {
  return { ...withTtls(message, () => ttlSeconds), authoritative: false };
}

function withTtls(message: Message, ttlFor: (record: ResourceRecord) => number): Message {
  const change = (record: ResourceRecord): ResourceRecord => ({ ...record, ttlSeconds: ttlFor(record) });
  return {
    ...message,
    answers: message.answers.map(change),
    authority: message.authority.map(change),
    additional: message.additional.map(change),
  };
}
