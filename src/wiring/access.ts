/**
 * Who gets in, and as whom they act: fills in what access control declares that it needs, and tells those who do not get
 * in why, in the API's words.
 */
import { createRemoteJWKSet, type JWTVerifyGetKey } from "jose";
import { apiAudience, signToken } from "../access/account-token.ts";
import { authenticate, type AuthenticationDeps } from "../access/authenticate.ts";
import { certificatesUrl, verifyAssertion, type CloudflareAccess } from "../access/cloudflare-access.ts";
import { anonymous, type Identity } from "../access/identity.ts";
import { impersonationOf } from "../access/impersonate.ts";
import { judgeToken } from "../access/judge-token.ts";
import { isPublicPath } from "../api/authorization.ts";
import type { IssuedToken, ReviewedToken, TokenOrder } from "../api/deps.ts";
import { badRequest, Refusal } from "../api/refusal.ts";
import type { AccessConfig } from "../config/access.ts";
import type { Config } from "../config/config.ts";
import type { User } from "../domain/user.ts";
import { knownAccess, knownTokens } from "./isolate.ts";
import { newUid } from "./waking.ts";

const closed =
  "nobody may use this API yet: set its administrator's token with `npx wrangler secret put ROLLCALL_ADMIN_TOKEN`";

const foreign =
  "Rollcall answers programs and its own pages alone, not a page of another site; and without a token none but those on " +
  "this machine, under no other name than localhost or a loopback address";

/** Whoever was let in. `user` is who they have shown to be, to whom all is ascribed that they do. */
export interface Admitted extends Identity {
  /** Whose rights they act with: their own, or those of whom they impersonate. */
  actingAs: User;
}

/** Who makes the request, and as whom; or why nobody is let in by it. `path` is the one that routes are chosen by. */
export async function admit(env: Env, { access }: Config, request: Request, path: string): Promise<Admitted | Refusal> {
  const authentication = await authenticate(authenticationDeps(env, access), request);
  switch (authentication.outcome) {
    case "authenticated":
      return admitted(env, authentication.identity, request);
    case "anonymous":
      if (isPublicPath(path)) return { user: anonymous, actingAs: anonymous, expiresMs: undefined };
      return new Refusal({ type: "unauthenticated" });
    case "unauthenticated":
      return new Refusal({ type: "unauthenticated" });
    case "foreign":
      return new Refusal({ type: "denied", message: foreign });
    case "closed":
      return new Refusal({ type: "unavailable", message: closed });
  }
}

/** As themselves, or as whom they impersonate, if they may. */
async function admitted(env: Env, identity: Identity, { headers }: Request): Promise<Admitted | Refusal> {
  const impersonation = impersonationOf(headers);
  switch (impersonation.outcome) {
    case "none":
      return { ...identity, actingAs: identity.user };
    case "malformed":
      return badRequest(impersonation.message);
    case "asked": {
      const { username } = identity.user;
      for (const attributes of impersonation.needs) {
        if (await knownAccess(env).policy.allows(identity.user, attributes)) continue;
        return new Refusal({ type: "not-allowed", username, attributes });
      }
      return { ...identity, actingAs: impersonation.user };
    }
  }
}

export function authenticationDeps(env: Env, access: AccessConfig): AuthenticationDeps {
  return {
    access,
    tokens: knownTokens(access.tokenKeys),
    accounts: knownAccess(env).accounts,
    verifyAssertion: (by, assertion) => verifyAssertion(by, certificates(by), assertion, Date.now()),
    nowMs: Date.now,
  };
}

let teamKeys: JWTVerifyGetKey | undefined;

/** Fetched when they are needed first and when a key is asked for that is not among them, and kept. */
function certificates(access: CloudflareAccess): JWTVerifyGetKey {
  teamKeys ??= createRemoteJWKSet(certificatesUrl(access));
  return teamKeys;
}

export async function issueToken(access: AccessConfig, order: TokenOrder): Promise<IssuedToken | undefined> {
  const audiences = order.audiences.length === 0 ? [apiAudience] : order.audiences;
  const token = await signToken(access.tokenKeys, { ...order, audiences, id: newUid() });
  return token === undefined ? undefined : { token, audiences };
}

/** Whose token it is, for whoever was shown it. */
export async function reviewToken(
  env: Env,
  access: AccessConfig,
  token: string,
  audiences: readonly string[],
): Promise<ReviewedToken> {
  const asked = audiences.length === 0 ? [apiAudience] : audiences;
  const verdict = await judgeToken(authenticationDeps(env, access), token, asked);
  switch (verdict.outcome) {
    case "good":
      return { outcome: "good", user: verdict.identity.user, audiences: verdict.audiences };
    case "for-others":
      return { outcome: "for-others", audiences: verdict.audiences, asked };
    case "bad":
      return verdict;
  }
}
