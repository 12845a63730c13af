/** Names outside the zones, with an upstream: dns-packet answers in its stead, and knows nothing of us. */
import packet from "dns-packet";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { handleDoh } from "../../src/dns/doh.ts";
import { decodeMessage } from "../../src/dns/wire/decode.ts";
import { ask, query, verdict } from "./ask.ts";
import { FakeCluster } from "./fake-cluster.ts";

const upstreamUrl = "https://dns.test/dns-query";
const dnsMessage = "application/dns-message";
const soa = {
  type: "SOA" as const,
  name: "example.com",
  ttl: 600,
  data: { mname: "ns.example.com", rname: "x.example.com", serial: 1, refresh: 2, retry: 3, expire: 4, minimum: 60 },
};

type Records = Pick<packet.Packet, "answers" | "authorities" | "additionals"> & { rcode?: number; flags?: number };

const a = (name: string, data: string, ttl = 300): packet.Answer => ({ type: "A", name, ttl, data });

function setUp(config: { upstreamUrl?: string | undefined } = { upstreamUrl }) {
  const cluster = new FakeCluster()
    .service("default/ext", { type: "ExternalName", externalName: "www.example.com." })
    .service("default/kubia", { clusterIP: "10.96.0.10" });
  const upstream = new FakeUpstream();
  cluster.fetch = upstream.fetch;
  return { cluster, upstream, server: cluster.server(config) };
}

class FakeUpstream {
  readonly asked: packet.Packet[] = [];
  readonly urls: string[] = [];
  readonly inits: RequestInit[] = [];
  /** By name. */
  records: Record<string, Records> = {
    "www.example.com": { answers: [a("www.example.com", "192.0.2.1")] },
  };
  /** Instead of what it would say. */
  response: ((reply: Buffer) => Promise<Response> | Response) | undefined;

  fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const octets = Buffer.from(new URL(url).searchParams.get("dns") ?? "", "base64url");
    const asked = packet.decode(octets);
    this.urls.push(url);
    this.asked.push(asked);
    const { rcode = 0, flags = 0, ...records } = this.records[asked.questions?.[0]?.name ?? ""] ?? { rcode: 3 };
    const reply = packet.encode({
      type: "response",
      id: asked.id ?? 0,
      flags: packet.RECURSION_DESIRED | packet.RECURSION_AVAILABLE | flags | rcode,
      questions: asked.questions ?? [],
      ...records,
    });
    this.inits.push(init);
    return (await this.response?.(reply)) ?? ok(reply);
  };
}

function ok(reply: Uint8Array, headers: Record<string, string> = {}): Response {
  return new Response(Uint8Array.from(reply), { headers: { "content-type": dnsMessage, ...headers } });
}

