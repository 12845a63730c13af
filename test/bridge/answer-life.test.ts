import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aged, lifetimeSeconds, staleWith } from "../../src/bridge/answer-life.ts";
import { decodeMessage } from "../../src/dns/wire/decode.ts";
import type { Message } from "../../src/dns/wire/message.ts";
import { address, query, response, soa } from "./messages.ts";

function message(shape: Parameters<typeof response>[1]): Message {
  const decoded = decodeMessage(response(query("web.cluster.local"), shape));
  if (decoded === undefined) throw new Error("it does not decode");
  return decoded;
}

const alias = { type: "CNAME", name: "web.cluster.local", ttl: 20, data: "nowhere.cluster.local" } as const;

describe("an answer may be kept", () => {
  it.each<[string, Message, number | undefined]>([
    ["for its TTL", message({ answers: [address("web.cluster.local", "10.0.0.1", 9)] }), 9],
    ["for its shortest TTL", message({ answers: [alias, address("nowhere.cluster.local", "10.0.0.1", 3)] }), 3],
    ["for the SOA's TTL when it is a denial", message({ rcode: 3, authorities: [soa(60)] }), 5],
    ["for the SOA's minimum when that is less", message({ authorities: [soa(2)] }), 2],
    ["for the shorter of alias and SOA", message({ rcode: 3, answers: [alias], authorities: [soa(60)] }), 5],
    ["for a day at most", message({ answers: [address("web.cluster.local", "10.0.0.1", 999_999)] }), 86_400],
    ["not at all with a TTL of 32 bits", message({ answers: [address("web.cluster.local", "10.0.0.1", 2 ** 31)] }), 0],
    ["never when nothing says for how long", message({}), undefined],
    ["never when a denial does not say so, though its alias does", message({ rcode: 3, answers: [alias] }), undefined],
    ["never when it is a failure", message({ rcode: 2, authorities: [soa()] }), undefined],
    ["never when it is a refusal", message({ rcode: 5, authorities: [soa()] }), undefined],
    [
      "never when it was cut",
      { ...message({ answers: [address("web.cluster.local", "10.0.0.1", 9)] }), truncated: true },
      undefined,
    ],
  ])("%s", (_, answer, expected) => {
    expect(lifetimeSeconds(answer)).toBe(expected);
  });
});

describe("its TTLs", () => {
  it("never let anybody keep it for longer than it was good for", () => {
    fc.assert(
      fc.property(fc.nat(3600), fc.nat(4_000_000), (ttl, ageMs) => {
        const [record] = aged(message({ answers: [address("web.cluster.local", "10.0.0.1", ttl)] }), ageMs).answers;
        const left = record?.ttlSeconds ?? Number.NaN;
        expect(left).toBeGreaterThanOrEqual(0);
        expect(left * 1000 + ageMs).toBeLessThanOrEqual(Math.max(ttl * 1000, ageMs));
        // And not by a whole second less than they could.
        expect(left === 0 || left * 1000 + ageMs > ttl * 1000 - 1000).toBe(true);
      }),
    );
  });

  it("are all the same beyond its time, and it is no longer authoritative", () => {
    const stale = staleWith(message({ answers: [alias], authorities: [soa()] }), 30);
    expect([...stale.answers, ...stale.authority].map(({ ttlSeconds }) => ttlSeconds)).toEqual([30, 30]);
    expect(stale.authoritative).toBe(false);
  });
});
