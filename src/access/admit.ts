/**
 * Whether a request may reach the API: the administrator's token, compared in constant time; or, where everybody on
 * this machine may call, that it is not a web page of elsewhere that calls through somebody's browser.
 */
import type { AccessConfig } from "../config.ts";
import { isLoopback } from "../domain/ip.ts";

/**
 * closed: nothing was configured that could let anybody in. foreign: a browser sent it on behalf of another site, by a
 * request that needs no leave (Fetch standard, "CORS-safelisted") or by a name that was made to point here (DNS
 * rebinding).
 */
export type Admission = "admitted" | "unauthenticated" | "closed" | "foreign";

export async function admit(access: AccessConfig, request: Pick<Request, "url" | "headers">): Promise<Admission> {
  switch (access.mode) {
    case "open":
      return isFromHere(request) ? "admitted" : "foreign";
    case "closed":
      return "closed";
    case "token": {
      const given = /^Bearer +(\S+) *$/i.exec(request.headers.get("Authorization") ?? "")?.[1];
      return given !== undefined && (await sameText(given, access.token)) ? "admitted" : "unauthenticated";
    }
  }
}

/** Programs name no origin; a page names its own, which must be this server by a name that nobody else can give it. */
function isFromHere({ url, headers }: Pick<Request, "url" | "headers">): boolean {
  const { origin, hostname } = new URL(url);
  const page = headers.get("Origin");
  if (page !== null && page !== origin) return false;
  return hostname === "localhost" || isLoopback(hostname.replace(/^\[|\]$/g, ""));
}

/** Compares digests, which are of one length whatever was given, octet by octet to the end. */
async function sameText(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([digest(a), digest(b)]);
  return left.reduce((difference, octet, index) => difference | (octet ^ (right[index] ?? 0)), 0) === 0;
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}
