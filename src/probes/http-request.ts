/**
 * The octets of a probe's request, as kubelet's would be. A header that could break out of its line is refused whole,
 * never repaired. Pure.
 * Source: Kubernetes pkg/probe/http/request.go; RFC 9112 section 3 and 5; Go net/http (which headers it leaves out).
 */
import { authorityOf, type HttpTarget } from "./probe-target.ts";

type Header = HttpTarget["headers"][number];

const userAgent = "kube-probe/1.32";

/** The client speaks for these itself. */
const ownHeaders = new Set(["host", "connection", "content-length", "transfer-encoding", "trailer"]);
/** RFC 9110 token. */
const headerName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Tab, and whatever is no control character; text beyond ASCII is sent as UTF-8, whose octets cannot end a line. */
// oxlint-disable-next-line no-control-regex -- control characters are what this looks for.
const headerValue = /^[^\u0000-\u0008\u000A-\u001F\u007F]*$/;
const hostHeader = /^[A-Za-z0-9\-._~%!$&'()*+,;=:[\]]+$/;
const pathOnly = /^\/[\u0021-\u007E]*$/;

const utf8 = new TextEncoder();

export type RequestHeaders = { ok: true; host: string; headers: Header[] } | { ok: false; message: string };

/** The headers that are sent besides Connection; a default that is given empty is left out. */
export function requestHeaders(target: HttpTarget): RequestHeaders {
  for (const { name, value } of target.headers) {
    const part = !headerName.test(name) ? "name" : !headerValue.test(value) ? "value for" : undefined;
    if (part === undefined) continue;
    return { ok: false, message: `net/http: invalid header field ${part} ${JSON.stringify(name)}` };
  }
  const host = valueOf(target, "host") || authorityOf(target);
  if (!hostHeader.test(host)) return { ok: false, message: "http: invalid Host header" };
  const defaults = [
    { name: "User-Agent", value: userAgent },
    { name: "Accept", value: "*/*" },
  ].filter(({ name }) => valueOf(target, name) === undefined);
  const given = target.headers.filter(
    ({ name, value }) => !ownHeaders.has(name.toLowerCase()) && !(value === "" && isDefaulted(name)),
  );
  return { ok: true, host, headers: [...defaults, ...given] };
}

export type EncodedRequest = { ok: true; octets: Uint8Array } | { ok: false; message: string };

export function encodeRequest(target: HttpTarget): EncodedRequest {
  const headers = requestHeaders(target);
  if (!headers.ok) return headers;
  if (!pathOnly.test(target.path)) return { ok: false, message: "net/http: invalid request path" };
  const lines = [
    `GET ${target.path} HTTP/1.1`,
    `Host: ${headers.host}`,
    ...headers.headers.map(({ name, value }) => `${name}: ${value.trim()}`),
    "Connection: close",
  ];
  return { ok: true, octets: utf8.encode(`${lines.join("\r\n")}\r\n\r\n`) };
}

function isDefaulted(name: string): boolean {
  return /^(user-agent|accept)$/i.test(name);
}

function valueOf(target: HttpTarget, name: string): string | undefined {
  return target.headers.find((header) => header.name.toLowerCase() === name.toLowerCase())?.value;
}
