/**
 * Who somebody is by Cloudflare Access, which stands before the Worker and signs a token for each request that it lets
 * through. Off unless a team and an audience are configured.
 * Source: Cloudflare, "Validate JWTs" (Cloudflare One, Access), read November 2026.
 */
import { errors, jwtVerify, type JWTVerifyGetKey } from "jose";
import type { User } from "../domain/user.ts";

export interface CloudflareAccess {
  /** `https://example.cloudflareaccess.com` */
  issuer: string;
  /** The Application Audience (AUD) tag. */
  audience: string;
  /** What comes before the e-mail address or the service token's id, so that it is nobody else's name. */
  userPrefix: string;
  /** What everybody belongs to who comes by Access. */
  groups: readonly string[];
}

export const assertionHeader = "Cf-Access-Jwt-Assertion";

/** Where a team publishes the keys that it signs with. */
export function certificatesUrl({ issuer }: CloudflareAccess): URL {
  return new URL("/cdn-cgi/access/certs", issuer);
}

/** Whose assertion it is, and until when it is good; undefined where it is not. */
export async function verifyAssertion(
  access: CloudflareAccess,
  keys: JWTVerifyGetKey,
  assertion: string,
  nowMs: number,
): Promise<{ user: User; expiresMs: number } | undefined> {
  const rules = {
    algorithms: ["RS256"],
    issuer: access.issuer,
    audience: access.audience,
    currentDate: new Date(nowMs),
    requiredClaims: ["exp"],
  };
  try {
    const { payload } = await jwtVerify(assertion, keys, rules);
    // People have an e-mail address, service tokens a common name.
    const name = [payload["email"], payload["common_name"]].find((claim) => typeof claim === "string" && claim !== "");
    if (typeof name !== "string" || payload.exp === undefined) return undefined;
    const groups = [...access.groups, "system:authenticated"];
    return { user: { username: `${access.userPrefix}${name}`, groups }, expiresMs: payload.exp * 1000 };
  } catch (error) {
    if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)) return undefined;
    throw error;
  }
}
