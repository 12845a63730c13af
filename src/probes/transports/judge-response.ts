/**
 * What an HTTP response means for a probe: 200 to 399 is success, a redirect is followed only on the same host. Pure.
 * Source: Kubernetes pkg/probe/http/http.go.
 */
import type { Outcome } from "../../domain/outcome.ts";
import { encodePath } from "../encode-path.ts";
import { contextOf, urlOf, type HttpTarget } from "../probe-target.ts";

const redirectLimit = 10;

export type Judgement = { judged: "outcome"; outcome: Outcome } | { judged: "follow"; target: HttpTarget };

export interface HttpResponse {
  status: number;
  location: string | undefined;
  body: string;
}

/** `hop` counts the requests that were made before this one. */
export function judgeResponse(target: HttpTarget, response: HttpResponse, hop: number): Judgement {
  const { status } = response;
  if (status < 200 || status >= 400) {
    return outcome({ result: "failure", message: `HTTP probe failed with statuscode: ${status}`, cause: "answered" });
  }
  if (status < 300) return outcome({ result: "success" });
  const next = redirectTarget(target, response);
  if (next === undefined) {
    return outcome({ result: "success", warning: `Probe terminated redirects, Response body: ${response.body}` });
  }
  if (hop + 1 < redirectLimit) return { judged: "follow", target: next };
  const message = `${contextOf(next)}stopped after ${redirectLimit} redirects`;
  return outcome({ result: "failure", message, cause: "answered" });
}

/** Where to go on; undefined for another host, and for what is no redirect at all (300, 304, no Location). */
function redirectTarget(target: HttpTarget, { status, location }: HttpResponse): HttpTarget | undefined {
  if (![301, 302, 303, 307, 308].includes(status) || !location) return undefined;
  const base = urlOf(target);
  const url = URL.parse(location, base);
  if (url === null || url.hostname !== URL.parse(base)?.hostname) return undefined;
  if (url.protocol !== "http:" && url.protocol !== "https:") return undefined;
  const scheme = url.protocol === "https:" ? "https" : "http";
  return {
    ...target,
    scheme,
    port: url.port === "" ? (scheme === "https" ? 443 : 80) : Number(url.port),
    path: encodePath(url.pathname + url.search),
    headers: isAbsolute(location) ? target.headers.filter(({ name }) => name.toLowerCase() !== "host") : target.headers,
  };
}

/** A Host header of the probe's own stays for as long as redirects are relative, as in Go's client. */
function isAbsolute(location: string): boolean {
  return URL.parse(location) !== null;
}

function outcome(outcome: Outcome): Judgement {
  return { judged: "outcome", outcome };
}
