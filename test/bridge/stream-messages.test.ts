import fc from "fast-check";
import { expect, it } from "vitest";
import { framed, StreamMessages } from "../../src/bridge/stream-messages.ts";

it("messages come out of a stream as they went in, however it is cut into pieces", () => {
  const messages = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 });
  fc.assert(
    fc.property(messages, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (sent, pieces) => {
      const stream = Buffer.concat(sent.map(framed));
      const reader = new StreamMessages();
      const received: Uint8Array[] = [];
      for (let at = 0, index = 0; at < stream.length; index++) {
        const end = at + (pieces[index % pieces.length] ?? 1);
        received.push(...reader.take(stream.subarray(at, end)));
        at = end;
      }
      expect(received.map((message) => [...message])).toEqual(sent.map((message) => [...message]));
    }),
  );
});

it("the longest message has 65,535 octets", () => {
  const message = new Uint8Array(65_535).fill(7);
  expect(new StreamMessages().take(framed(message))).toEqual([message]);
});
