import packet from "dns-packet";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeMessage } from "../../../src/dns/wire/decode.ts";
import { encodeMessage } from "../../../src/dns/wire/encode.ts";
import { internetRecord, type Message } from "../../../src/dns/wire/message.ts";
import { decodeQuery } from "../../../src/dns/wire/query.ts";
import { anyMessage } from "./arbitraries.ts";

const empty: Message = {
  id: 0,
  opcode: 0,
  rcode: 0,
  isResponse: true,
  authoritative: true,
  truncated: false,
  recursionDesired: false,
  recursionAvailable: false,
  authenticData: false,
  checkingDisabled: false,
  questions: [],
  answers: [],
  authority: [],
  additional: [],
};

/** A message with a few of its octets changed, or cut short: what fuzzing finds is near to what is right. */
const damaged = fc
  .tuple(anyMessage, fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }), fc.nat())
  .map(([message, changes, cut]) => {
    const { octets } = encodeMessage(message);
    for (const [at, octet] of changes) octets[at % octets.length] = octet;
    return cut % 3 === 0 ? octets.subarray(0, cut % octets.length) : octets;
  });

describe("the codec", () => {
  it("reads what it writes", () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(decodeMessage(encodeMessage(message).octets)).toEqual(message);
      }),
    );
  });

  it("decodes any octets or says that it cannot", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 600 }), damaged), (octets) => {
        const message = decodeMessage(octets);
        // What was understood is a message, and can be written and read again.
        expect(message && decodeMessage(encodeMessage(message).octets)).toEqual(message);
      }),
      { numRuns: 500 },
    );
  });

  it("takes no more time for pointers that lead to pointers", () => {
    // 32,000 pointers, each to the one before, and a count that promises as many records.
    const octets = new Uint8Array(65_535);
    octets.set([0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0]);
    for (let at = 13; at + 1 < octets.length; at += 2) {
      const target = at === 13 ? 12 : at - 2;
      octets[at] = 0xc0 | (target >> 8);
      octets[at + 1] = target;
    }
    expect(decodeMessage(octets)).toBeUndefined();
    expect(decodeQuery(octets).kind).toBe("unreadable");
  });
});

describe("a query", () => {
  it("is read from every message with one question that decodes", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyMessage.map((message) => encodeMessage(message).octets),
          damaged,
        ),
        (octets) => {
          const message = decodeMessage(octets);
          const query = decodeQuery(octets);
          const [question, ...others] = message?.questions ?? [];
          fc.pre(question !== undefined && others.length === 0);
          expect(query).toMatchObject({
            kind: "query",
            opcode: message?.opcode,
            isResponse: message?.isResponse,
            type: question.type,
            class: question.class,
          });
          expect(query.kind === "query" && query.edns).toEqual(
            message?.edns && {
              version: message.edns.version,
              dnssecOk: message.edns.dnssecOk,
              padded: message.edns.options.some(({ code }) => code === 12),
            },
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  it("is read or refused, whatever the octets", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
        expect(["query", "unreadable", "no-header"]).toContain(decodeQuery(octets).kind);
      }),
    );
  });
});

describe("compression", () => {
  const [name, target] = [
    ["web", "default", "svc", "cluster", "local"],
    ["kubia", "default", "svc", "cluster", "local"],
  ];

  it("points to the question, and to the targets of aliases", () => {
    const { octets } = encodeMessage({
      ...empty,
      questions: [{ name, type: 1, class: 1 }],
      answers: [
        internetRecord(name, 5, { kind: "CNAME", target }),
        internetRecord(target, 5, { kind: "A", address: Uint8Array.of(10, 96, 0, 10) }),
      ],
    });
    const question = 12 + 31 + 4;
    // Owner as a pointer, six octets of `kubia`, a pointer to `default` within the question.
    expect([...octets.subarray(question, question + 2)]).toEqual([0xc0, 12]);
    expect([...octets.subarray(question + 12, question + 20)]).toEqual([5, ...Buffer.from("kubia"), 0xc0, 16]);
    expect([...octets.subarray(question + 20, question + 22)]).toEqual([0xc0, question + 12]);
  });

  it("never points beyond the reach of a pointer", () => {
    const far: Message = {
      ...empty,
      answers: [
        internetRecord([], 0, { kind: "other", type: 999, octets: new Uint8Array(0x4000) }),
        internetRecord(["a"], 0, { kind: "CNAME", target }),
        internetRecord(target, 0, { kind: "A", address: Uint8Array.of(10, 96, 0, 10) }),
      ],
    };
    expect(decodeMessage(encodeMessage(far).octets)).toEqual(far);
  });
});

