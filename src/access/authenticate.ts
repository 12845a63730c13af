/**
 * Who makes a request: the administrator or a service account, by a token (judge-token.ts); the administrator again, where
 * everybody on this machine may call, by calling from here; somebody else, by Cloudflare Access. What they may do is not
 * decided here.
 * Source: Kubernetes, "Authenticating".
 */
import type { AccessConfig } from "../config/access.ts";
import { isLoopback } from "../domain/ip.ts";
import { apiAudience } from "./account-token.ts";
import { assertionHeader, type CloudflareAccess } from "./cloudflare-access.ts";
import { administrator, type Identity } from "./identity.ts";
import { judgeToken, type AccountTokenDeps } from "./judge-token.ts";

/**
 * anonymous: shows nothing that says who they are. unauthenticated: shows something that is not, or no longer, good.
 * closed: nothing was configured that could let anybody in. foreign: a browser sent it on behalf of another site, by a
 * request that needs no leave (Fetch standard, "CORS-safelisted") or by a name that was made to point here (DNS
 * rebinding).
 */
export type Authentication =
  | { outcome: "authenticated"; identity: Identity }
  | { outcome: "anonymous" | "unauthenticated" | "closed" | "foreign" };

export interface AuthenticationDeps extends AccountTokenDeps {
  access: AccessConfig;
  /** Whose assertion of Cloudflare Access it is; asked only where that is configured. */
  verifyAssertion: (access: CloudflareAccess, assertion: string) => Promise<Identity | undefined>;
}

/** What is needed of a request. */
export type Caller = Pick<Request, "url" | "headers">;

export async function authenticate(deps: AuthenticationDeps, caller: Caller): Promise<Authentication> {
  const { access } = deps;
  if (isClosed(access)) return { outcome: "closed" };
  const token = /^Bearer +(\S+) *$/i.exec(caller.headers.get("Authorization") ?? "")?.[1];
  if (token !== undefined) {
    const verdict = await judgeToken(deps, token, [apiAudience]);
    if (verdict.outcome !== "good") return { outcome: "unauthenticated" };
    return { outcome: "authenticated", identity: verdict.identity };
  }
  const assertion = caller.headers.get(assertionHeader);
  if (access.cloudflareAccess !== undefined && assertion !== null) {
    // A browser shows it by itself, whichever page makes the request.
    if (isOfAnotherSite(caller)) return { outcome: "foreign" };
    const identity = await deps.verifyAssertion(access.cloudflareAccess, assertion);
    return identity === undefined ? { outcome: "unauthenticated" } : { outcome: "authenticated", identity };
  }
  if (!access.open) return { outcome: "anonymous" };
  if (!isFromHere(caller)) return { outcome: "foreign" };
  return { outcome: "authenticated", identity: { user: administrator, expiresMs: undefined } };
}

function isClosed({ open, adminToken, tokenKeys, cloudflareAccess }: AccessConfig): boolean {
  return !open && adminToken === undefined && tokenKeys.length === 0 && cloudflareAccess === undefined;
}

/** Programs name no origin; a page names its own, which must be this server by a name that nobody else can give it. */
function isFromHere(caller: Caller): boolean {
  const { hostname } = new URL(caller.url);
  if (isOfAnotherSite(caller)) return false;
  return hostname === "localhost" || isLoopback(hostname.replace(/^\[|\]$/g, ""));
}

function isOfAnotherSite({ url, headers }: Caller): boolean {
  const page = headers.get("Origin");
  return page !== null && page !== new URL(url).origin;
}
