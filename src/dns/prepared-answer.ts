/** An answer encoded once, to be sent many times, and how it ages in between. */
import { rcodeOf, sectionsOf, type Answer } from "./answer.ts";
import { mostOptOctets } from "./opt-record.ts";
import { encodeMessage } from "./wire/encode.ts";
import { nameOfWireName } from "./wire/name.ts";
import type { Query } from "./wire/query.ts";

export interface PreparedAnswer {
  rcode: number;
  /** Says that something is not there. */
  isDenial: boolean;
  /** As long as it may be kept, at the moment that it was true; undefined for what says nothing of a name. */
  lifetimeSeconds: number | undefined;
  /** When that was. */
  asOfMs: number;
  /** Without an OPT record; its TTLs are as of `ageSeconds`. */
  octets: Uint8Array<ArrayBuffer>;
  ageSeconds: number;
  ttlOffsets: readonly number[];
  ttlsSeconds: readonly number[];
  /** Where the records that may change their order begin, and where the last one ends. */
  lastSet: readonly number[];
}

export function prepareAnswer(
  query: Query,
  answer: Answer,
  { asOfMs, recursionAvailable }: { asOfMs: number; recursionAvailable: boolean },
): PreparedAnswer {
  const rcode = rcodeOf(answer);
  const sections = sectionsOf(answer);
  const { octets, ttlOffsets, lastSet } = encodeMessage(
    {
      id: 0,
      opcode: 0,
      rcode,
      isResponse: true,
      truncated: false,
      recursionDesired: false,
      recursionAvailable,
      checkingDisabled: false,
      questions: [{ name: nameOfWireName(query.wireName), type: query.type, class: query.class }],
      ...sections,
    },
    mostOptOctets,
  );
  const view = new DataView(octets.buffer);
  const ttls = [...sections.answers, ...sections.authority].map((record) => record.ttlSeconds);
  return {
    rcode,
    isDenial: sections.authority.length > 0,
    lifetimeSeconds: ttls.length === 0 ? undefined : Math.min(...ttls),
    asOfMs,
    octets,
    ageSeconds: 0,
    ttlOffsets,
    ttlsSeconds: ttlOffsets.map((offset) => view.getUint32(offset)),
    lastSet,
  };
}

/** Seconds that a cache may keep the answer from now on. */
export function remainingSeconds(prepared: PreparedAnswer, nowMs: number): number | undefined {
  const { lifetimeSeconds } = prepared;
  return lifetimeSeconds === undefined ? undefined : Math.max(0, lifetimeSeconds - ageSecondsAt(prepared, nowMs));
}

/** Brings the TTLs in the octets up to date, which is work only once a second. */
export function ageTo(prepared: PreparedAnswer, nowMs: number): void {
  const ageSeconds = ageSecondsAt(prepared, nowMs);
  if (prepared.ageSeconds === ageSeconds) return;
  prepared.ageSeconds = ageSeconds;
  const view = new DataView(prepared.octets.buffer);
  for (const [index, offset] of prepared.ttlOffsets.entries()) {
    view.setUint32(offset, Math.max(0, (prepared.ttlsSeconds[index] ?? 0) - ageSeconds));
  }
}

/**
 * Addresses age by full seconds, as in every cache. Denials age by seconds begun, so that nobody keeps one for longer
 * than a TTL after somebody else has created the name.
 */
function ageSecondsAt({ asOfMs, isDenial }: PreparedAnswer, nowMs: number): number {
  const ageSeconds = Math.max(0, (nowMs - asOfMs) / 1000);
  return isDenial ? Math.ceil(ageSeconds) : Math.floor(ageSeconds);
}