describe("a name outside the zones", () => {
  it("is what the upstream says, with its TTL, and not ours to speak of", async () => {
    const { server, upstream } = setUp();
    const asked = await ask(server, "www.example.com");
    expect(asked).toMatchObject({
      rcode: "NOERROR",
      answers: ["www.example.com 300 A 192.0.2.1"],
      authoritative: false,
      maxAgeSeconds: 300,
    });
    expect(upstream.inits).toMatchObject([{ redirect: "manual", headers: { accept: dnsMessage } }]);
    expect(upstream.urls).toEqual([expect.stringMatching(/^https:\/\/dns\.test\/dns-query\?dns=[\w-]+$/)]);
  });

  it("is refused without an upstream, as ever", async () => {
    const { server, upstream } = setUp({});
    expect(verdict(await ask(server, "www.example.com"))).toBe("REFUSED");
    expect(upstream.asked).toEqual([]);
  });

  it("is asked for under the ID 0, in lower case, with an OPT record of our own and nothing of the client's", async () => {
    const { server, upstream } = setUp();
    const message = packet.encode({
      type: "query",
      id: 4711,
      flags: packet.RECURSION_DESIRED,
      questions: [{ type: "A", name: "WWW.Example.COM" }],
      additionals: [
        {
          type: "OPT",
          name: ".",
          udpPayloadSize: 4096,
          flags: 0,
          options: [
            { code: "CLIENT_SUBNET", family: 1, ip: "203.0.113.0", sourcePrefixLength: 24, scopePrefixLength: 0 },
            { code: 10, data: Buffer.from("12345678") },
          ],
        } as unknown as packet.Answer,
      ],
    });
    const reply = await server.answer(Uint8Array.from(message));
    expect(upstream.asked).toMatchObject([
      {
        id: 0,
        flag_rd: true,
        flag_cd: false,
        questions: [{ name: "www.example.com", type: "A" }],
        additionals: [{ type: "OPT", options: [], udpPayloadSize: 1232 }],
      },
    ]);
    const decoded = reply.kind === "reply" ? packet.decode(Buffer.from(reply.octets)) : undefined;
    expect(decoded).toMatchObject({
      id: 4711,
      flag_ra: true,
      questions: [{ name: "WWW.Example.COM" }],
      additionals: [{ type: "OPT", options: [] }],
    });
  });

  it("is kept, and its TTL counts down", async () => {
    const { cluster, server, upstream } = setUp();
    await ask(server, "www.example.com");
    cluster.now += 299_000;
    const { answers, maxAgeSeconds } = await ask(server, "WWW.example.com");
    expect([answers, maxAgeSeconds]).toEqual([["WWW.example.com 1 A 192.0.2.1"], 1]);
    cluster.now += 1000;
    expect((await ask(server, "www.example.com")).maxAgeSeconds).toBe(300);
    expect(upstream.asked).toHaveLength(2);
  });

  it("has been kept by others for its Age", async () => {
    const { server, upstream } = setUp();
    upstream.response = (reply) => ok(reply, { age: "100" });
    expect(await ask(server, "www.example.com")).toMatchObject({
      answers: ["www.example.com 200 A 192.0.2.1"],
      maxAgeSeconds: 200,
    });
  });

  it("is kept for a day at most, and not at all under a TTL of zero, or of more than 31 bits", async () => {
    const { server, upstream } = setUp();
    upstream.records = {
      "long.example.com": { answers: [a("long.example.com", "192.0.2.1", 604_800)] },
      "zero.example.com": { answers: [a("zero.example.com", "192.0.2.1", 0)] },
      "huge.example.com": { answers: [a("huge.example.com", "192.0.2.1", 0xffff_ffff)] },
    };
    expect((await ask(server, "long.example.com")).maxAgeSeconds).toBe(86_400);
    for (const name of ["zero.example.com", "huge.example.com"]) {
      upstream.asked.length = 0;
      expect((await ask(server, name)).answers).toEqual([`${name} 0 A 192.0.2.1`]);
      await ask(server, name);
      expect(upstream.asked).toHaveLength(2);
    }
  });

  it("is kept by what validation the client wants, which is passed on, as is the verdict", async () => {
    const { server, upstream } = setUp();
    upstream.records["www.example.com"] = {
      flags: packet.AUTHENTIC_DATA,
      answers: [a("www.example.com", "192.0.2.1")],
    };
    for (const flags of [0, packet.AUTHENTIC_DATA, packet.CHECKING_DISABLED]) {
      const message = packet.encode({
        type: "query",
        id: 0,
        flags: packet.RECURSION_DESIRED | flags,
        questions: [{ type: "A", name: "www.example.com" }],
      });
      const reply = await server.answer(Uint8Array.from(message));
      const decoded = reply.kind === "reply" ? packet.decode(Buffer.from(reply.octets)) : undefined;
      expect(decoded).toMatchObject({ flag_ad: true, flag_cd: flags === packet.CHECKING_DISABLED });
    }
    expect(upstream.asked).toMatchObject([
      { flag_ad: false, flag_cd: false },
      { flag_ad: true, flag_cd: false },
      { flag_ad: false, flag_cd: true },
    ]);
  });

  it("is denied for as long as the SOA says, in whichever place it says less", async () => {
    const { cluster, server, upstream } = setUp();
    upstream.records = {
      "gone.example.com": { rcode: 3, authorities: [soa] },
      "empty.example.com": { authorities: [{ ...soa, ttl: 30 }] },
      "silent.example.com": { rcode: 3 },
    };
    expect(await ask(server, "gone.example.com")).toMatchObject({ rcode: "NXDOMAIN", maxAgeSeconds: 60 });
    expect(await ask(server, "empty.example.com")).toMatchObject({ rcode: "NOERROR", maxAgeSeconds: 30 });
    expect(await ask(server, "silent.example.com")).toMatchObject({ rcode: "NXDOMAIN", maxAgeSeconds: undefined });
    cluster.now += 30_000;
    expect(await ask(server, "gone.example.com")).toMatchObject({ maxAgeSeconds: 30 });
    expect(upstream.asked).toHaveLength(3);
    await ask(server, "silent.example.com");
    expect(upstream.asked).toHaveLength(4);
  });

  it("keeps the order of aliases, and names within data, whatever they were compressed to", async () => {
    const { server, upstream } = setUp();
    upstream.records = {
      "alias.example.com": {
        answers: [
          { type: "CNAME", name: "alias.example.com", ttl: 60, data: "www.example.com" },
          a("www.example.com", "192.0.2.1"),
        ],
      },
      "mail.example.com": {
        answers: [
          { type: "MX", name: "mail.example.com", ttl: 60, data: { preference: 10, exchange: "mx.example.com" } },
        ],
      },
    };
    // As compressing servers send it: dns-packet does not.
    const pointer = Buffer.from([0, 10, 2, 109, 120, 0xc0, 17]);
    expect((await ask(server, "alias.example.com")).answers).toEqual([
      "alias.example.com 60 CNAME www.example.com",
      "www.example.com 300 A 192.0.2.1",
    ]);
    upstream.response = (reply) => {
      const start = reply.indexOf(Buffer.from([0, 10, 2, 109, 120]));
      const compressed = Buffer.concat([reply.subarray(0, start - 2), Buffer.from([0, pointer.length]), pointer]);
      return ok(compressed);
    };
    const reply = await server.answer(query("mail.example.com", "MX"));
    const decoded = reply.kind === "reply" ? packet.decode(Buffer.from(reply.octets)) : undefined;
    expect(decoded?.answers).toMatchObject([{ type: "MX", data: { preference: 10, exchange: "mx.example.com" } }]);
  });

  it("is answered in JSON as well", async () => {
    const { server } = setUp();
    const response = await handleDoh(new Request("https://us.test/dns-query?name=www.example.com"), server);
    expect(response.headers.get("cache-control")).toBe("max-age=300");
    expect(await response.json()).toMatchObject({ Status: 0, RA: true, Answer: [{ TTL: 300, data: "192.0.2.1" }] });
  });
});

