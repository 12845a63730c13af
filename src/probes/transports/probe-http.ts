/** httpGet over connect(), with our own HTTP/1.1. The deadline covers the whole of it, redirects included. */
import { dial } from "../dial.ts";
import { exchangeHttp } from "../http-client.ts";
import { encodeRequest } from "../http-request.ts";
import { authorityOf, contextOf, type HttpTarget } from "../probe-target.ts";
import type { Connect, Deadline } from "../sockets.ts";
import { judgeResponse } from "./judge-response.ts";
import type { ProbeAnswer } from "./probe-answer.ts";
import { failedDialAnswer, type FailedDial } from "./probe-tcp.ts";

export async function probeHttp(target: HttpTarget, connect: Connect, deadline: Deadline): Promise<ProbeAnswer> {
  let current = target;
  for (let hop = 0; ; hop += 1) {
    const reply = await askOnce(current, connect, deadline);
    if ("outcome" in reply) return reply;
    const judgement = judgeResponse(current, reply, hop);
    if (judgement.judged === "outcome") return { outcome: judgement.outcome };
    current = judgement.target;
  }
}

interface Reply {
  status: number;
  location: string | undefined;
  body: string;
}

async function askOnce(target: HttpTarget, connect: Connect, deadline: Deadline): Promise<Reply | ProbeAnswer> {
  const context = contextOf(target);
  const request = encodeRequest(target);
  if (!request.ok) return broken(context + request.message);
  const secure = target.scheme === "https";
  const dialled = await dial(connect, { ...target, secure }, deadline);
  if (dialled.dial !== "open") return undialled(dialled, target, context);
  const result = await exchangeHttp(dialled.socket, request.octets, deadline);
  switch (result.exchange) {
    case "response":
      return { ...result.head, body: result.body };
    case "broken":
      return broken(context + result.message);
    case "reset":
      return broken(`${context}read tcp ${authorityOf(target)}: read: connection reset by peer`);
    case "timed-out":
      return timedOut(context);
  }
}

/** The platform does not say whether a TLS peer refused the connection or showed a certificate that it does not trust. */
function undialled(dialled: FailedDial, target: HttpTarget, context: string): ProbeAnswer {
  if (dialled.dial !== "refused" || target.scheme === "http") return failedDialAnswer(dialled, target, context);
  const message = `${context}dial tcp ${authorityOf(target)}: connection refused, or a certificate that is not trusted (it is always verified here)`;
  return { outcome: { result: "failure", message, cause: "refused" } };
}

export function timedOut(context: string): ProbeAnswer {
  const message = `${context}context deadline exceeded (Client.Timeout exceeded while awaiting headers)`;
  return { outcome: { result: "failure", message, cause: "timed-out" } };
}

function broken(message: string): ProbeAnswer {
  return { outcome: { result: "failure", message, cause: "broken" } };
}
