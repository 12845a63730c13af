/**
 * Hands one request on to the Worker and its response back, both as they come: a watch's events one by one, a large
 * body no faster than the other side reads it. Whichever side goes away, the other is told.
 */
import {
  request as askOverHttp,
  ServerResponse,
  type Agent,
  type ClientRequest,
  type IncomingMessage,
} from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { headersForClient, headersForWorker } from "./passed-headers.ts";

export interface WorkerSocket {
  url: URL;
  agent: Agent;
}

/** As HTTP/1.1 and HTTP/2 have them. */
type Received = IncomingMessage | Http2ServerRequest;
type Answer = ServerResponse | Http2ServerResponse;

export function forward(request: Received, response: Answer, worker: WorkerSocket): void {
  const asked = askWorker(request, worker);
  asked.on("response", (answer) => passOn(answer, request, response));
  asked.on("error", () => {
    if (!response.headersSent) refuse(response); // else it is for the answer to say whether it was cut off
  });
  // Before it has seen the end of its body, HTTP/2 lets a request that was cut off look like one that is complete.
  request.on("aborted", () => leave(asked));
  response.on("close", () => {
    leave(asked);
    readRest(request);
  });
  request.pipe(asked);
}

/** Whatever the parsers of both versions let through can be said in HTTP/1.1 as well. */
function askWorker(request: Received, { url, agent }: WorkerSocket): ClientRequest {
  return askOverHttp({
    agent,
    host: url.hostname,
    port: url.port,
    method: request.method,
    path: request.url,
    headers: headersForWorker({
      rawHeaders: request.rawHeaders,
      authority: "authority" in request ? request.authority : undefined,
      address: request.socket.remoteAddress,
      bodyOfUnknownLength: hasBodyOfUnknownLength(request),
    }),
  });
}

function hasBodyOfUnknownLength(request: Received): boolean {
  if (!("stream" in request)) return request.headers["transfer-encoding"] !== undefined;
  return request.headers["content-length"] === undefined && !request.stream.endAfterHeaders;
}

function passOn(answer: IncomingMessage, request: Received, response: Answer): void {
  answer.on("error", (error) => response.destroy(error));
  begin(response, answer.statusCode ?? 502, headersForClient(answer.rawHeaders));
  answer.pipe(response, { end: false });
  answer.on("end", () => {
    // HTTP/1.1 may close the connection with the answer's end, and a client that is still sending would not read it.
    if (request.readableEnded || !(response instanceof ServerResponse)) return void response.end();
    request.on("end", () => void response.end());
    readRest(request);
  });
}

/** Before it has something to write, workerd hears of a connection that is reset, and not of one that is closed. */
function leave(asked: ClientRequest): void {
  if (!asked.destroyed) asked.socket?.resetAndDestroy(); // else another request may have its connection
  asked.destroy();
}

/** What is still sent of a body that was answered early. */
function readRest(request: Received): void {
  request.unpipe();
  request.resume();
}

function refuse(response: Answer): void {
  begin(response, 502, ["Content-Type", "text/plain; charset=utf-8"]);
  response.end("the Worker does not answer; it may be starting again\n");
}

/** The head goes out at once: a watch may have nothing to tell for long. HTTP/2 does so by itself. */
function begin(response: Answer, status: number, headers: string[]): void {
  if (!(response instanceof ServerResponse)) return void response.writeHead(status, headers);
  response.writeHead(status, headers);
  response.flushHeaders();
}
