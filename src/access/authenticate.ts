/**
 * Who makes a request: the administrator, by a token compared in constant time or, where everybody on this machine may
 * call, by calling from here; a service account, by a token that was made for it; somebody else, by Cloudflare Access.
 * What they may do is not decided here.
 * Source: Kubernetes, "Authenticating".
 */
import type { AccessConfig } from "../config/access.ts";
import { isLoopback } from "../domain/ip.ts";
import { userOfAccount } from "../domain/service-account.ts";
import type { User } from "../domain/user.ts";
import { apiAudience } from "./account-token.ts";
import { assertionHeader, type CloudflareAccess } from "./cloudflare-access.ts";
import type { KnownAccounts } from "./known-accounts.ts";
import type { KnownTokens } from "./known-tokens.ts";

export interface Identity {
  user: User;
  /** When what they showed is good no longer; undefined for never. */
  expiresMs: number | undefined;
}

/**
 * anonymous: shows nothing that says who they are. unauthenticated: shows something that is not, or no longer, good.
 * closed: nothing was configured that could let anybody in. foreign: a browser sent it on behalf of another site, by a
 * request that needs no leave (Fetch standard, "CORS-safelisted") or by a name that was made to point here (DNS
 * rebinding).
 */
export type Authentication =
  | { outcome: "authenticated"; identity: Identity }
  | { outcome: "anonymous" | "unauthenticated" | "closed" | "foreign" };

export interface AuthenticationDeps {
  access: AccessConfig;
  tokens: Pick<KnownTokens, "verify">;
  accounts: Pick<KnownAccounts, "exists">;
  /** Whose assertion of Cloudflare Access it is; asked only where that is configured. */
  verifyAssertion: (access: CloudflareAccess, assertion: string) => Promise<Identity | undefined>;
  nowMs: () => number;
}

/** What is needed of a request. */
export type Caller = Pick<Request, "url" | "headers">;

const administrator: User = { username: "admin", groups: ["system:masters", "system:authenticated"] };
export const anonymous: User = { username: "system:anonymous", groups: ["system:unauthenticated"] };

export async function authenticate(deps: AuthenticationDeps, caller: Caller): Promise<Authentication> {
  const { access } = deps;
  if (isClosed(access)) return { outcome: "closed" };
  const token = /^Bearer +(\S+) *$/i.exec(caller.headers.get("Authorization") ?? "")?.[1];
  if (token !== undefined) {
    const identity = await identify(deps, token);
    return identity === undefined ? { outcome: "unauthenticated" } : { outcome: "authenticated", identity };
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

/** Whose token it is for the API. */
async function identify(deps: AuthenticationDeps, token: string): Promise<Identity | undefined> {
  const { adminToken } = deps.access;
  if (adminToken !== undefined && (await sameText(token, adminToken))) {
    return { user: administrator, expiresMs: undefined };
  }
  return identifyAccount(deps, token, apiAudience);
}

/** The service account whose token it is, if it is meant for the audience and still good. */
export async function identifyAccount(
  { tokens, accounts, nowMs }: Pick<AuthenticationDeps, "tokens" | "accounts" | "nowMs">,
  token: string,
  audience: string,
): Promise<Identity | undefined> {
  const verified = await tokens.verify(token, nowMs());
  if (verified === undefined || !verified.audiences.includes(audience)) return undefined;
  if (!(await accounts.exists(verified.account))) return undefined;
  return { user: userOfAccount(verified.account, verified.id), expiresMs: verified.expiresMs };
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

/** Compares digests, which are of one length whatever was given, octet by octet to the end. */
async function sameText(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([digest(a), digest(b)]);
  return left.reduce((difference, octet, index) => difference | (octet ^ (right[index] ?? 0)), 0) === 0;
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}
