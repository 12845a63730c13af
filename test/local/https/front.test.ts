/** The TLS front before a Worker, over HTTP/1.1 and HTTP/2. */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { setImmediate as turn } from "node:timers/promises";
import { connect } from "node:tls";
import { describe, expect, it, onTestFinished } from "vitest";
import { makeCertificate } from "../../../src/local/https/certificate.ts";
import { ask, certificate, frontBefore, textOf, versions } from "./world.ts";

const megabyte = Buffer.alloc(2 ** 20, "x");

/** Answers with what it was asked. */
async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url, headers } = request;
  const body = await text(request);
  response.end(JSON.stringify({ method, url, headers, body }));
}

interface Echo {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}

async function echoed(answer: ReturnType<typeof ask>): Promise<Echo> {
  return JSON.parse(await textOf(answer)) as Echo;
}

describe.each(versions)("over %s, the front", (version) => {
  it("hands on method, path, headers and body", async () => {
    const { url } = await frontBefore(echo);
    const asked = {
      method: "PATCH",
      path: "/api?x=%20&y",
      headers: { "x-it": "a, b", host: "name.test:1" },
      body: "ä",
    };
    const got = await echoed(ask(version, url, asked));
    expect(got).toMatchObject({ method: "PATCH", url: "/api?x=%20&y", body: "ä", headers: { "x-it": "a, b" } });
    expect(got.headers).toMatchObject({ host: "name.test:1", "content-length": "2" });
  });

  it("hands back status and headers, each as often as it was set", async () => {
    const { url } = await frontBefore((_, response) => {
      response.writeHead(418, ["Warning", '299 - "a"', "Warning", '299 - "b"', "Connection", "x-hop", "X-Hop", "1"]);
      response.end();
    });
    const { status, headers } = await ask(version, url);
    expect([status, headers["warning"], headers["x-hop"]]).toEqual([418, '299 - "a", 299 - "b"', undefined]);
  });

  it("lets nobody forge what only the platform may say, and says itself who asks", async () => {
    const { url } = await frontBefore(echo);
    const forged = {
      "CF-Connecting-IP": "192.0.2.1",
      "cf-ipcountry": "XX",
      "Cf-Access-Jwt-Assertion": "x",
      "MF-CF-Blob": "{}",
      "mf-original-url": "http://elsewhere.example",
    };
    const { headers } = await echoed(ask(version, url, { headers: forged }));
    const told = Object.entries(headers).filter(([name]) => /^(cf|mf)-/.test(name));
    expect(told).toEqual([["cf-connecting-ip", "127.0.0.1"]]);
  });

  it.each(["POST", "DELETE", "GET"])("frames a body of unknown length that comes with %s", async (method) => {
    const { url } = await frontBefore(echo);
    const body = (): Readable => Readable.from(["GET /smuggled HTTP/1.1\r\n", "Host: x\r\n\r\n"]);
    for (let count = 0; count < 3; count += 1) {
      const got = await echoed(ask(version, url, { method, body: body() }));
      expect(got).toMatchObject({ method, url: "/", body: "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n" });
    }
  });

  it("passes the head and each piece of an answer on while the next is still to come", async () => {
    const responses: ServerResponse[] = [];
    const { url } = await frontBefore((_, response) => {
      response.flushHeaders();
      responses.push(response);
    });
    const { body } = await ask(version, url);
    for (const event of ["ADDED", "MODIFIED"]) {
      responses[0]?.write(event);
      expect(String((await once(body, "data"))[0])).toBe(event);
    }
  });

  it("tells the Worker that the client of a watch has gone, by resetting the connection", async () => {
    const closed = Promise.withResolvers<string | undefined>();
    const { url } = await frontBefore(({ socket }, response) => {
      socket.on("error", ({ code }: NodeJS.ErrnoException) => closed.resolve(code));
      socket.on("close", () => closed.resolve("closed"));
      response.flushHeaders();
    });
    (await ask(version, url)).leave();
    await expect(closed.promise).resolves.toBe("ECONNRESET");
  });

  it("keeps the connection to the Worker for the next request", async () => {
    const ports: (number | undefined)[] = [];
    const { url } = await frontBefore(({ socket }, response) => {
      ports.push(socket.remotePort);
      response.end();
    });
    for (let count = 0; count < 3; count += 1) await textOf(ask(version, url));
    expect(new Set(ports).size).toBe(1);
  });

  it("tells the client that an answer was cut off", async () => {
    const { url } = await frontBefore((_, response) => {
      response.write("half");
      setImmediate(() => response.destroy());
    });
    await expect(textOf(ask(version, url))).rejects.toThrow(/aborted|INTERNAL_ERROR/);
  });

  it("never lets a body that was cut off pass for a whole one", async () => {
    const end = Promise.withResolvers<string>();
    const { url } = await frontBefore((request) => {
      request.on("end", () => end.resolve("whole"));
      request.on("error", () => end.resolve("cut off"));
      request.once("data", () => body.destroy(new Error("gone")));
    });
    const body = new Readable({ read() {} });
    body.push("kind: Pod\n");
    ask(version, url, { method: "POST", body }).catch(() => {});
    expect(await end.promise).toBe("cut off");
  });

  it("carries bodies of any size in both directions", async () => {
    const { url } = await frontBefore(async (request, response) => response.end(await buffer(request)));
    const answer = await ask(version, url, { method: "POST", body: Readable.from(Array(20).fill(megabyte)) });
    expect((await buffer(answer.body)).length).toBe(20 * megabyte.length);
  });

  it("lets the Worker write no faster than the client reads", async () => {
    const total = 64 * megabyte.length;
    let [written, read, ahead] = [0, 0, 0];
    const { url } = await frontBefore(async (_, response) => {
      for (; written < total; written += megabyte.length) {
        if (!response.write(megabyte)) await once(response, "drain");
      }
      response.end();
    });
    for await (const chunk of (await ask(version, url)).body) {
      read += (chunk as Buffer).length;
      ahead = Math.max(ahead, written - read);
      for (let turns = 0; turns < 3; turns += 1) await turn();
    }
    expect(read).toBe(total);
    expect(ahead).toBeLessThan(total / 2); // what the system keeps for two connections, and no more
  });

  it("delivers an answer that comes before the end of the body", async () => {
    const { url } = await frontBefore((_, response) => {
      response.writeHead(413);
      response.end("too large");
    });
    const answer = await ask(version, url, { method: "POST", body: Readable.from(Array(20).fill(megabyte)) });
    expect([answer.status, await text(answer.body)]).toEqual([413, "too large"]);
  });

  it("delivers the answer of a Worker that closes the connection with it, under a body that it does not read", async () => {
    const { url } = await frontBefore(({ socket }) => {
      socket.pause();
      socket.write("HTTP/1.1 413 Payload Too Large\r\nContent-Length: 9\r\n\r\ntoo large");
      socket.resetAndDestroy();
    });
    for (let count = 0; count < 5; count += 1) {
      const answer = await ask(version, url, { method: "POST", body: Readable.from(Array(20).fill(megabyte)) });
      expect([answer.status, await text(answer.body)]).toEqual([413, "too large"]);
    }
  });

  it("says that the Worker does not answer", async () => {
    const { url, endWorker } = await frontBefore((request) => request.socket.destroy());
    expect((await ask(version, url)).status).toBe(502);
    endWorker();
    expect((await ask(version, url)).status).toBe(502);
  });

  it("has ended every connection when it has stopped", async () => {
    const { url, front } = await frontBefore((_, response) => response.flushHeaders());
    const { body } = await ask(version, url);
    const ended = once(body.resume(), "close");
    await front.stop();
    await ended.catch(() => {}); // over HTTP/1.1 it is told by an error
    await expect(ask(version, url)).rejects.toThrow(/ECONNREFUSED/);
  });
});