describe("what is not asked upstream", () => {
  it.each([
    ["www.cluster.local", "A", "NXDOMAIN"],
    ["kubia.default.svc.cluster.local", "A", "A 10.96.0.10"],
    ["9.9.9.10.in-addr.arpa", "PTR", "NXDOMAIN"],
    ["printer.local", "A", "REFUSED"],
    ["localhost", "A", "REFUSED"],
    ["hidden.onion", "A", "REFUSED"],
    ["nas.home.arpa", "A", "REFUSED"],
    ["_dns.resolver.arpa", "SVCB", "REFUSED"],
    ["1.0.168.192.in-addr.arpa", "PTR", "REFUSED"],
    ["1.0.31.172.in-addr.arpa", "PTR", "REFUSED"],
    ["0.8.e.f.ip6.arpa", "PTR", "REFUSED"],
    ["www.example.com", 249, "REFUSED"],
  ])("%s %s: %s", async (name, type, expected) => {
    const { server, upstream } = setUp();
    expect(verdict(await ask(server, name, type === "SVCB" ? 64 : type))).toBe(expected);
    expect(upstream.asked).toEqual([]);
  });

  it("what a client wants answered without asking others", async () => {
    const { server, upstream } = setUp();
    await ask(server, "www.example.com");
    const [message, behindAlias] = ["www.example.com", "ext.default.svc.cluster.local"].map((name) => query(name, "A"));
    if (message === undefined || behindAlias === undefined) throw new Error("there are two");
    message[2] = 0;
    behindAlias[2] = 0;
    const refused = await server.answer(message);
    expect(refused.kind === "reply" && (refused.octets[3] ?? 0) & 0x0f).toBe(5);
    const reply = await server.answer(behindAlias);
    const decoded = reply.kind === "reply" ? decodeMessage(reply.octets) : undefined;
    expect(decoded?.answers.map(({ data }) => data.kind)).toEqual(["CNAME"]);
    expect(upstream.asked).toHaveLength(1);
    // Nor does anybody else get half an answer for it.
    expect((await ask(server, "ext.default.svc.cluster.local")).answers).toHaveLength(2);
  });
});

