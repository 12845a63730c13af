/**
 * httpGet by fetch(), for hosts behind Cloudflare's own proxy, which connect() refuses. The proxy answers in the place
 * of a dead origin; what it says then is told apart from what the pod says. A Host header of the probe's own cannot be
 * sent this way and is left out.
 */
import { messageOf } from "../dial.ts";
import { bodyLimitOctets } from "../http-response.ts";
import { requestHeaders } from "../http-request.ts";
import { contextOf, urlOf, type HttpTarget } from "../probe-target.ts";
import { before, type Deadline, type Fetch } from "../sockets.ts";
import { judgeResponse, type HttpResponse } from "./judge-response.ts";
import { unknown, type ProbeAnswer } from "./probe-answer.ts";
import { timedOut } from "./probe-http.ts";

export async function probeFetch(target: HttpTarget, fetch: Fetch, deadline: Deadline): Promise<ProbeAnswer> {
  let current = target;
  for (let hop = 0; ; hop += 1) {
    const reply = await fetchOnce(current, fetch, deadline);
    if ("outcome" in reply) return reply;
    const platforms = platformAnswer(reply);
    if (platforms !== undefined) return platforms;
    const judgement = judgeResponse(current, reply, hop);
    if (judgement.judged === "outcome") return { outcome: judgement.outcome };
    current = judgement.target;
  }
}

async function fetchOnce(target: HttpTarget, fetch: Fetch, deadline: Deadline): Promise<HttpResponse | ProbeAnswer> {
  const context = contextOf(target);
  const request = requestHeaders(target);
  if (!request.ok) return { outcome: { result: "failure", message: context + request.message, cause: "broken" } };
  const abort = new AbortController();
  const headers = request.headers.map(({ name, value }): [string, string] => [name, value]);
  const init: RequestInit = { headers, redirect: "manual", cache: "no-store", signal: abort.signal };
  try {
    const response = await before(deadline, fetch(urlOf(target), init));
    if (response === "expired") return timedOut(context);
    const { status } = response;
    const body = needsBody(status) ? await bodyStart(response, deadline) : "";
    return { status, location: response.headers.get("location") ?? undefined, body };
  } catch (error) {
    return unknown(context + messageOf(error));
  } finally {
    abort.abort();
  }
}

/** Only these are looked into: a redirect that may be reported, and a refusal that may be the platform's. */
function needsBody(status: number): boolean {
  return status === 403 || (status >= 300 && status < 400);
}

async function bodyStart(response: Response, deadline: Deadline): Promise<string> {
  if (response.body === null) return "";
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (text.length < bodyLimitOctets) {
    const read = await before(deadline, reader.read());
    if (read === "expired" || read.done) break;
    text += decoder.decode(read.value, { stream: true });
  }
  return text.slice(0, bodyLimitOctets);
}

/** Cloudflare's own status codes for an origin that it did not get an answer from, and its refusal of the URL itself. */
function platformAnswer({ status, body }: HttpResponse): ProbeAnswer | undefined {
  const message = `HTTP probe failed with statuscode: ${status}`;
  switch (status) {
    case 403:
      return /error code: 1003\b/.test(body)
        ? unknown("the platform fetches no URL with an IP address (error 1003)")
        : undefined;
    case 522:
    case 524:
      return { outcome: { result: "failure", message, cause: "timed-out" } };
    case 521:
    case 523:
    case 525:
    case 526:
    case 530:
      return { outcome: { result: "failure", message, cause: "refused" } };
    default:
      return undefined;
  }
}
