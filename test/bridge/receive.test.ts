import packet from "dns-packet";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { receive } from "../../src/bridge/receive.ts";
import { encodeMessage } from "../../src/dns/wire/encode.ts";
import { anyMessage } from "../dns/wire/arbitraries.ts";
import { query } from "./messages.ts";

/** A query with some of its octets replaced. */
function changed(octets: Uint8Array, changes: Record<number, number>): Uint8Array {
  const copy = Uint8Array.from(octets);
  for (const [at, octet] of Object.entries(changes)) copy[Number(at)] = octet;
  return copy;
}

const web = query("web.cluster.local");
const typeAt = web.length - 3;
const classAt = web.length - 1;
const withOpt = query("web.cluster.local", "A", { udpPayloadSize: 1232 });
const versionAt = web.length + 6;

describe("a message", () => {
  it.each<[string, Uint8Array]>([
    ["without a whole header", web.subarray(0, 11)],
    ["of nothing", new Uint8Array()],
    ["that is a response", changed(web, { 2: 0x80 })],
    ["that is a response and garbage", changed(web.subarray(0, 20), { 2: 0x80 })],
  ])("%s is not answered at all", (_, octets) => {
    expect(receive(octets)).toEqual({ kind: "ignored" });
  });

  it.each<[string, Uint8Array, rcode: number]>([
    ["that ends too early", web.subarray(0, web.length - 1), 1],
    ["with octets behind it", Uint8Array.from([...web, 0]), 1],
    ["without a question", changed(web.subarray(0, 12), { 5: 0 }), 1],
    ["with an unknown opcode and nothing behind its header", changed(web.subarray(0, 12), { 2: 0x30, 5: 0 }), 4],
    ["that is an UPDATE", changed(web, { 2: 0x28 }), 4],
    ["of EDNS version 1", changed(withOpt, { [versionAt]: 1 }), 16],
    ["of type OPT", changed(web, { [typeAt]: 41 }), 1],
    ["of type 0", changed(web, { [typeAt]: 0 }), 1],
    ["that asks for a transfer", changed(web, { [typeAt]: 252 }), 5],
    ["of class CH", changed(web, { [classAt]: 3 }), 5],
    ["of class NONE", changed(web, { [classAt]: 254 }), 1],
  ])("%s is turned away", (_, octets, rcode) => {
    expect(receive(octets)).toMatchObject({ kind: "turned-away", rcode, query: { id: 7 } });
  });

  it("with a question is one, with what bears on the answer and its letters as they came", () => {
    const flags = packet.RECURSION_DESIRED | packet.CHECKING_DISABLED;
    expect(receive(query("WEB.cluster.local", "AAAA", { flags, udpPayloadSize: 4096, dnssecOk: true }))).toMatchObject({
      kind: "question",
      question: {
        id: 7,
        recursionDesired: true,
        checkingDisabled: true,
        authenticData: false,
        edns: { udpPayloadSize: 4096, dnssecOk: true },
        question: { name: ["WEB", "cluster", "local"], type: 28, class: 1 },
      },
    });
  });

  it("is never answered when it is a response, whatever else it is", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), anyOctets()), (octets) => {
        const { kind } = receive(octets);
        const isResponse = octets.length >= 12 && (octets[2] ?? 0) >= 0x80;
        expect(kind === "ignored").toBe(isResponse || octets.length < 12);
      }),
      { numRuns: 500 },
    );
  });
});

function anyOctets(): fc.Arbitrary<Uint8Array> {
  return anyMessage.map((message) => encodeMessage(message).octets);
}
