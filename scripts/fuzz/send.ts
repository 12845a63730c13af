/** Sends one request as it is written, unlike fetch, which would tidy its path; and judges what came back. */
import { request as httpRequest, type Agent, type IncomingMessage } from "node:http";
import type { HostileRequest } from "./hostile-request.ts";

/** Long on a busy machine, short for a server that has gone astray. */
const patienceMs = 20_000;
/** 501: what Rollcall does not do; 503: come back later; 504: a revision that is still to come. */
const meant = new Set([501, 503, 504]);

const isWatch = /[?&]watch=/;

export interface Answer {
  status: number;
  /** What is wrong with it. */
  fault: string | undefined;
}

/** Rejects when there is no answer. */
export function send(
  url: string,
  { method, path, contentType, body }: HostileRequest,
  agent: Agent,
  hangMs = patienceMs,
): Promise<Answer> {
  return new Promise((answered, failed) => {
    const headers = { "content-length": body.length, ...(contentType !== "" && { "content-type": contentType }) };
    const { hostname, port } = new URL(url);
    const request = httpRequest({ hostname, port, method, path, headers, agent });
    const hung = setTimeout(() => request.destroy(new Error(`no answer within ${hangMs / 1000} s`)), hangMs);
    request.on("close", () => clearTimeout(hung));
    request.on("error", failed);
    request.on("response", (response) => {
      answerOf(response, isWatch.test(path)).then(answered, failed);
    });
    request.end(body);
  });
}

/** Of what may be a watch, the status alone: it has no end. */
async function answerOf(response: IncomingMessage, mayStream: boolean): Promise<Answer> {
  const status = response.statusCode ?? 0;
  if (mayStream && status === 200) {
    // Of a connection that is only closed workerd hears nothing before it writes to it, and watches are counted.
    response.socket.resetAndDestroy();
    return { status, fault: undefined };
  }
  const text = Buffer.concat(await response.toArray()).toString();
  return { status, fault: status < 500 || meant.has(status) ? undefined : `${status}: ${text.slice(0, 500)}` };
}
