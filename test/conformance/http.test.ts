/** dns.md section 11: DNS over HTTPS, as far as it is ours and not the platform's. */
import packet from "dns-packet";
import { describe, expect, it } from "vitest";
import { handleDoh } from "../../src/dns/doh.ts";
import { query } from "../dns/ask.ts";
import { endpoint, FakeCluster } from "../dns/fake-cluster.ts";
import { inZone, sampleCluster } from "./cluster.ts";
import { opt, raw } from "./octets.ts";

const server = sampleCluster().server();
const kubia = query(inZone("kubia.default.svc.Z"), "A");
const dnsMessage = "application/dns-message";

async function send(path: string, init?: RequestInit, to = server): Promise<Response> {
  return handleDoh(new Request(`https://dns.test/dns-query${path}`, init), to);
}

function get(message: Uint8Array, init?: RequestInit, to = server): Promise<Response> {
  return send(`?dns=${base64Url(message)}`, init, to);
}

function post(
  body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
  headers: Record<string, string> = { "content-type": dnsMessage },
): Promise<Response> {
  return send("", { method: "POST", body, headers, duplex: "half" } as RequestInit);
}

function base64Url(octets: Uint8Array): string {
  return Buffer.from(octets).toString("base64url");
}

async function addressesIn(response: Response): Promise<unknown[]> {
  expect(response.status).toBe(200);
  const { answers } = packet.decode(Buffer.from(await response.arrayBuffer()));
  return (answers ?? []).map((record) => ("data" in record ? record.data : undefined));
}

/** The status of a refusal in HTTP's terms, which holds no DNS reply and does not pretend to. */
async function statusOfRefusal(response: Response): Promise<number | string> {
  const isHonest = response.headers.get("content-type") !== dnsMessage && /^[ -~]+\n$/.test(await response.text());
  return isHonest ? response.status : "not a refusal";
}

it("Q1: GET takes the message in the URL, POST in the body", async () => {
  expect(await addressesIn(await get(kubia))).toEqual(["10.96.0.10"]);
  expect(await addressesIn(await post(kubia))).toEqual(["10.96.0.10"]);
});

describe("Q2: what is no base64url of a message is 400", () => {
  const encoded = base64Url(kubia);
  it.each([
    ["no dns", ""],
    ["nothing but other variables", "?x=1"],
    ["empty dns", "?dns="],
    ["a plus", `?dns=${encoded}+`],
    ["a slash", `?dns=${encoded}/aaa`],
    ["padding", `?dns=${encoded}==`],
    ["padding in disguise", `?dns=${encoded}%3D%3D`],
    ["other characters", `?dns=${encoded.slice(0, 8)}*${encoded.slice(9)}`],
    ["an impossible length", `?dns=${encoded.slice(0, 41)}`],
  ])("%s", async (_, path) => {
    expect(await statusOfRefusal(await send(path))).toBe(400);
  });

  it("but - and _ may be written %2D and %5F", async () => {
    const message = raw({ id: 0xfbff, name: ["kubia", "default", "svc", "cluster", "local"] });
    expect(base64Url(message)).toMatch(/^-_/);
    const path = `?dns=${base64Url(message).replace("-", "%2D").replace("_", "%5f")}`;
    expect(await addressesIn(await send(path))).toEqual(["10.96.0.10"]);
  });
});

describe("Q3: one query per request", () => {
  const encoded = base64Url(kubia);
  it("two are 400, and other variables do not matter", async () => {
    expect(await statusOfRefusal(await send(`?dns=${encoded}&dns=${encoded}`))).toBe(400);
    expect(await addressesIn(await send(`?x=1&dns=${encoded}&y`))).toEqual(["10.96.0.10"]);
  });

  it("POST ignores the URL's", async () => {
    const init = { method: "POST", body: kubia, headers: { "content-type": dnsMessage } };
    expect(await addressesIn(await send("?dns=%%%&name=x", init))).toEqual(["10.96.0.10"]);
  });
});

it.each([undefined, "*/*", "application/*", dnsMessage, "text/html"])(
  "Q4: Accept changes nothing: %s",
  async (accept) => {
    const response = await get(kubia, accept === undefined ? {} : { headers: { accept } });
    expect(response.headers.get("content-type")).toBe(dnsMessage);
    expect(await addressesIn(response)).toEqual(["10.96.0.10"]);
  },
);

