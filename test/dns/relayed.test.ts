import packet from "dns-packet";
import fc from "fast-check";
import { expect, it } from "vitest";
import { lifetimeSeconds, parseUpstreamReply, toUpstreamQuery, type Asked } from "../../src/dns/relayed.ts";
import { decodeMessage } from "../../src/dns/wire/decode.ts";
import { encodeMessage } from "../../src/dns/wire/encode.ts";

const asked: Asked = {
  name: ["www", "example", "com"],
  type: 1,
  dnssecOk: false,
  checkingDisabled: false,
  authenticData: false,
};

it("no octets are too hostile to be looked at, whole or in part", () => {
  const reply = toUpstreamQuery(asked);
  const mutated = fc
    .tuple(
      fc.array(fc.tuple(fc.nat({ max: reply.length - 1 }), fc.nat({ max: 255 })), { maxLength: 8 }),
      fc.uint8Array(),
    )
    .map(([changes, tail]) => {
      const octets = Uint8Array.from([...reply, ...tail]);
      octets[2] = 0x81;
      for (const [at, octet] of changes) octets[at] = octet;
      return octets;
    });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 600 }), mutated), (octets) => {
      const relayed = parseUpstreamReply(octets, asked, 0);
      // Whatever is believed of it can be kept, and passed on.
      expect(relayed === undefined ? 0 : lifetimeSeconds(relayed)).toBeGreaterThanOrEqual(0);
      expect([undefined, 0, 3]).toContain(relayed?.rcode);
    }),
    { numRuns: 2000 },
  );
});

it.each<packet.Answer>([
  { type: "MX", name: "www.example.com", ttl: 1, data: { preference: 5, exchange: "mx.example.com" } },
  { type: "RP", name: "www.example.com", ttl: 1, data: { mbox: "me.example.com", txt: "text.example.com" } },
  { type: "DNAME", name: "www.example.com", ttl: 1, data: "other.example.com" },
  {
    type: "NAPTR",
    name: "www.example.com",
    ttl: 1,
    data: { order: 1, preference: 2, flags: "S", services: "SIP+D2U", regexp: "", replacement: "sip.example.com" },
  },
])("the names within $type are spelled out, and come out as they were", (record) => {
  const given = packet.encode({
    type: "response",
    questions: [{ type: "A", name: "www.example.com" }],
    answers: [record],
  });
  const message = decodeMessage(Uint8Array.from(given));
  if (message === undefined) throw new Error("it does not decode");
  const again = encodeMessage({ ...message, questions: [] }).octets;
  expect(packet.decode(Buffer.from(again)).answers).toMatchObject([
    { type: record.type, data: "data" in record && record.data },
  ]);
});
