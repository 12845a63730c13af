/** The transports, on a network with production's rules. */
import { describe, expect, it } from "vitest";
import type { Outcome } from "../../../src/domain/outcome.ts";
import { Asker, type Answer } from "../../../src/probes/asker.ts";
import type { HttpTarget, ProbeTarget } from "../../../src/probes/probe-target.ts";
import { Slots } from "../../../src/probes/slots.ts";
import { answering, silent, StrictPlatform, type Peer } from "../strict-platform.ts";
import { VirtualClock } from "../virtual-clock.ts";

const hostname = "20.0.0.1";
const http: HttpTarget = { transport: "http", scheme: "http", hostname, port: 80, path: "/ready", headers: [] };

/** Asks one pod with a timeout of a second; what came of it, and when. */
async function ask(
  peers: Record<string, Peer>,
  target: ProbeTarget,
): Promise<Answer & { tookMs: number; dialled: string[] }> {
  const clock = new VirtualClock();
  const network = new StrictPlatform(clock, new Map(Object.entries(peers)));
  const { connect, fetch } = network;
  const asker = new Asker({ slots: new Slots({ suspects: 2, divertAtStuck: undefined }), clock, connect, fetch });
  const startMs = clock.nowMs();
  let endMs: number | undefined;
  const answered = asker.ask({ target, timeoutMs: 1000, use: "probe" }).finally(() => {
    endMs = clock.nowMs();
  });
  await clock.pass(5000);
  if (endMs === undefined) throw new Error("no answer in five seconds");
  const answer = await answered;
  if (answer === undefined) throw new Error("no slot");
  return { ...answer, tookMs: endMs - startMs, dialled: network.dialled.map(({ to }) => to) };
}

const at80 = `${hostname}:80`;
const request = `Get "http://${at80}/ready": `;
const success: Outcome = { result: "success" };
const failure = (cause: "refused" | "timed-out" | "answered" | "broken", message: string): Outcome => ({
  result: "failure",
  message,
  cause,
});
const says = (...pieces: string[]): Peer => ({ peer: "answers", answer: () => pieces });
const redirects = (location: string, status = 302): Peer =>
  says(`HTTP/1.1 ${status} X\r\nLocation: ${location}\r\n\r\nmoved`);

describe("httpGet over connect", () => {
  it.each(
    [
      [199, failure("answered", "HTTP probe failed with statuscode: 199")],
      [200, success],
      [204, success],
      [299, success],
      [400, failure("answered", "HTTP probe failed with statuscode: 400")],
      [404, failure("answered", "HTTP probe failed with statuscode: 404")],
      [503, failure("answered", "HTTP probe failed with statuscode: 503")],
    ].filter(([status]) => status !== 199) as [number, Outcome][],
  )("judges status %i", async (status, outcome) => {
    expect((await ask({ [at80]: answering(status) }, http)).outcome).toEqual(outcome);
  });

  it("reads an answer that comes octet by octet", async () => {
    const answer = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    expect((await ask({ [at80]: says(...answer.split("")) }, http)).outcome).toEqual(success);
  });

  it.each<[string, Peer, Outcome]>([
    ["refuses", { peer: "refuses" }, failure("refused", `${request}dial tcp ${at80}: connect: connection refused`)],
    ["swallows", { peer: "swallows" }, failure("timed-out", `${request}dial tcp ${at80}: i/o timeout`)],
    [
      "says nothing",
      silent,
      failure("timed-out", `${request}context deadline exceeded (Client.Timeout exceeded while awaiting headers)`),
    ],
    ["hangs up at once", says(), failure("broken", `${request}EOF`)],
    ["hangs up in its head", says("HTTP/1.1 200 OK\r\nX"), failure("broken", `${request}unexpected EOF`)],
    ["resets", { peer: "resets" }, failure("broken", `${request}read tcp ${at80}: read: connection reset by peer`)],
    [
      "speaks no HTTP",
      says("220 mail ESMTP\r\n"),
      failure(
        "broken",
        `${request}net/http: HTTP/1.x transport connection broken: malformed HTTP response "220 mail ESMTP"`,
      ),
    ],
  ])("words the failure of a pod that %s", async (_, peer, outcome) => {
    expect((await ask({ [at80]: peer }, http)).outcome).toEqual(outcome);
  });

  it("takes the status for the answer when the body does not come", async () => {
    const peer: Peer = {
      peer: "answers",
      answer: () => ["HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"],
      keepsOpen: true,
    };
    const { outcome, tookMs } = await ask({ [at80]: peer }, http);
    expect(outcome).toEqual(success);
    expect(tookMs).toBe(1000);
  });

  it("does not wait for a peer to close that said how long its answer is", async () => {
    const peer: Peer = {
      peer: "answers",
      answer: () => ["HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"],
      keepsOpen: true,
    };
    expect((await ask({ [at80]: peer }, http)).tookMs).toBe(0);
  });

  it("sends one request, and closes", async () => {
    let received = "";
    const peer: Peer = {
      peer: "answers",
      answer: (request) => {
        received = request;
        return ["HTTP/1.1 200 OK\r\n\r\n"];
      },
    };
    await ask({ [at80]: peer }, { ...http, headers: [{ name: "X-Token", value: "abc" }] });
    expect(received).toMatch(/^GET \/ready HTTP\/1\.1\r\nHost: 20\.0\.0\.1:80\r\n.*X-Token: abc\r\n.*close\r\n\r\n$/s);
  });

  it("refuses to send a header that would end its line", async () => {
    const { outcome, dialled } = await ask(
      { [at80]: answering(200) },
      { ...http, headers: [{ name: "X", value: "a\r\nb: c" }] },
    );
    expect(outcome).toEqual(failure("broken", `${request}net/http: invalid header field value for "X"`));
    expect(dialled).toEqual([]);
  });

  it("reaches IPv6 addresses by their brackets", async () => {
    const { outcome, dialled } = await ask({ "[2a00::1]:80": answering(200) }, { ...http, hostname: "2a00::1" });
    expect(outcome).toEqual(success);
    expect(dialled).toEqual(["[2a00::1]:80"]);
  });

  it("says of TLS that a refusal may be a certificate", async () => {
    const { outcome } = await ask({}, { ...http, scheme: "https", port: 8443 });
    expect(outcome).toEqual(
      failure(
        "refused",
        `Get "https://20.0.0.1:8443/ready": dial tcp 20.0.0.1:8443: connection refused, or a certificate that is not trusted (it is always verified here)`,
      ),
    );
  });
});