describe("beyond 65,535 octets", () => {
  const addresses = (owner: string, count: number) => {
    const name = [owner];
    return Array.from({ length: count }, () => internetRecord(name, 5, { kind: "A", address: new Uint8Array(4) }));
  };

  it("answers are cut at a record, and the message says so", () => {
    const { octets, ttlOffsets } = encodeMessage({ ...empty, answers: addresses("web", 6000) });
    const decoded = decodeMessage(octets);
    expect(decoded?.truncated).toBe(true);
    // 19 octets each: nothing points to an owner, and there is no question.
    expect(decoded?.answers).toHaveLength(Math.floor((65_535 - 12) / 19));
    expect(ttlOffsets).toHaveLength(decoded?.answers.length ?? 0);
  });

  it("nothing points into what was cut", () => {
    const alias = internetRecord(["alias"], 5, { kind: "CNAME", target: ["some", "where", "else"] });
    const short = internetRecord(["else"], 5, { kind: "TXT", strings: [] });
    // Room for the header and 20 octets: for the second record, not for the first.
    const { octets } = encodeMessage({ ...empty, answers: [alias], authority: [short] }, 65_535 - 12 - 20);
    expect(decodeMessage(octets)).toEqual({ ...empty, truncated: true, authority: [short] });
  });

  it("additional records are cut at an RRset, and the message says nothing", () => {
    const additional = [...addresses("one", 3000), ...addresses("two", 3000)];
    const decoded = decodeMessage(encodeMessage({ ...empty, additional }).octets);
    expect(decoded?.truncated).toBe(false);
    expect(decoded?.additional).toHaveLength(3000);
  });
});

describe("dns-packet", () => {
  /** dns-packet takes names for text, so these keep to what text can say. */
  const plain = ["web.default.svc.cluster.local", "kubia.default.svc.cluster.local", "local", "a-b.x"];
  const nameOf = (text: string) => text.split(".");

  it("reads what we write", () => {
    fc.assert(
      fc.property(fc.constantFrom(...plain), fc.constantFrom(...plain), fc.nat(3600), (owner, target, ttl) => {
        const { octets } = encodeMessage({
          ...empty,
          questions: [{ name: nameOf(owner), type: 33, class: 1 }],
          answers: [
            internetRecord(nameOf(owner), ttl, { kind: "CNAME", target: nameOf(target) }),
            internetRecord(nameOf(target), ttl, {
              kind: "SRV",
              priority: 1,
              weight: 2,
              port: 3,
              target: nameOf(owner),
            }),
            internetRecord(nameOf(target), ttl, { kind: "TXT", strings: ["1.1.0"] }),
          ],
          authority: [internetRecord(nameOf(target), ttl, { kind: "NS", target: nameOf(owner) })],
          additional: [internetRecord(nameOf(owner), ttl, { kind: "AAAA", address: new Uint8Array(16).fill(1) })],
          edns: { udpPayloadSize: 1232, version: 0, dnssecOk: true, options: [] },
        });
        expect(packet.decode(Buffer.from(octets))).toMatchObject({
          questions: [{ name: owner, type: "SRV" }],
          answers: [
            { name: owner, ttl, type: "CNAME", data: target },
            { name: target, ttl, type: "SRV", data: { priority: 1, weight: 2, port: 3, target: owner } },
            { name: target, ttl, type: "TXT", data: [Buffer.from("1.1.0")] },
          ],
          authorities: [{ name: target, ttl, type: "NS", data: owner }],
          additionals: [
            { name: owner, ttl, type: "AAAA", data: "101:101:101:101:101:101:101:101" },
            { type: "OPT", flag_do: true },
          ],
        });
      }),
    );
  });

  it("is read by us", () => {
    const octets = packet.encode({
      type: "response",
      id: 7,
      questions: [{ type: "A", name: "web.local" }],
      answers: [
        { type: "A", name: "web.local", ttl: 5, data: "10.0.0.1" },
        { type: "SRV", name: "web.local", ttl: 5, data: { priority: 1, weight: 2, port: 3, target: "a.local" } },
        { type: "TXT", name: "web.local", ttl: 5, data: ["x", "y"] },
        {
          type: "SOA",
          name: "local",
          ttl: 5,
          data: { mname: "ns.local", rname: "h.local", serial: 1, refresh: 2, retry: 3, expire: 4, minimum: 5 },
        },
      ],
      additionals: [
        {
          type: "OPT",
          name: ".",
          udpPayloadSize: 4096,
          flags: packet.DNSSEC_OK,
          ednsVersion: 0,
          extendedRcode: 0,
          flag_do: true,
          options: [],
        },
      ],
    });
    expect(decodeMessage(octets)).toMatchObject({
      id: 7,
      questions: [{ name: ["web", "local"], type: 1, class: 1 }],
      answers: [
        { name: ["web", "local"], ttlSeconds: 5, data: { kind: "A", address: Buffer.of(10, 0, 0, 1) } },
        { data: { kind: "SRV", priority: 1, weight: 2, port: 3, target: ["a", "local"] } },
        { data: { kind: "TXT", strings: ["x", "y"] } },
        { data: { kind: "SOA", nameServer: ["ns", "local"], mailbox: ["h", "local"], serial: 1, minimumSeconds: 5 } },
      ],
      edns: { udpPayloadSize: 4096, version: 0, dnssecOk: true, options: [] },
    });
  });
});
