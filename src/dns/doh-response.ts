/** HTTP responses of DNS over HTTPS: DNS replies, and errors where there is no DNS reply. */
import type { Reply } from "./dns-server.ts";

export const dnsMessageType = "application/dns-message";

/** A request that holds no query: what went wrong, in HTTP's terms. */
export interface HttpError {
  kind: "http-error";
  status: 400 | 413 | 414 | 415;
  message: string;
}

/** A DNS reply of any response code travels in 200 (RFC 8484 §4.2.1). */
export function toResponse(reply: Reply): Response {
  if (reply.kind === "no-message") return toHttpError(httpError(400, "a DNS message has at least 12 octets"));
  return new Response(reply.octets, headersFor(reply));
}

type Freshness = Pick<Reply & { kind: "reply" }, "maxAgeSeconds" | "isPersonal">;
type HeadersByMaxAge = Map<number | undefined, { headers: Headers }>;

/** As many as there are TTLs. Made once each, since a Response takes longer over an object of texts. */
const sharedHeaders: HeadersByMaxAge = new Map();
const personalHeaders: HeadersByMaxAge = new Map();

function headersFor(freshness: Freshness): { headers: Headers } {
  const headersByMaxAge = freshness.isPersonal ? personalHeaders : sharedHeaders;
  const known = headersByMaxAge.get(freshness.maxAgeSeconds);
  if (known !== undefined) return known;
  const init = {
    headers: new Headers({
      "content-type": dnsMessageType,
      "cache-control": cacheControl(freshness),
      "x-content-type-options": "nosniff",
    }),
  };
  headersByMaxAge.set(freshness.maxAgeSeconds, init);
  return init;
}

/** What has no TTL to go by must not be kept: it may be right the next moment. */
export function cacheControl({ maxAgeSeconds, isPersonal }: Freshness): string {
  if (maxAgeSeconds === undefined) return "no-store";
  return isPersonal ? `private, max-age=${maxAgeSeconds}` : `max-age=${maxAgeSeconds}`;
}

export function httpError(status: HttpError["status"], message: string): HttpError {
  return { kind: "http-error", status, message };
}

export function toHttpError({ status, message }: HttpError): Response {
  return new Response(`${message}\n`, {
    status,
    headers: { "cache-control": "no-store", "x-content-type-options": "nosniff" },
  });
}
