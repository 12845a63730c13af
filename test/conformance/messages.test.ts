/** dns.md sections 10.1 to 10.3 and 10.5: header, question, types, names, malformed messages. */
import packet from "dns-packet";
import { describe, expect, it } from "vitest";
import { decodeMessage } from "../../src/dns/wire/decode.ts";
import { endpoint, FakeCluster } from "../dns/fake-cluster.ts";
import { verdictOn } from "./cluster.ts";
import { kubia, nameOctets, opt, raw, sendRaw, u16s } from "./octets.ts";

const noError = 0;
const formErr = 1;
const nxDomain = 3;
const notImp = 4;
const refused = 5;
const zone = ["cluster", "local"];

describe("M1: ID, opcode and RD are copied; every other flag is the server's", () => {
  it.each([0x0000, 0x0100, 0x06af, 0x07ff])("flags %i", async (flags) => {
    const reply = await sendRaw(raw({ id: 0x1234, flags }));
    expect(reply).toMatchObject({ id: 0x1234, opcode: 0, rcode: noError, tc: false, ra: false, z: false, aa: true });
    expect(reply.rd).toBe((flags & 0x0100) !== 0);
  });
});

it("M2: CD is copied, AD is clear", async () => {
  expect(await sendRaw(raw({ flags: 0x0130 }))).toMatchObject({ cd: true, ad: false });
  expect(await sendRaw(raw({ flags: 0x0120 }))).toMatchObject({ cd: false, ad: false });
});

it("M3: the question is echoed octet for octet, and the owner is written as asked", async () => {
  const name = ["kUbIa", "DEFault", "svc", "Cluster", "LOCAL"];
  for (let times = 0; times < 2; times++) {
    const { octets } = await sendRaw(raw({ name }));
    expect(octets.subarray(12, 12 + nameOctets(name).length)).toEqual(nameOctets(name));
    expect(packet.decode(octets).answers?.[0]?.name).toBe(name.join("."));
  }
});

it.each([
  ["found", kubia, true],
  ["NXDOMAIN", ["gone", "default", "svc", ...zone], true],
  ["NODATA", ["svc", ...zone], true],
  ["REFUSED", ["example", "com"], false],
])("M4: answers about our zones are authoritative: %s", async (_, name, aa) => {
  expect(await sendRaw(raw({ name }))).toMatchObject({ aa });
});

it("M5: two questions are one too many", async () => {
  const second = Buffer.concat([nameOctets(kubia), u16s(1, 1)]);
  expect(await sendRaw(raw({ counts: [2, 0, 0, 0], rest: [second] }))).toMatchObject({ rcode: formErr });
});

it("M6: no question is one too few", async () => {
  expect(await sendRaw(raw({ counts: [0, 0, 0, 0] }))).toMatchObject({ rcode: formErr, counts: [0, 0, 0, 0] });
});

it("M7: a response is no query", async () => {
  expect(await sendRaw(raw({ flags: 0x8100 }))).toMatchObject({ rcode: formErr, aa: false });
});

describe("M8: other opcodes are not implemented", () => {
  it.each([1, 2, 3, 4, 5, 6, 15])("opcode %i, with a question or a header alone", async (opcode) => {
    const flags = opcode << 11;
    expect(await sendRaw(raw({ flags }))).toMatchObject({ rcode: notImp, opcode, aa: false });
    expect(await sendRaw(raw({ flags, counts: [0, 0, 0, 0] }))).toMatchObject({ rcode: notImp, opcode });
  });
});

it.each([
  ["CH", 3, refused],
  ["HS", 4, refused],
  ["ANY", 255, refused],
  ["NONE", 254, formErr],
])("M9: class %s", async (_, questionClass, rcode) => {
  const name = ["version", "bind"];
  expect(await sendRaw(raw({ name, type: 16, class: questionClass }))).toMatchObject({ rcode, aa: false });
});

it.each([[["example", "com"]], [[]], [["arpa"]]])("M10: a name outside all zones is refused: %j", async (name) => {
  expect(await sendRaw(raw({ name }))).toMatchObject({ rcode: refused, aa: false, counts: [1, 0, 0, 0] });
});

it.each([[["notcluster", "local"]], [["xcluster", "local"]], [["local"]], [["cluster", "local", "com"]]])(
  "M11: zones end at labels: %j",
  async (name) => {
    expect(await sendRaw(raw({ name }))).toMatchObject({ rcode: refused });
  },
);