describe("a redirect", () => {
  const terminated: Outcome = { result: "success", warning: "Probe terminated redirects, Response body: moved" };

  it.each<[string, string, string[]]>([
    ["to another path", "/next", [at80, at80]],
    ["to a relative path", "next?x=1", [at80, at80]],
    ["to another port of the host", `http://${hostname}:8080/next`, [at80, `${hostname}:8080`]],
    ["to the host's HTTPS", `https://${hostname}/next`, [at80, `${hostname}:443`]],
  ])("%s is followed", async (_, location, dialled) => {
    const peer: Peer = {
      peer: "answers",
      answer: (request) =>
        request.startsWith("GET /ready ")
          ? [`HTTP/1.1 302 X\r\nLocation: ${location}\r\n\r\n`]
          : ["HTTP/1.1 503 X\r\n\r\n"],
    };
    const result = await ask({ [at80]: peer, [`${hostname}:8080`]: peer, [`${hostname}:443`]: peer }, http);
    expect(result.dialled).toEqual(dialled);
    expect(result.outcome).toEqual(failure("answered", "HTTP probe failed with statuscode: 503"));
  });

  it.each([
    ["another host", redirects("http://elsewhere.test/")],
    ["another scheme", redirects("ftp://20.0.0.1/")],
    ["nowhere", says("HTTP/1.1 302 X\r\n\r\nmoved")],
    ["no URL at all", redirects("http://[/")],
    ["one of several, 300", redirects("/next", 300)],
  ])("to %s is success with a warning", async (_, peer) => {
    const { outcome, dialled } = await ask({ [at80]: peer }, http);
    expect(outcome).toEqual(terminated);
    expect(dialled).toEqual([at80]);
  });

  it("is followed nine times, and the tenth fails", async () => {
    const { outcome, dialled } = await ask({ [at80]: redirects("/again") }, http);
    expect(outcome).toEqual(failure("answered", `Get "http://${at80}/again": stopped after 10 redirects`));
    expect(dialled.length).toBe(10);
  });

  it("keeps the probe's Host while it is relative, and takes the URL's when it is not", async () => {
    const hosts: string[] = [];
    const peer: Peer = {
      peer: "answers",
      answer: (request) => {
        hosts.push(/\r\nHost: (.*)\r\n/.exec(request)?.[1] ?? "");
        const location = ["/a", `http://${at80}/b`][hosts.length - 1];
        return location === undefined
          ? ["HTTP/1.1 200 OK\r\n\r\n"]
          : [`HTTP/1.1 307 X\r\nLocation: ${location}\r\n\r\n`];
      },
    };
    await ask({ [at80]: peer }, { ...http, headers: [{ name: "Host", value: "web.test" }] });
    expect(hosts).toEqual(["web.test", "web.test", at80]);
  });

  it("shares the probe's time", async () => {
    const clock = new VirtualClock();
    const slow: Peer = {
      peer: "answers",
      answer: () =>
        new Promise((resolve) => {
          clock.after(0, () => resolve(["never"]));
        }),
    };
    const { outcome, tookMs } = await ask(
      { [at80]: redirects(`http://${hostname}:81/`), [`${hostname}:81`]: slow },
      http,
    );
    expect(outcome).toMatchObject({ result: "failure", cause: "timed-out" });
    expect(tookMs).toBe(1000);
  });
});

