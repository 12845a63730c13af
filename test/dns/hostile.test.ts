/** What anybody may send: any octets, any URL, any body. Nothing throws, nothing answers 500, and work stays in bounds. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { handleDoh } from "../../src/dns/doh.ts";
import { decodeMessage } from "../../src/dns/wire/decode.ts";
import { decodeQuery } from "../../src/dns/wire/query.ts";
import { query } from "./ask.ts";
import { endpoint, FakeCluster } from "./fake-cluster.ts";

const mostOctets = 65_535;
const headerOctets = 12;
const server = new FakeCluster().headless("default/web", [endpoint("10.30.0.1")]).server();
const web = query("web.default.svc.cluster.local", "A");

/** How many octets of the message are looked at, some of them many times. */
function looksOf(octets: Uint8Array): number {
  let looks = 0;
  const watched = new Proxy(octets, {
    get: (target, key) => {
      if (typeof key === "string" && /^\d+$/.test(key)) looks++;
      return Reflect.get(target, key, target) as unknown;
    },
  });
  decodeQuery(watched);
  return looks;
}

/** Of the data of the first record, in which names lie that others point to. */
const dataStart = headerOctets + 5 + 11;

/** A question for the root, a record that holds `data`, then as many as fit with `owner` for their name and no data. */
function fullOfRecords(data: Uint8Array, owner: Uint8Array): Uint8Array {
  const octets = new Uint8Array(mostOctets);
  const view = new DataView(octets.buffer);
  const unknownType = 999;
  view.setUint16(headerOctets + 6, unknownType);
  view.setUint16(dataStart - 2, data.length);
  octets.set(data, dataStart);
  let records = 1;
  let offset = dataStart + data.length;
  for (; offset + owner.length + 10 <= mostOctets; offset += owner.length + 10) {
    octets.set(owner, offset);
    records++;
  }
  view.setUint16(4, 1);
  view.setUint16(6, records);
  return octets.subarray(0, offset);
}

describe("65,535 octets of a message", () => {
  const pointer = (target: number) => Uint8Array.of(0xc0 | (target >> 8), target);
  // The root, then 126 pointers, the longest chain that is followed: each to the one before, the first to the root.
  const chain = [0];
  for (let index = 0; index < 126; index++) chain.push(...pointer(dataStart + Math.max(0, 2 * index - 1)));
  const fullChain = fullOfRecords(Uint8Array.from(chain), pointer(dataStart + 1 + 2 * 124));
  // 127 labels, which each record spells by one pointer.
  const longName = Uint8Array.from([...Array.from({ length: 127 }, () => [1, 0x61]).flat(), 0]);
  const fullOfRoots = fullOfRecords(new Uint8Array(), Uint8Array.of(0));
  const fullOfNames = fullOfRecords(longName, pointer(dataStart));

  it.each<[string, Uint8Array]>([
    ["zeros", new Uint8Array(mostOctets)],
    [
      "counts of 65,535 and nothing behind",
      Uint8Array.of(0, 0, 1, 0, 0, 1, 255, 255, 255, 255, 255, 255, 0, 0, 1, 0, 1),
    ],
    ["names that are chains of pointers", fullChain],
    ["pointers to the longest name", fullOfNames],
    ["root names", fullOfRoots],
  ])("are read with so much work for each octet and no more: %s", (_, octets) => {
    // A record takes 12 octets with its pointer, which may lead past 127 length octets and 126 pointers.
    expect(looksOf(octets)).toBeLessThan(32 * octets.length + 1000);
  });

  it.each([
    ["chains", fullChain],
    ["long names", fullOfNames],
    ["roots", fullOfRoots],
  ])("are read to their end, and by both decoders: %s", (_, octets) => {
    expect(decodeQuery(octets).kind).toBe("query");
    expect(decodeMessage(octets)?.answers).toHaveLength(new DataView(octets.buffer).getUint16(6));
  });

  it("of any kind are read with bounded work", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: headerOctets, maxLength: mostOctets, size: "max" }), (octets) => {
        octets.set([0, 1], 4);
        expect(looksOf(octets)).toBeLessThan(32 * octets.length + 1000);
      }),
      { numRuns: 50 },
    );
  });
});

/** What every reply to a request must be, whatever was sent. */
async function expectSound(response: Response): Promise<void> {
  const octets = new Uint8Array(await response.arrayBuffer());
  if (response.headers.get("content-type") !== "application/dns-message") return;
  expect(response.status).toBe(200);
  expect(octets[2]).toBeGreaterThanOrEqual(0x80);
  expect(decodeMessage(octets)).toBeDefined();
}

describe("any URL", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "dns=",
      "name=",
      "type=",
      "do=",
      "cd=",
      "ct=",
      "edns_client_subnet=",
      "&",
      "?",
      "%",
      "%2",
      "%00",
      "=",
    ),
    fc.constantFrom(
      "web.default.svc.cluster.local",
      "A",
      "255",
      "65536",
      "\\",
      "\\000",
      "true",
      "10.0.0.0/8",
      "::/129",
    ),
    fc.constantFrom(Buffer.from(web).toString("base64url"), "application/dns-message"),
    fc.string({ unit: "binary", maxLength: 8 }),
    fc.uint8Array({ maxLength: 40 }).map((octets) => Buffer.from(octets).toString("base64url")),
  );

  it("is answered with a DNS message, JSON, or what is wrong with it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), fc.constantFrom("GET", "HEAD"), async (pieces, method) => {
        const url = new URL("https://dns.test/dns-query");
        url.search = pieces.join("");
        const response = await handleDoh(new Request(url, { method }), server);
        expect([200, 400, 414]).toContain(response.status);
        if (method === "GET") await expectSound(response);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("any body", () => {
  const damaged = fc
    .tuple(fc.array(fc.tuple(fc.nat(web.length - 1), fc.nat(255)), { maxLength: 6 }), fc.nat(web.length))
    .map(([changes, length]) => {
      const octets = Uint8Array.from(web);
      for (const [at, octet] of changes) octets[at] = octet;
      return octets.slice(0, length);
    });

  it("is answered with a DNS message, or 400 where there is no header", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(damaged, fc.uint8Array({ maxLength: 100 })), async (body) => {
        const headers = { "content-type": "application/dns-message" };
        const request = new Request("https://dns.test/dns-query", {
          method: "POST",
          body: Uint8Array.from(body),
          headers,
        });
        const response = await handleDoh(request, server);
        expect(response.status).toBe(body.length < headerOctets ? 400 : 200);
        await expectSound(response);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("5,000 endpoints", () => {
  const many = new FakeCluster().headless(
    "default/web",
    Array.from({ length: 5000 }, (_, index) => endpoint(`10.30.${index >> 8}.${index & 255}`, ["http/TCP/80"])),
  );

  it("fill an answer to its 65,535 octets, in JSON as well", async () => {
    const url = "https://dns.test/dns-query?name=web.default.svc.cluster.local";
    const body = (await (await handleDoh(new Request(url), many.server())).json()) as {
      TC: boolean;
      Answer: unknown[];
    };
    const room = mostOctets - web.length - 15;
    expect([body.TC, body.Answer.length]).toEqual([true, Math.floor(room / 16)]);
  });

  it("have each a name that is answered on its own", async () => {
    const asked = query("10-30-19-135.web.default.svc.cluster.local", "A");
    const reply = await many.server().answer(asked);
    expect(reply.kind === "reply" && reply.octets.length).toBe(asked.length + 16);
  });
});