describe("M12: an unknown type has no data, on a name that exists", () => {
  it.each([10, 64, 65, 250, 257, 65_280, 65_535])("type %i", async (type) => {
    expect(await sendRaw(raw({ type }))).toMatchObject({ rcode: noError, counts: [1, 0, 1, 0] });
    expect(await sendRaw(raw({ type, name: ["gone", ...kubia.slice(1)] }))).toMatchObject({ rcode: nxDomain });
  });
});

it("M13: ANY gets one RRset", async () => {
  const any = 255;
  expect(await verdictOn("kubia.default.svc.Z", any)).toBe("A 10.96.0.10");
  expect(await verdictOn("v6.default.svc.Z", any)).toBe("AAAA 2001:db8::1:12");
  expect(await verdictOn("web.default.svc.Z", any)).toBe("A 10.30.1.10, A 10.30.1.11");
  expect(await verdictOn("_http._tcp.kubia.default.svc.Z", any)).toBe("SRV 0 100 80 kubia.default.svc.cluster.local");
  expect(await verdictOn("dns-version.Z", any)).toBe('TXT "1.1.0"');
  expect(await verdictOn("inside.default.svc.Z", any)).toBe("CNAME kubia.default.svc.cluster.local");
  expect(await verdictOn("10.0.96.10.in-addr.arpa", any)).toBe("PTR kubia.default.svc.cluster.local");
  expect(await verdictOn("Z", any)).toMatch(/^SOA /);
  expect(await verdictOn("gone.default.svc.Z", any)).toBe("NXDOMAIN");
});

it.each([251, 252])("M14: a transfer is refused: type %i", async (type) => {
  expect(await sendRaw(raw({ name: zone, type }))).toMatchObject({ rcode: refused, aa: false });
});

it("M15: OPT and zero are no types to ask for; signatures and DS are not there", async () => {
  expect(await sendRaw(raw({ type: 41 }))).toMatchObject({ rcode: formErr });
  expect(await sendRaw(raw({ type: 0 }))).toMatchObject({ rcode: formErr });
  for (const type of [43, 46, 47, 48]) {
    expect(await sendRaw(raw({ name: zone, type }))).toMatchObject({ rcode: noError, counts: [1, 0, 1, 0] });
  }
});