describe("an ExternalName service", () => {
  const name = "ext.default.svc.cluster.local";

  it("leads to what the upstream says of its target, under the alias", async () => {
    const { server, upstream } = setUp();
    expect(await ask(server, name)).toMatchObject({
      answers: [`${name} 5 CNAME www.example.com`, "www.example.com 300 A 192.0.2.1"],
      authoritative: true,
      maxAgeSeconds: 5,
    });
    await ask(server, "www.example.com");
    expect(upstream.asked).toHaveLength(1);
  });

  it("is its alias alone, asked for that", async () => {
    const { server, upstream } = setUp();
    expect(verdict(await ask(server, name, "CNAME"))).toBe("CNAME www.example.com");
    expect(upstream.asked).toEqual([]);
  });

  it("ends in the denial of its target, with the SOA of that", async () => {
    const { server, upstream } = setUp();
    upstream.records = { "www.example.com": { rcode: 3, authorities: [soa] } };
    const asked = await ask(server, name);
    expect([verdict(asked), asked.authority]).toEqual([
      "CNAME www.example.com, NXDOMAIN",
      [expect.stringMatching(/^example\.com 60 SOA /)],
    ]);
  });

  it("is SERVFAIL when the upstream cannot say", async () => {
    const { server, upstream } = setUp();
    upstream.records = { "www.example.com": { rcode: 2 } };
    expect(verdict(await ask(server, name))).toBe("SERVFAIL");
  });
});

