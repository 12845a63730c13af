/** dns.md section 10.4: EDNS(0). */
import { describe, expect, it } from "vitest";
import { decodeMessage } from "../../src/dns/wire/decode.ts";
import { endpoint, FakeCluster } from "../dns/fake-cluster.ts";
import { kubia, opt, optOfReply, raw, sendRaw, u16s } from "./octets.ts";

const noError = 0;
const formErr = 1;
const padding = 12;
const zeros = (length: number) => new Uint8Array(length);

it("M21: an OPT record comes back if one was sent, and only then", async () => {
  expect(optOfReply(await sendRaw(raw({})))).toBeUndefined();
  expect(optOfReply(await sendRaw(raw({ rest: [opt()] })))).toEqual({ version: 0, rcode: 0, flags: 0 });
  const refused = await sendRaw(raw({ name: ["example", "com"], rest: [opt()] }));
  expect(optOfReply(refused)).toEqual({ version: 0, rcode: 0, flags: 0 });
});

it("M22: two OPT records are malformed", async () => {
  expect(await sendRaw(raw({ rest: [opt(), opt()] }))).toMatchObject({ rcode: formErr });
});

describe("M23: a version above 0 is BADVERS, before any answer is sought", () => {
  it.each([1, 255])("version %i", async (version) => {
    const cluster = new FakeCluster();
    const reply = await sendRaw(raw({ rest: [opt({ version, options: [[padding, zeros(1)]] })] }), cluster.server());
    expect(reply).toMatchObject({ rcode: 0, counts: [1, 0, 0, 1], aa: false });
    expect(optOfReply(reply)).toEqual({ version: 0, rcode: 1, flags: 0 });
    expect(cluster.calls).toEqual([]);
  });
});

it("M24: unknown options are not echoed, unknown flags are cleared, DO is copied", async () => {
  const unknown = opt({ flags: 0xffff, options: [[65_001, zeros(8)]] });
  expect(optOfReply(await sendRaw(raw({ rest: [unknown] })))).toEqual({ version: 0, rcode: 0, flags: 0x8000 });
  expect(optOfReply(await sendRaw(raw({ rest: [opt({ flags: 0x7fff })] })))).toMatchObject({ flags: 0 });
});

describe("M25: only 65,535 octets cut an answer short", () => {
  const many = (count: number) =>
    new FakeCluster()
      .headless(
        "default/kubia",
        Array.from({ length: count }, (_, index) => endpoint(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`)),
      )
      .server();

  it.each([0, 512, 65_535])("a UDP payload size of %i means nothing", async (udpPayloadSize) => {
    const reply = await sendRaw(raw({ rest: [opt({ udpPayloadSize })] }), many(4000));
    expect(reply).toMatchObject({ tc: false, counts: [1, 4000, 0, 1] });
  });

  it("what does not fit is left out, and the reply says so", async () => {
    const reply = await sendRaw(raw({ rest: [opt()] }), many(5000));
    expect(reply.tc).toBe(true);
    expect(reply.octets.length).toBeLessThanOrEqual(65_535);
    expect(reply.octets.length).toBeGreaterThan(65_500);
  });
});

describe("M26: a padded query gets a reply padded to a multiple of 468, with zeros", () => {
  it.each([0, 1, 200, 468, 60_000])("query padding of %i octets", async (length) => {
    const reply = await sendRaw(raw({ rest: [opt({ options: [[padding, zeros(length)]] })] }));
    expect(reply.octets.length).toBe(468);
    const octets = optOfReply(reply)?.padding ?? 0;
    expect(reply.octets.subarray(-octets)).toEqual(Buffer.alloc(octets));
  });

  it("none without EDNS, none without padding", async () => {
    expect((await sendRaw(raw({}))).octets.length).toBeLessThan(128);
    expect((await sendRaw(raw({ rest: [opt()] }))).octets.length).toBeLessThan(128);
  });

  it.each([1, 27, 28, 29, 250, 4085, 4089, 5000])("whatever the length of the answer: %i addresses", async (count) => {
    const endpoints = Array.from({ length: count }, (_, index) => endpoint(`10.30.${index >> 8}.${index & 255}`));
    const server = new FakeCluster().headless("default/kubia", endpoints).server();
    const { octets } = await sendRaw(raw({ rest: [opt({ options: [[padding, zeros(0)]] })] }), server);
    expect(octets.length % 468 === 0 || octets.length === 65_535).toBe(true);
    expect(decodeMessage(octets)).toBeDefined();
  });
});

it.each([
  ["M27: cookies of any size", 10, zeros(8)],
  ["M27: cookies of a wrong size", 10, zeros(3)],
  ["M28: tcp-keepalive", 11, zeros(2)],
  ["M29: client subnet", 8, Uint8Array.of(0, 1, 24, 0, 192, 0, 2)],
])("%s are ignored and not echoed", async (_, code, octets) => {
  const reply = await sendRaw(raw({ rest: [opt({ options: [[code, octets]] })] }));
  expect(reply).toMatchObject({ rcode: noError, counts: [1, 1, 0, 1] });
  expect(optOfReply(reply)).toEqual({ version: 0, rcode: 0, flags: 0 });
});

describe("M30: a malformed OPT record makes the message malformed", () => {
  const rootOpt = Buffer.from(opt());
  const pastRdata = Buffer.concat([Buffer.from(opt()).subarray(0, 9), u16s(4, padding, 9)]);
  const pastMessage = Buffer.concat([rootOpt.subarray(0, 9), u16s(1)]);
  const halfAnOption = Buffer.concat([rootOpt.subarray(0, 9), u16s(2, padding)]);
  it.each([
    ["owner other than root", Buffer.concat([Buffer.of(1, 0x61), rootOpt])],
    ["an option past the data", pastRdata],
    ["data past the message", pastMessage],
    ["half an option", halfAnOption],
  ])("%s", async (_, rest) => {
    expect(await sendRaw(raw({ rest: [rest] }))).toMatchObject({ rcode: formErr });
  });

  it("as does an option that reaches behind the data", async () => {
    const behind = Buffer.concat([pastRdata, zeros(9)]);
    expect(await sendRaw(raw({ rest: [behind] }))).toMatchObject({ rcode: formErr });
  });

  it("as does one outside the additional section", async () => {
    expect(await sendRaw(raw({ counts: [1, 1, 0, 0], rest: [opt()] }))).toMatchObject({ rcode: formErr });
    expect(await sendRaw(raw({ counts: [1, 0, 1, 0], rest: [opt()] }))).toMatchObject({ rcode: formErr });
  });
});

it("records that a query has no use for are walked past", async () => {
  const record = Buffer.concat([u16s(0xc00c, 16, 1, 0, 0, 3), Buffer.of(2, 0x61, 0x62)]);
  const message = raw({ name: kubia, counts: [1, 1, 1, 2], rest: [record, record, record, opt()] });
  expect(await sendRaw(message)).toMatchObject({ rcode: noError, counts: [1, 1, 0, 1] });
});