describe("the front", () => {
  it.each([
    { path: "/a b" },
    { path: "/a\u0001" },
    { path: "/\u{1f600}" },
    { path: "http://elsewhere.example/" },
    { method: "G ET" },
    { headers: { x: "\u{1f600}" } },
    { headers: { "content-length": "5" } },
  ])("hands on nothing of %j, which HTTP/1.1 could not say, and goes on", async (question) => {
    const asked: string[] = [];
    const { url } = await frontBefore(({ url = "" }, response) => {
      asked.push(url);
      response.end();
    });
    await expect(ask("HTTP/2", url, question)).rejects.toThrow(/NGHTTP2_PROTOCOL_ERROR/);
    expect((await ask("HTTP/2", url, { path: "/next" })).status).toBe(200);
    expect(asked).toEqual(["/next"]);
  });

  it("takes a request to change over to another protocol for an ordinary one", async () => {
    const { url } = await frontBefore(echo);
    const headers = { Connection: "Upgrade", Upgrade: "websocket" };
    const got = await echoed(ask("HTTP/1.1", url, { headers }));
    expect(got.headers).not.toHaveProperty("upgrade");
  });

  it("asks for the body itself that a client holds back until it is asked for", async () => {
    const { url } = await frontBefore(echo);
    const got = await echoed(ask("HTTP/1.1", url, { method: "POST", headers: { Expect: "100-continue" }, body: "x" }));
    expect(got.body).toBe("x");
    expect(got.headers).not.toHaveProperty("expect");
  });

  it("refuses headers beyond all measure", async () => {
    const { url } = await frontBefore(echo);
    expect((await ask("HTTP/1.1", url, { headers: { "x-large": "x".repeat(100_000) } })).status).toBe(431);
  });

  it("shows a renewed certificate from the next connection on", async () => {
    const { front } = await frontBefore(echo);
    const shown = async (): Promise<string> => {
      const socket = connect({ port: front.port, host: "127.0.0.1", rejectUnauthorized: false });
      onTestFinished(() => void socket.destroy());
      await once(socket, "secureConnect");
      return socket.getPeerX509Certificate()?.toString().trim() ?? "";
    };
    expect(await shown()).toBe(certificate.server.trim());
    const renewed = await makeCertificate(["localhost"], Date.now());
    front.renew(renewed);
    expect(await shown()).toBe(renewed.server.trim());
  });
});
