/**
 * Tokens of service accounts: JSON Web Tokens with the claims that Kubernetes' have, signed with a secret of Rollcall's.
 * Knows signatures, audiences and times; whether the account still exists is not asked here.
 * Source: Kubernetes documentation, "Managing Service Accounts", bound service account tokens; RFC 7519.
 */
import { errors, jwtVerify, SignJWT } from "jose";
import { accountUsername, type AccountReference } from "../domain/service-account.ts";

/** Whom a token is meant for that names nobody else: the API. */
export const apiAudience = "rollcall";
/** Whom a token is meant for that only asks DNS. */
export const dnsAudience = "dns";

const issuer = "rollcall";
const algorithm = "HS256";

export interface TokenOrder {
  account: AccountReference;
  audiences: readonly string[];
  issuedMs: number;
  expiresMs: number;
  /** Names the token itself. */
  id: string;
}

export interface VerifiedToken {
  account: AccountReference;
  /** Whom it is meant for; it is of no use to others. */
  audiences: readonly string[];
  expiresMs: number;
  id: string;
}

/** Undefined while there is no key to sign it with. */
export async function signToken(keys: readonly Uint8Array[], order: TokenOrder): Promise<string | undefined> {
  const [key] = keys;
  if (key === undefined) return undefined;
  const { namespace, name, uid } = order.account;
  const issued = Math.floor(order.issuedMs / 1000);
  return new SignJWT({ "kubernetes.io": { namespace, serviceaccount: { name, uid } } })
    .setProtectedHeader({ alg: algorithm })
    .setIssuer(issuer)
    .setSubject(accountUsername(order.account))
    .setAudience([...order.audiences])
    .setIssuedAt(issued)
    .setNotBefore(issued)
    .setExpirationTime(Math.floor(order.expiresMs / 1000))
    .setJti(order.id)
    .sign(key);
}

/** What a token says, if one of the keys has signed it, and its time has come and has not passed. */
export async function verifyToken(
  keys: readonly Uint8Array[],
  token: string,
  nowMs: number,
): Promise<VerifiedToken | undefined> {
  const rules = { algorithms: [algorithm], issuer, currentDate: new Date(nowMs), requiredClaims: ["exp"] };
  for (const key of keys) {
    try {
      const { payload } = await jwtVerify(token, key, rules);
      return verified(payload);
    } catch (error) {
      // Another key may have signed it; anything else that is wrong with it is so for all of them.
      if (error instanceof errors.JWSSignatureVerificationFailed) continue;
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }
  return undefined;
}

interface Claims {
  sub?: string;
  aud?: string | string[];
  exp?: number;
  jti?: string;
  "kubernetes.io"?: { namespace?: string; serviceaccount?: { name?: string; uid?: string } };
}

function verified({ sub, aud = [], exp, jti, "kubernetes.io": claim }: Claims): VerifiedToken | undefined {
  const { namespace = "", serviceaccount: { name = "", uid = "" } = {} } = claim ?? {};
  const account = { namespace, name, uid };
  if (exp === undefined || jti === undefined || sub !== accountUsername(account)) return undefined;
  return { account, audiences: [aud].flat(), expiresMs: exp * 1000, id: jti };
}
