/** The front before a Worker that a test plays itself, and a client for each version of HTTP. */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { connect } from "node:http2";
import { request as askOverTls } from "node:https";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { makeCertificate } from "../../../src/local/https/certificate.ts";
import { startFront, type Front } from "../../../src/local/https/front.ts";

export const certificate = await makeCertificate(["localhost", "127.0.0.1"], Date.now());

export const versions = ["HTTP/1.1", "HTTP/2"] as const;
type Version = (typeof versions)[number];

type PlayedWorker = (request: IncomingMessage, response: ServerResponse) => unknown;

export interface World {
  url: string;
  front: Front;
  /** Ends the Worker, and every connection to it. */
  endWorker: () => void;
}

export async function frontBefore(worker: PlayedWorker): Promise<World> {
  const server = createServer((request, response) => void worker(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const endWorker = (): void => {
    server.close();
    server.closeAllConnections();
  };
  const workerUrl = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const front = await startFront({ host: "127.0.0.1", port: 0 }, certificate, workerUrl);
  onTestFinished(async () => {
    await front.stop();
    endWorker();
  });
  return { url: `https://localhost:${front.port}`, front, endWorker };
}

export interface Question {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  /** A stream's length is not told. */
  body?: string | Readable;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Readable;
  /** Goes away without waiting for the rest. */
  leave(): void;
}

/** Resolves with the head of the answer. */
export function ask(version: Version, url: string, question: Question = {}): Promise<Answer> {
  return version === "HTTP/2" ? askHttp2(url, question) : askHttp1(url, question);
}

export async function textOf(answer: Promise<Answer>): Promise<string> {
  return text((await answer).body);
}

async function askHttp1(url: string, { method = "GET", path = "/", headers = {}, body }: Question): Promise<Answer> {
  const framing =
    typeof body === "string"
      ? { "Content-Length": Buffer.byteLength(body) }
      : body && { "Transfer-Encoding": "chunked" };
  const request = askOverTls(new URL(url), {
    method,
    path,
    headers: { ...headers, ...framing },
    ca: certificate.authority,
    servername: "localhost",
    agent: false,
  });
  ignoreErrors(request); // whoever waits for something hears of them
  send(request, body);
  const [answer] = await once(request, "response");
  return { status: answer.statusCode, headers: answer.headers, body: answer, leave: () => request.destroy() };
}

async function askHttp2(url: string, { method = "GET", path = "/", headers = {}, body }: Question): Promise<Answer> {
  const session = connect(url, { ca: certificate.authority });
  ignoreErrors(session);
  const length = typeof body === "string" ? { "content-length": String(Buffer.byteLength(body)) } : {};
  const stream = session.request(
    { ":method": method, ":path": path, ...length, ...headers },
    { endStream: body === undefined },
  );
  ignoreErrors(stream);
  stream.on("close", () => session.destroy());
  if (body !== undefined) send(stream, body);
  const [head] = await once(stream, "response");
  return { status: head[":status"], headers: head, body: stream, leave: () => session.destroy() };
}

function ignoreErrors(emitter: NodeJS.EventEmitter): void {
  emitter.on("error", () => {});
}

/** A body that ends with an error is cut off. */
function send(to: NodeJS.WritableStream & { destroy(): void }, body: string | Readable | undefined): void {
  if (!(body instanceof Readable)) return void (body === undefined ? to.end() : to.end(body));
  body.on("error", () => to.destroy());
  body.pipe(to);
}
