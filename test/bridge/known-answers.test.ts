import { describe, expect, it } from "vitest";
import { KnownAnswers } from "../../src/bridge/known-answers.ts";
import { decodeMessage } from "../../src/dns/wire/decode.ts";
import type { Message } from "../../src/dns/wire/message.ts";
import { address, query, response, soa } from "./messages.ts";

const asked = query("web.cluster.local");
const found = decoded(response(asked, { answers: [address("web.cluster.local", "10.0.0.1")] }));
const denied = decoded(response(asked, { rcode: 3, authorities: [soa()] }));
const failed = decoded(response(asked, { rcode: 2 }));

function decoded(octets: Uint8Array): Message {
  const message = decodeMessage(octets);
  if (message === undefined) throw new Error("it does not decode");
  return message;
}

describe("known answers", () => {
  it("are fresh for their TTL from when they were asked for", () => {
    const known = new KnownAnswers();
    known.keep("web", found, 100, 1000);
    expect(known.get("web")).toEqual({ message: found, asOfMs: 1000, freshUntilMs: 6000, octets: 100 });
    expect(known.get("other")).toBeUndefined();
  });

  it("give way to what is said later: a denial, or that there is something after all", () => {
    const known = new KnownAnswers();
    for (const [message, asOfMs] of [[found, 0] as const, [denied, 1] as const, [found, 2] as const]) {
      known.keep("web", message, 100, asOfMs);
      expect(known.get("web")).toMatchObject({ message, asOfMs });
    }
  });

  it("do not give way to a failure", () => {
    const known = new KnownAnswers();
    known.keep("web", found, 100, 0);
    known.keep("web", failed, 100, 1);
    expect(known.get("web")?.message).toBe(found);
  });

  it("are so many at most, and the oldest goes first; asking again makes one young", () => {
    const known = new KnownAnswers({ entries: 2, octets: 1000 });
    for (const key of ["a", "b", "a", "c"]) known.keep(key, found, 100, 0);
    expect(["a", "b", "c"].map((key) => known.get(key) !== undefined)).toEqual([true, false, true]);
  });

  it("take so many octets at most", () => {
    const known = new KnownAnswers({ entries: 100, octets: 250 });
    for (const key of ["a", "b", "c"]) known.keep(key, found, 100, 0);
    expect(["a", "b", "c"].map((key) => known.get(key) !== undefined)).toEqual([false, true, true]);
    known.keep("d", found, 300, 0);
    expect(["b", "c", "d"].map((key) => known.get(key) !== undefined)).toEqual([false, false, false]);
  });

  it("are not pushed out by names that do not exist", () => {
    const known = new KnownAnswers({ entries: 2, octets: 1000 }, { entries: 2, octets: 1000 });
    known.keep("web", found, 100, 0);
    for (let index = 0; index < 100; index++) known.keep(`random-${index}`, denied, 100, 0);
    expect(known.get("web")?.message).toBe(found);
    expect(known.get("random-0")).toBeUndefined();
    expect(known.get("random-99")?.message).toBe(denied);
  });
});
