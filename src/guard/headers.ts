/**
 * What browsers are told of each answer: take nothing for another type than it says, run nothing of it, show it in
 * nobody's frame, come back by HTTPS. And which pages may ask DNS.
 * Source: OWASP Secure Headers; Fetch standard, CORS protocol.
 */
const headers: readonly (readonly [name: string, value: string])[] = [
  ["X-Content-Type-Options", "nosniff"],
  ["Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox"],
  ["Referrer-Policy", "no-referrer"],
  ["Cache-Control", "no-store"],
];

const yearSeconds = 31_536_000;

/** Adds what the answer does not say itself. */
export function secured(response: Response, isSecure: boolean): Response {
  for (const [name, value] of headers) if (!response.headers.has(name)) response.headers.set(name, value);
  if (isSecure) response.headers.set("Strict-Transport-Security", `max-age=${yearSeconds}`);
  return response;
}

/** The origins whose pages may ask, `*` for all. */
export type AllowedOrigins = readonly string[];

/** The answer as the page that asked may read it, if it may. Others get it too, and their browser keeps it from them. */
export function shared(
  response: Response,
  request: Pick<Request, "headers" | "method">,
  allowed: AllowedOrigins,
): Response {
  const origin = request.headers.get("Origin");
  if (allowed.length === 0) return response;
  const copy = new Response(response.body, response);
  if (!allowed.includes("*")) copy.headers.append("Vary", "Origin");
  if (origin === null || !(allowed.includes("*") || allowed.includes(origin))) return copy;
  copy.headers.set("Access-Control-Allow-Origin", allowed.includes("*") ? "*" : origin);
  if (request.method === "OPTIONS") {
    copy.headers.set("Access-Control-Allow-Methods", "GET, HEAD, POST");
    copy.headers.set("Access-Control-Allow-Headers", "Content-Type, Accept");
    copy.headers.set("Access-Control-Max-Age", "86400");
  }
  return copy;
}
