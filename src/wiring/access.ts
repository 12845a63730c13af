/** Fills in what access control declares that it needs, from the bindings. */
import { apiAudience, signToken } from "../access/account-token.ts";
import type { AuthenticationDeps } from "../access/authenticate.ts";
import type { IssuedToken, TokenOrder } from "../api/deps.ts";
import type { AccessConfig, Config } from "../config.ts";
import { knownAccounts } from "./isolate.ts";
import { newUid } from "./waking.ts";

export function authenticationDeps(env: Env, { access }: Config): AuthenticationDeps {
  return { access, accounts: knownAccounts(env), nowMs: Date.now };
}

export async function issueToken(access: AccessConfig, order: TokenOrder): Promise<IssuedToken | undefined> {
  const audiences = order.audiences.length === 0 ? [apiAudience] : order.audiences;
  const token = await signToken(access.tokenKeys, { ...order, audiences, id: newUid() });
  return token === undefined ? undefined : { token, audiences };
}