describe("M16: labels up to 63 octets, names up to 255", () => {
  const long = (last: number) => ["a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(last)];
  it.each([
    ["label of 63", ["a".repeat(63), ...zone], nxDomain],
    ["label of 64", ["a".repeat(64), ...zone], formErr],
    ["name of 255", [...long(47), ...zone], nxDomain],
    ["name of 256", [...long(48), ...zone], formErr],
  ])("%s", async (_, name, rcode) => {
    expect(await sendRaw(raw({ name }))).toMatchObject({ rcode });
  });
});

describe("M17: malformed label types and pointers", () => {
  const start = 12;
  it.each([
    ["type 01", Buffer.of(0x41, 0x41, 0)],
    ["type 10", Buffer.of(0x81, 0x41, 0)],
    ["to itself", Buffer.of(0xc0, start)],
    ["to each other", Buffer.of(0xc0, start + 2, 0xc0, start)],
    ["into its own labels", Buffer.of(1, 0x61, 0xc0, start)],
    ["forward", Buffer.of(0xc0, start + 6, 0, 1, 0, 1, 0)],
    ["into the header", Buffer.of(0xc0, 4)],
    ["past the end", Buffer.of(0xff, 0xff)],
    ["half a pointer", Buffer.of(0xc0)],
  ])("%s", async (_, octets) => {
    const message = Buffer.concat([raw({ name: [] }).subarray(0, start), octets]);
    expect(await sendRaw(message)).toMatchObject({ rcode: formErr });
    const followed = Buffer.concat([message, u16s(1, 1)]);
    expect(await sendRaw(followed)).toMatchObject({ rcode: formErr });
  });
});

describe("M18: labels are octets, and a dot in one is an octet", () => {
  it.each([
    [["kubia.default", "svc", ...zone], nxDomain],
    [["kubia", "default.svc", ...zone], nxDomain],
    [["kubia", "default", "svc", "cluster.local"], refused],
    [["cluster.local"], refused],
    [["kubia.default.svc.cluster.local"], refused],
    [["\0", "default", "svc", ...zone], nxDomain],
    [["\u00ff", "default", "svc", ...zone], nxDomain],
    [[" ", "default", "svc", ...zone], nxDomain],
    [["kubia\\", "default", "svc", ...zone], nxDomain],
    [["10.30.1.10", "default", "pod", ...zone], nxDomain],
    [["10.0", "96", "10", "in-addr", "arpa"], nxDomain],
  ])("%j", async (name, rcode) => {
    expect(await sendRaw(raw({ name, type: 255 }))).toMatchObject({ rcode });
  });
});

describe("M19: A to Z fold, and nothing else does", () => {
  it.each([
    ["KELVIN SIGN is no k", Buffer.from("\u212aubia", "utf8").toString("latin1")],
    ["LONG S is no s", Buffer.from("\u017f", "utf8").toString("latin1")],
    ["0xC0 is not 0xE0", "kubi\u00c0"],
  ])("%s", async (_, label) => {
    const cluster = new FakeCluster()
      .service("default/kubia", { clusterIP: "10.96.0.1" })
      .service("default/s", { clusterIP: "10.96.0.2" })
      .service("default/kubi\u00e0", { clusterIP: "10.96.0.3" });
    const message = raw({ name: [label, "default", "svc", ...zone] });
    expect(await sendRaw(message, cluster.server())).toMatchObject({ rcode: nxDomain });
  });

  it("0x40 and 0x5B, the neighbours of A and Z, stay", async () => {
    for (const label of ["@ubia", "[ubia"]) {
      expect(await sendRaw(raw({ name: [label, "default", "svc", ...zone] }))).toMatchObject({ rcode: nxDomain });
    }
  });
});

describe("M20: names are compressed, but never the target of an SRV", () => {
  it("250 addresses take 16 octets each", async () => {
    const endpoints = Array.from({ length: 250 }, (_, index) => endpoint(`10.30.3.${index}`));
    const server = new FakeCluster().headless("default/kubia", endpoints).server();
    const { octets } = await sendRaw(raw({}), server);
    expect(octets.length).toBe(raw({}).length + 250 * 16);
  });

  it("the target of an SRV is spelled, and may be read compressed", async () => {
    const { octets } = await sendRaw(raw({ name: ["_http", "_tcp", ...kubia], type: 33 }));
    expect(octets.subarray(-16 - nameOctets(kubia).length, -16)).toEqual(nameOctets(kubia));
    const compressed = raw({
      name: kubia,
      type: 33,
      flags: 0x8180,
      counts: [1, 1, 0, 0],
      rest: [u16s(0xc00c, 33, 1, 0, 5, 8, 0, 100, 80, 0xc00c)],
    });
    expect(decodeMessage(compressed)?.answers[0]?.data).toEqual({
      kind: "SRV",
      priority: 0,
      weight: 100,
      port: 80,
      target: kubia,
    });
  });
});

it.each([0, 1, 11])("M31: %i octets hold no header, and get no DNS reply", async (length) => {
  await expect(sendRaw(new Uint8Array(length))).rejects.toThrow("no reply");
});

describe("M32: behind a header, whatever cannot be read is FORMERR with ID and opcode alone", () => {
  const whole = raw({ rest: [opt()] });
  it("at every length", async () => {
    for (let length = 12; length < whole.length; length++) {
      const reply = await sendRaw(whole.subarray(0, length));
      expect(reply).toMatchObject({ rcode: formErr, id: 0xbeef, counts: [0, 0, 0, 0], aa: false });
      expect(reply.octets.length).toBe(12);
    }
  });
});

it.each<[number, number, number, number]>([
  [1, 1, 0, 0],
  [1, 0, 1, 0],
  [1, 0, 0, 1],
  [1, 65_535, 65_535, 65_535],
  [65_535, 0, 0, 0],
])("M33: counts that promise what is not there: %i %i %i %i", async (...counts) => {
  expect(await sendRaw(raw({ counts }))).toMatchObject({ rcode: formErr });
});

describe("M34: octets behind the last record make a message malformed", () => {
  it.each([
    ["one", Buffer.of(0)],
    ["a record that no count promises", opt()],
  ])("%s", async (_, rest) => {
    expect(await sendRaw(raw({ counts: [1, 0, 0, 0], rest: [rest] }))).toMatchObject({ rcode: formErr });
  });

  it("and so does TCP's length in front", async () => {
    const message = raw({ id: 0 });
    expect(await sendRaw(Buffer.concat([u16s(message.length), message]))).toMatchObject({ rcode: formErr });
  });
});
