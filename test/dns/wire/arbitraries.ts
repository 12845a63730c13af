/** Messages for property tests. */
import fc from "fast-check";
import type { Edns, Message, Rdata, ResourceRecord } from "../../../src/dns/wire/message.ts";
import { nameOctets, type Name } from "../../../src/dns/wire/name.ts";

const u8 = fc.integer({ min: 0, max: 0xff });
const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });

/** Labels from a small stock, so that names share their ends as real ones do, and labels of any octets. */
const label = fc.oneof(
  fc.constantFrom("web", "default", "svc", "cluster", "local", "Local"),
  fc.array(u8, { minLength: 1, maxLength: 63 }).map((octets) => String.fromCharCode(...octets)),
);

export const anyName: fc.Arbitrary<Name> = fc.array(label, { maxLength: 8 }).filter((name) => nameOctets(name) <= 255);

export function octetsOf(name: Name): number[] {
  return [...name.flatMap((part) => [part.length, ...Array.from(part, (_, index) => part.charCodeAt(index))]), 0];
}

const octets = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const characters = fc.array(u8, { maxLength: 255 }).map((codes) => String.fromCharCode(...codes));

const rdata: fc.Arbitrary<Rdata> = fc.oneof(
  fc.record({ kind: fc.constant("A" as const), address: octets(4) }),
  fc.record({ kind: fc.constant("AAAA" as const), address: octets(16) }),
  fc.record({ kind: fc.constantFrom("NS" as const, "CNAME" as const, "PTR" as const), target: anyName }),
  fc.record({
    kind: fc.constantFrom("TXT" as const, "HINFO" as const),
    strings: fc.array(characters, { maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant("SRV" as const), priority: u16, weight: u16, port: u16, target: anyName }),
  fc.record({
    kind: fc.constant("SOA" as const),
    nameServer: anyName,
    mailbox: anyName,
    serial: u32,
    refreshSeconds: u32,
    retrySeconds: u32,
    expireSeconds: u32,
    minimumSeconds: u32,
  }),
  fc.record({
    kind: fc.constant("other" as const),
    type: fc.integer({ min: 256, max: 0xffff }),
    octets: fc.uint8Array(),
  }),
);

const record: fc.Arbitrary<ResourceRecord> = fc.record({
  name: anyName,
  class: fc.constant(1),
  ttlSeconds: u32,
  data: rdata,
});

const edns: fc.Arbitrary<Edns> = fc.record({
  udpPayloadSize: u16,
  version: u8,
  dnssecOk: fc.boolean(),
  options: fc.array(fc.record({ code: u16, octets: fc.uint8Array({ maxLength: 20 }) }), { maxLength: 3 }),
});

const records = fc.array(record, { maxLength: 4 });

const flags = {
  id: u16,
  opcode: fc.integer({ min: 0, max: 15 }),
  isResponse: fc.boolean(),
  authoritative: fc.boolean(),
  truncated: fc.boolean(),
  recursionDesired: fc.boolean(),
  recursionAvailable: fc.boolean(),
  authenticData: fc.boolean(),
  checkingDisabled: fc.boolean(),
};

const sections = {
  questions: fc.array(fc.record({ name: anyName, type: u16, class: u16 }), { maxLength: 2 }),
  answers: records,
  authority: records,
  additional: records,
};

export const anyMessage: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ ...flags, ...sections, rcode: fc.integer({ min: 0, max: 15 }) }),
  fc.record({ ...flags, ...sections, rcode: fc.integer({ min: 0, max: 0xfff }), edns }),
);