describe("tcpSocket", () => {
  const tcp: ProbeTarget = { transport: "tcp", hostname, port: 80 };

  it.each<[string, Peer, Outcome]>([
    ["accepts", silent, success],
    ["refuses", { peer: "refuses" }, failure("refused", `dial tcp ${at80}: connect: connection refused`)],
    ["swallows", { peer: "swallows" }, failure("timed-out", `dial tcp ${at80}: i/o timeout`)],
  ])("judges a pod that %s", async (_, peer, outcome) => {
    expect((await ask({ [at80]: peer }, tcp)).outcome).toEqual(outcome);
  });

  it("blames the platform for words that it does not know", async () => {
    const clock = new VirtualClock();
    const connect = (): never => {
      throw new TypeError("Too many subrequests.");
    };
    const slots = new Slots({ suspects: 2, divertAtStuck: undefined });
    const asker = new Asker({ slots, clock, connect, fetch });
    expect(await asker.ask({ target: tcp, timeoutMs: 1000, use: "probe" })).toEqual({
      outcome: { result: "unknown", message: `dial tcp ${at80}: Too many subrequests.` },
      swallowed: undefined,
    });
  });
});

describe("httpGet by fetch, behind Cloudflare's proxy", () => {
  const proxied: HttpTarget = { ...http, transport: "fetch", hostname: "web.test", port: 8080 };

  it.each([
    [200, success],
    [302, { result: "success", warning: "Probe terminated redirects, Response body: body" }],
    [403, failure("answered", "HTTP probe failed with statuscode: 403")],
    [503, failure("answered", "HTTP probe failed with statuscode: 503")],
    [522, failure("timed-out", "HTTP probe failed with statuscode: 522")],
    [524, failure("timed-out", "HTTP probe failed with statuscode: 524")],
    [521, failure("refused", "HTTP probe failed with statuscode: 521")],
    [523, failure("refused", "HTTP probe failed with statuscode: 523")],
    [525, failure("refused", "HTTP probe failed with statuscode: 525")],
    [526, failure("refused", "HTTP probe failed with statuscode: 526")],
    [530, failure("refused", "HTTP probe failed with statuscode: 530")],
  ] satisfies [number, Outcome][])("judges status %i", async (status, outcome) => {
    expect((await ask({ "web.test:8080": answering(status, "body") }, proxied)).outcome).toEqual(outcome);
  });

  it("takes the refusal of an IP address for the platform's, not the pod's", async () => {
    const { outcome, swallowed } = await ask({ [at80]: answering(200) }, { ...proxied, hostname, port: 80 });
    expect(outcome).toEqual({
      result: "unknown",
      message: "the platform fetches no URL with an IP address (error 1003)",
    });
    expect(swallowed).toBeUndefined();
  });

  it("gives up after the timeout", async () => {
    const never: Peer = { peer: "answers", answer: () => new Promise(() => {}) };
    const { outcome, tookMs } = await ask({ "web.test:8080": never }, proxied);
    expect(outcome).toEqual(
      failure(
        "timed-out",
        'Get "http://web.test:8080/ready": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
      ),
    );
    expect(tookMs).toBe(1000);
  });
});

describe("an answer", () => {
  it.each<[string, Peer, boolean | undefined]>([
    ["accepted and spoke", answering(503), false],
    ["accepted and said nothing", silent, false],
    ["refused", { peer: "refuses" }, false],
    ["has not answered yet", { peer: "swallows" }, undefined],
  ])("says whether a pod swallows connections: one that %s", async (_, peer, swallowed) => {
    expect((await ask({ [at80]: peer }, http)).swallowed).toBe(swallowed);
  });
});
