/**
 * What a bearer token is worth to those whom it is shown to: the administrator's is compared in constant time, a service
 * account's must be meant for them, and the account must exist. What its holder may do is not decided here.
 * Source: k8s.io/apiserver, pkg/authentication/authenticator/audagnostic.go; kubernetes, pkg/serviceaccount/jwt.go.
 */
import { userOfAccount } from "../domain/service-account.ts";
import { apiAudience } from "./account-token.ts";
import { administrator, type Identity } from "./identity.ts";
import type { KnownAccounts } from "./known-accounts.ts";
import type { KnownTokens } from "./known-tokens.ts";

/** for-others: it is whole, and meant for these. What else may be wrong with it is not told apart. */
export type TokenVerdict =
  | { outcome: "good"; identity: Identity; audiences: readonly string[] }
  | { outcome: "for-others"; audiences: readonly string[] }
  | { outcome: "bad" };

export interface AccountTokenDeps {
  tokens: Pick<KnownTokens, "verify">;
  accounts: Pick<KnownAccounts, "exists">;
  nowMs: () => number;
}

export interface TokenDeps extends AccountTokenDeps {
  access: { adminToken: string | undefined };
}

/** `audiences` are whom it is shown to. The administrator's token is meant for the API alone. */
export async function judgeToken(deps: TokenDeps, token: string, audiences: readonly string[]): Promise<TokenVerdict> {
  const { adminToken } = deps.access;
  if (adminToken !== undefined && audiences.includes(apiAudience) && (await sameText(token, adminToken))) {
    return { outcome: "good", identity: { user: administrator, expiresMs: undefined }, audiences: [apiAudience] };
  }
  return judgeAccountToken(deps, token, audiences);
}

export async function judgeAccountToken(
  { tokens, accounts, nowMs }: AccountTokenDeps,
  token: string,
  audiences: readonly string[],
): Promise<TokenVerdict> {
  const verified = await tokens.verify(token, nowMs());
  if (verified === undefined) return { outcome: "bad" };
  const meant = audiences.filter((audience) => verified.audiences.includes(audience));
  if (meant.length === 0) return { outcome: "for-others", audiences: verified.audiences };
  if (!(await accounts.exists(verified.account))) return { outcome: "bad" };
  const identity = { user: userOfAccount(verified.account, verified.id), expiresMs: verified.expiresMs };
  return { outcome: "good", identity, audiences: meant };
}

/** Compares digests, which are of one length whatever was given, octet by octet to the end. */
async function sameText(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([digest(a), digest(b)]);
  return left.reduce((difference, octet, index) => difference | (octet ^ (right[index] ?? 0)), 0) === 0;
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}