describe("Q5: the body's type", () => {
  it.each(["application/dns-json", "text/plain", "application/dns-message2"])("%s is 415", async (type) => {
    expect(await statusOfRefusal(await post(kubia, { "content-type": type }))).toBe(415);
  });

  it("none is 415", async () => {
    const response = await send("", { method: "POST", body: kubia });
    expect(await statusOfRefusal(response)).toBe(415);
  });

  it.each(["Application/DNS-Message", "application/dns-message; charset=utf-8"])("%s is taken", async (type) => {
    expect(await addressesIn(await post(kubia, { "content-type": type }))).toEqual(["10.96.0.10"]);
  });

  it("an encoding is 415, unless it is none", async () => {
    expect(await statusOfRefusal(await post(kubia, { "content-type": dnsMessage, "content-encoding": "gzip" }))).toBe(
      415,
    );
    const none = await post(kubia, { "content-type": dnsMessage, "content-encoding": "identity" });
    expect(await addressesIn(none)).toEqual(["10.96.0.10"]);
  });
});

describe("Q6: a message has at most 65,535 octets", () => {
  /** The question for kubia, padded to `length` octets in all. */
  function padded(length: number): Uint8Array<ArrayBuffer> {
    const bare = raw({ rest: [opt({ options: [[12, new Uint8Array()]] })] }).length;
    return raw({ rest: [opt({ options: [[12, new Uint8Array(length - bare)]] })] });
  }

  it("of which all are taken", async () => {
    expect(await addressesIn(await post(padded(65_535)))).toEqual(["10.96.0.10"]);
    expect(await addressesIn(await get(padded(65_535)))).toEqual(["10.96.0.10"]);
  });

  it("and one more is 413, or 414 in the URL", async () => {
    expect(await statusOfRefusal(await post(new Uint8Array(65_536)))).toBe(413);
    expect(await statusOfRefusal(await post(kubia, { "content-type": dnsMessage, "content-length": "65536" }))).toBe(
      413,
    );
    expect(await statusOfRefusal(await get(new Uint8Array(65_536)))).toBe(414);
  });

  it("whether its length was declared or not", async () => {
    const declared = (length: number) => ({ "content-type": dnsMessage, "content-length": String(length) });
    expect(await addressesIn(await post(padded(65_535), declared(65_535)))).toEqual(["10.96.0.10"]);
    expect(await addressesIn(await post(kubia, declared(kubia.length)))).toEqual(["10.96.0.10"]);
  });

  it("a longer body is not read to its end", async () => {
    let pulled = 0;
    let cancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        pulled++;
        controller.enqueue(new Uint8Array(10_000));
      },
      cancel: () => {
        cancelled = true;
      },
    });
    expect(await statusOfRefusal(await post(endless))).toBe(413);
    expect(cancelled).toBe(true);
    expect(pulled).toBeLessThan(10);
  });

  it("a body in pieces is put together", async () => {
    const pieces = new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (const octet of kubia) controller.enqueue(Uint8Array.of(octet));
        controller.close();
      },
    });
    expect(await addressesIn(await post(pieces))).toEqual(["10.96.0.10"]);
  });
});

describe("Q7: methods", () => {
  it.each(["", "?dns=AAAA", `?dns=${base64Url(kubia)}`, "?name=kubia.default.svc.cluster.local"])(
    "HEAD answers as GET does, without the body: %s",
    async (path) => {
      const [head, whole] = await Promise.all([send(path, { method: "HEAD" }), send(path)]);
      const length = (await whole.arrayBuffer()).byteLength;
      expect(head.status).toBe(whole.status);
      expect(Object.fromEntries(head.headers)).toEqual({
        ...Object.fromEntries(whole.headers),
        "content-length": String(length),
      });
      expect(await head.text()).toBe("");
    },
  );

  it.each(["PUT", "DELETE", "PATCH", "BREW"])("%s is not allowed, and the reply says what is", async (method) => {
    const response = await send("", { method });
    expect(response.headers.get("allow")).toBe("GET, HEAD, POST, OPTIONS");
    expect(await statusOfRefusal(response)).toBe(405);
  });

  it("OPTIONS says what is allowed", async () => {
    const response = await send("", { method: "OPTIONS" });
    expect(response.status).toBe(204);
    expect(response.headers.get("allow")).toBe("GET, HEAD, POST, OPTIONS");
  });
});

