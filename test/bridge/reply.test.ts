import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { receive, type ClientQuestion } from "../../src/bridge/receive.ts";
import { relay } from "../../src/bridge/relay.ts";
import { encodeReply, nothingBut, turned, underName, type Content } from "../../src/bridge/reply.ts";
import { decodeMessage } from "../../src/dns/wire/decode.ts";
import { internetRecord, type ResourceRecord } from "../../src/dns/wire/message.ts";
import { address, lines, query, read, response, type QueryShape } from "./messages.ts";

const name = ["web", "default", "svc", "cluster", "local"];
const dotted = name.join(".");

function asked(text: string, shape: QueryShape = {}): ClientQuestion {
  const received = receive(query(text, "A", shape));
  if (received.kind !== "question") throw new Error("that is no question");
  return received.question;
}

function addresses(count: number, owner = name): ResourceRecord[] {
  return Array.from({ length: count }, (_, index) =>
    internetRecord([...owner], 5, { kind: "A", address: Uint8Array.of(10, 0, index >> 8, index) }),
  );
}

function found(answers: ResourceRecord[], additional: ResourceRecord[] = []): Content {
  return { ...nothingBut(0, false), answers, additional };
}

describe("a reply", () => {
  it("has the client's ID and flags, its letters, and an OPT record if it sent one", () => {
    const question = asked("wEb.default.svc.cluster.local", { id: 4711, udpPayloadSize: 1232, dnssecOk: true });
    const content = underName(found(addresses(2)), name, question.question.name);
    const reply = read(encodeReply(question, question.question, content, "udp"));
    expect(reply).toMatchObject({ id: 4711, flag_qr: true, flag_rd: true, flag_ra: false, rcode: "NOERROR" });
    expect(reply.questions).toMatchObject([{ name: "wEb.default.svc.cluster.local", type: "A", class: "IN" }]);
    expect(lines(reply.answers)).toEqual([
      "wEb.default.svc.cluster.local 5 A 10.0.0.0",
      "wEb.default.svc.cluster.local 5 A 10.0.0.1",
    ]);
    expect(reply.additionals).toMatchObject([{ type: "OPT", flag_do: true, udpPayloadSize: 1232 }]);
  });

  it("has no OPT record for a client that sent none", () => {
    const question = asked(dotted);
    expect(read(encodeReply(question, question.question, nothingBut(2, true), "udp", 22)).additionals).toEqual([]);
  });

  it.each([
    ["512 octets without EDNS", undefined, 512],
    ["512 octets with an EDNS size below", 100, 512],
    ["its EDNS size", 900, 900],
    ["1232 octets however much the client would take", 65_535, 1232],
  ])("over UDP is at most %s, and cut beyond", (_, udpPayloadSize, limit) => {
    const question = asked(dotted, udpPayloadSize === undefined ? {} : { udpPayloadSize });
    const octetsOf = (count: number) =>
      encodeReply(question, question.question, underName(found(addresses(count)), name, name), "udp");
    // With the owner as a pointer, an address takes 16 octets.
    const fitting = Math.floor((limit - octetsOf(0).length) / 16);
    expect(read(octetsOf(fitting))).toMatchObject({ flag_tc: false });
    const cut = octetsOf(fitting + 1);
    expect(cut.length).toBeLessThanOrEqual(limit);
    expect(read(cut).flag_tc).toBe(true);
    expect(read(cut).answers).toHaveLength(fitting);
    expect(read(cut).additionals).toHaveLength(udpPayloadSize === undefined ? 0 : 1);
  });

  it("over TCP is whole", () => {
    const question = asked(dotted);
    const reply = encodeReply(question, question.question, underName(found(addresses(4000)), name, name), "tcp");
    expect(read(reply)).toMatchObject({ flag_tc: false });
    expect(read(reply).answers).toHaveLength(4000);
  });

  it("is whole or says that it was cut, and fits, whatever there is to say", () => {
    fc.assert(
      fc.property(
        fc.nat(120),
        fc.nat(80),
        fc.option(fc.integer({ min: 1, max: 65_535 })),
        (answers, additional, size) => {
          const question = asked(dotted, size === null ? {} : { udpPayloadSize: size });
          const content = underName(found(addresses(answers), addresses(additional, ["other"])), name, name);
          const octets = encodeReply(question, question.question, content, "udp");
          const reply = decodeMessage(octets);
          expect(octets.length).toBeLessThanOrEqual(size === null ? 512 : Math.min(1232, Math.max(512, size)));
          expect(reply?.truncated).toBe((reply?.answers.length ?? 0) < answers);
          // Of the additional section a set is there as a whole, or not at all (RFC 2181 §9).
          expect([0, additional]).toContain(reply?.additional.length);
        },
      ),
    );
  });
});

describe("under the name that was asked for", () => {
  it("stand the records of the name that was found, and no others", () => {
    const alias = internetRecord(["ext"], 5, { kind: "CNAME", target: ["other"] });
    const content = found([alias, ...addresses(1, ["other"])], addresses(1, ["EXT"]));
    const { answers, additional } = underName(content, ["ext"], ["Short"]);
    expect([...answers, ...additional].map((record) => record.name)).toEqual([["Short"], ["other"], ["Short"]]);
  });
});

describe("turning an answer", () => {
  it("keeps its records and its aliases in their place, and puts each address first in turn", () => {
    const alias = internetRecord(["ext"], 5, { kind: "CNAME", target: name });
    const content = found([alias, ...addresses(3)]);
    const first = [0, 0.34, 0.67, 0.999].map((random) => {
      const { answers } = turned(content, random);
      expect(answers[0]).toBe(alias);
      expect(new Set(answers)).toEqual(new Set(content.answers));
      return content.answers.indexOf(answers[1] ?? alias);
    });
    expect(first).toEqual([1, 2, 3, 3]);
    expect(turned(found([alias]), 0.9).answers).toEqual([alias]);
    expect(turned(found([]), 0.9).answers).toEqual([]);
  });
});

describe("a reply of somebody else", () => {
  const theirs = response(query("www.example.com", "A", { id: 1 }), {
    answers: [address("www.example.com", "192.0.2.1")],
  });

  it("is passed on as it is, but for ID and letters", () => {
    const reply = relay(asked("wWw.example.com", { id: 4711 }), theirs, "udp");
    expect(read(reply)).toMatchObject({ id: 4711, questions: [{ name: "wWw.example.com" }] });
    const ours = new Set([0, 1, 14]);
    expect([...reply].filter((octet, at) => !ours.has(at) && octet !== theirs[at])).toEqual([]);
  });

  it("is nothing but a hint to come back over TCP when it is longer than the client can take", () => {
    const answers = Array.from({ length: 40 }, (_, index) => address("www.example.com", `192.0.2.${index}`));
    const long = response(query("www.example.com", "A", { udpPayloadSize: 1232 }), { answers });
    expect(long.length).toBeGreaterThan(512);
    const reply = relay(asked("www.example.com", { id: 3 }), long, "udp");
    expect(read(reply)).toMatchObject({ id: 3, flag_tc: true, answers: [], questions: [{ name: "www.example.com" }] });
    expect(relay(asked("www.example.com", { id: 3 }), long, "tcp")).toHaveLength(long.length);
  });
});
