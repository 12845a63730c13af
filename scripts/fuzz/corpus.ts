/** The inputs that are kept, and what is made of them: pieces of one in another, and of nothing. */
import { readFileSync } from "node:fs";
import fc from "fast-check";

export const corpus = (JSON.parse(readFileSync(new URL("corpus.json", import.meta.url), "utf8")) as string[]).map(
  (text) =>
    // What is no UTF-8 is written in the corpus as the characters of its octets.
    /[\u0080-\u00ff]/.test(text) ? Uint8Array.from(Buffer.from(text, "latin1")) : new TextEncoder().encode(text),
);

/** An input of the corpus with pieces of others and of nothing in it. */
export const mutated = fc
  .tuple(
    fc.constantFrom(...corpus),
    fc.array(fc.tuple(fc.nat(400), fc.nat(8), fc.oneof(fc.uint8Array({ maxLength: 12 }), fc.constantFrom(...corpus))), {
      maxLength: 6,
    }),
  )
  .map(([start, edits]) =>
    edits.reduce((octets, [at, gone, come]) => {
      const place = at % (octets.length + 1);
      return Uint8Array.from([...octets.subarray(0, place), ...come, ...octets.subarray(place + gone)]);
    }, start),
  );