describe("Q9: a DNS reply of any response code travels in 200, and anything else holds none", () => {
  it.each([
    ["NXDOMAIN", query(inZone("gone.default.svc.Z"), "A"), 3],
    ["REFUSED", query("example.com", "A"), 5],
    ["NOTIMP", raw({ flags: 0x2000 }), 4],
    ["FORMERR", raw({ type: 41 }), 1],
    ["a header and nothing that fits it", kubia.subarray(0, 20), 1],
    ["BADVERS", raw({ rest: [opt({ version: 1 })] }), 0],
  ])("%s", async (_, message, rcode) => {
    const response = await post(message);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(dnsMessage);
    expect(new Uint8Array(await response.arrayBuffer())[3]).toBe(rcode);
  });

  it("SERVFAIL", async () => {
    const cluster = sampleCluster();
    cluster.broken.add("readCatalogue");
    const response = await get(kubia, {}, cluster.server());
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(new Uint8Array(await response.arrayBuffer())[3]).toBe(2);
  });

  it("too little for a header is 400", async () => {
    expect(await statusOfRefusal(await post(new Uint8Array(11)))).toBe(400);
    expect(await statusOfRefusal(await post(new Uint8Array()))).toBe(400);
    expect(await statusOfRefusal(await get(new Uint8Array(11)))).toBe(400);
  });
});

it("Q10: the type has no parameters", async () => {
  expect((await get(kubia)).headers.get("content-type")).toBe(dnsMessage);
});

it("Q11: the ID is the client's own, also from what is kept", async () => {
  for (const id of [0, 0x1234, 0xffff, 0]) {
    const reply = Buffer.from(await (await get(raw({ id }))).arrayBuffer());
    expect(reply.readUInt16BE(0)).toBe(id);
  }
});

describe("Q12: max-age is the smallest TTL of the answer, or what the SOA allows, or nothing is kept", () => {
  const cluster = () =>
    new FakeCluster()
      .service("default/slow", { clusterIP: "10.96.0.1" }, [], "300")
      .service("default/alias", { type: "ExternalName", externalName: "slow.default.svc.cluster.local" }, [], "30")
      .service("default/out", { type: "ExternalName", externalName: "example.com" }, [], "60");

  it.each([
    ["slow.default.svc.Z", "A", "max-age=300"],
    ["alias.default.svc.Z", "A", "max-age=30"],
    ["out.default.svc.Z", "A", "max-age=60"],
    ["slow.default.svc.Z", "AAAA", "max-age=300"],
    ["alias.default.svc.Z", "AAAA", "max-age=30"],
    ["gone.default.svc.Z", "A", "max-age=5"],
    ["dns-version.Z", "TXT", "max-age=28800"],
    ["example.com", "A", "no-store"],
  ])("%s %s: %s", async (name, type, expected) => {
    const response = await get(query(inZone(name), type), {}, cluster().server());
    expect(response.headers.get("cache-control")).toBe(expected);
  });

  it("malformed and refused messages are not kept", async () => {
    expect((await post(raw({ type: 41 }))).headers.get("cache-control")).toBe("no-store");
    expect((await post(new Uint8Array(3))).headers.get("cache-control")).toBe("no-store");
  });
});

it("Q13: waiting lowers the TTLs and max-age alike, and adds no Age", async () => {
  const cluster = sampleCluster();
  const slow = cluster.server();
  await get(kubia, {}, slow);
  cluster.now += 2000;
  const response = await get(kubia, {}, slow);
  expect(response.headers.get("cache-control")).toBe("max-age=3");
  expect(response.headers.has("age")).toBe(false);
  const { answers } = packet.decode(Buffer.from(await response.arrayBuffer()));
  expect(answers).toMatchObject([{ ttl: 3 }]);
});

it("Q14, Q15, Q17: nothing beside the URL decides, so there is no Vary, no ETag and no cookie", async () => {
  const { headers } = await get(kubia);
  expect([...headers.keys()].sort()).toEqual(["cache-control", "content-type", "x-content-type-options"]);
});

it("Q18: what is kept never outlives an address that is handed out", async () => {
  const cluster = new FakeCluster().headless("default/web", [endpoint("10.30.0.1")], "3600");
  const response = await get(query(inZone("web.default.svc.Z"), "A"), {}, cluster.server());
  expect(response.headers.get("cache-control")).toBe("max-age=3600");
});