describe("an upstream in trouble", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it.each<[string, (reply: Buffer) => Promise<Response> | Response]>([
    ["refuses the connection", () => Promise.reject(new TypeError("Network connection lost."))],
    ["answers with an error of HTTP", () => new Response("no", { status: 502 })],
    ["sends elsewhere", () => new Response(null, { status: 302, headers: { location: "https://evil.test/" } })],
    [
      "answers with a page",
      (reply) => new Response(Uint8Array.from(reply), { headers: { "content-type": "text/html" } }),
    ],
    ["answers with nothing", () => ok(new Uint8Array())],
    ["answers with garbage", () => ok(new Uint8Array(512).fill(0xc0))],
    ["is cut short", (reply) => ok(reply.subarray(0, -3))],
    ["answers with more than a message can hold", () => ok(new Uint8Array(65_536))],
    [
      "answers the question of another",
      () => ok(packet.encode({ type: "response", questions: [{ type: "A", name: "x.test" }] })),
    ],
    ["answers with a question", (reply) => ok(withFlags(reply, 0x01, 0))],
    ["answers under another ID", (reply) => ok(Buffer.concat([Buffer.from([1, 1]), reply.subarray(2)]))],
    ["leaves something out", (reply) => ok(withFlags(reply, 0x83, 0x80))],
    ["fails", (reply) => ok(withFlags(reply, 0x81, 0x82))],
    ["refuses", (reply) => ok(withFlags(reply, 0x81, 0x85))],
  ])("that %s is SERVFAIL, is not asked for the same again within a second, and is forgiven", async (_, response) => {
    const { cluster, server, upstream } = setUp();
    upstream.response = response;
    expect(await ask(server, "www.example.com")).toMatchObject({ rcode: "SERVFAIL", maxAgeSeconds: undefined });
    await ask(server, "www.example.com");
    expect(upstream.asked).toHaveLength(1);
    upstream.response = undefined;
    cluster.now += 1000;
    expect(verdict(await ask(server, "www.example.com"))).toBe("A 192.0.2.1");
  });

  it.each([
    ["never answers", (): Promise<Response> => new Promise(() => {})],
    [
      "never comes to an end",
      (): Response => new Response(new ReadableStream(), { headers: { "content-type": dnsMessage } }),
    ],
  ])("that %s is SERVFAIL in time for a client to hear it", async (_, response) => {
    const { server, upstream } = setUp();
    upstream.response = response;
    const asked = ask(server, "www.example.com");
    const late = ask(server, "www.example.com");
    await vi.advanceTimersByTimeAsync(4500);
    expect([verdict(await asked), verdict(await late)]).toEqual(["SERVFAIL", "SERVFAIL"]);
  });

  it("is told of once a minute, without what was asked for or where", async () => {
    const { cluster, server, upstream } = setUp();
    const told: string[] = [];
    cluster.reportFailure = (what, error) => {
      told.push(`${what}: ${String(error)}`);
    };
    upstream.response = () => new Response("no", { status: 502 });
    for (let index = 0; index < 100; index++) await ask(server, `x${index}.example.com`);
    expect(told).toEqual(["upstream: Error: it answered with HTTP status 502"]);
    cluster.now += 60_000;
    await ask(server, "www.example.com");
    expect(told).toHaveLength(2);
  });
});

describe("many who ask for the same at the same time", () => {
  it("share one question", async () => {
    const { server, upstream } = setUp();
    const verdicts = await Promise.all(
      Array.from({ length: 50 }, async () => verdict(await ask(server, "www.example.com"))),
    );
    expect(new Set(verdicts)).toEqual(new Set(["A 192.0.2.1"]));
    expect(upstream.asked).toHaveLength(1);
  });
});

describe("what an isolate keeps of others' names", () => {
  it("is bounded, and pushes none of our own answers out", async () => {
    const { cluster, server, upstream } = setUp();
    cluster.headless("default/web", [{ ip: "10.30.0.1", ports: [] }]);
    expect(verdict(await ask(server, "web.default.svc.cluster.local"))).toBe("A 10.30.0.1");
    upstream.records = {};
    for (let index = 0; index < 5000; index++) {
      upstream.records[`x${index}.example.com`] = { answers: [a(`x${index}.example.com`, "192.0.2.1")] };
      await server.answer(query(`x${index}.example.com`, "A"));
    }
    cluster.ready("default/web", []);
    expect(verdict(await ask(server, "web.default.svc.cluster.local"))).toBe("A 10.30.0.1");
    // The oldest of them has gone, and the newest is there.
    upstream.asked.length = 0;
    await ask(server, "x4999.example.com");
    await ask(server, "x0.example.com");
    expect(upstream.asked).toHaveLength(1);
  });

  it("is no answer of many octets", async () => {
    const { server, upstream } = setUp();
    const answers = Array.from({ length: 300 }, (_, index) =>
      a("www.example.com", `192.0.${index >> 8}.${index & 255}`),
    );
    upstream.records = { "www.example.com": { answers } };
    for (const _ of [1, 2]) expect((await ask(server, "www.example.com")).answers).toHaveLength(300);
    expect(upstream.asked).toHaveLength(2);
  });
});

function withFlags(reply: Buffer, first: number, second: number): Buffer {
  const changed = Buffer.from(reply);
  changed[2] = first;
  changed[3] = second;
  return changed;
}
