/**
 * Load on a DNS over HTTPS server, run as `node bench/dns-load.ts <JSON of Load>` in a process of its own. Writes HTTP/1.1
 * to sockets itself: a client library would use more CPU than the server that is measured. Prints a LoadResult as JSON.
 */
import { randomInt } from "node:crypto";
import { connect, type Socket } from "node:net";
import { query } from "../test/dns/ask.ts";

export interface Load {
  host: string;
  port: number;
  method: "GET" | "POST";
  /** Dotted. Of a random one, a new label in front of it is asked for each time. */
  name: string;
  random: boolean;
  connections: number;
  durationMs: number;
}

export interface LoadResult {
  requests: number;
  elapsedMs: number;
}

const load = JSON.parse(process.argv[2] ?? "{}") as Load;
const startMs = performance.now();
let requests = 0;
await Promise.all(Array.from({ length: load.connections }, () => keepAsking(load)));
console.log(JSON.stringify({ requests, elapsedMs: performance.now() - startMs } satisfies LoadResult));

/** One request after the other on one connection, until the time is over. */
function keepAsking({ host, port, durationMs }: Load): Promise<void> {
  const nextRequest = requestsOf(load);
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ host, port, noDelay: true });
    let received = Buffer.alloc(0);
    socket.on("connect", () => socket.write(nextRequest()));
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("the server closed the connection")));
    socket.on("data", (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const length = lengthOfResponse(received);
      if (length === undefined || received.length < length) return;
      received = received.subarray(length);
      requests++;
      if (performance.now() - startMs < durationMs) return void socket.write(nextRequest());
      socket.removeAllListeners("close").end();
      resolve();
    });
  });
}

/** Of the headers and the body; undefined when the headers have not all come. */
function lengthOfResponse(received: Buffer): number | undefined {
  const end = received.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const headers = received.toString("latin1", 0, end);
  const length = /\r\ncontent-length: (\d+)/i.exec(headers)?.[1];
  if (!headers.startsWith("HTTP/1.1 200 ") || length === undefined) throw new Error(`unexpected reply: ${headers}`);
  return end + 4 + Number(length);
}

function requestsOf({ host, port, method, name, random }: Load): () => Buffer {
  const make = (asked: string): Buffer => {
    const message = Buffer.from(query(asked, "A"));
    const head = (path: string, more: string) =>
      `${method} ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nAccept: application/dns-message\r\n${more}\r\n`;
    if (method === "GET") return Buffer.from(head(`/dns-query?dns=${message.toString("base64url")}`, ""));
    const more = `Content-Type: application/dns-message\r\nContent-Length: ${message.length}\r\n`;
    return Buffer.concat([Buffer.from(head("/dns-query", more)), message]);
  };
  const always = make(name);
  return random ? () => make(`x${randomInt(2 ** 47).toString(36)}.${name}`) : () => always;
}
