/**
 * What whoever shows a token in the URL may resolve: the names of their account's own namespace, and of every other one
 * whose services they may get by role and binding. Other namespaces are as if they did not exist.
 */
import { dnsAudience } from "../access/account-token.ts";
import { judgeAccountToken } from "../access/judge-token.ts";
import type { Config } from "../config/config.ts";
import type { Rights } from "../dns/deps.ts";
import { parseAccountUsername } from "../domain/service-account.ts";
import { authenticationDeps } from "./access.ts";
import { knownAccess } from "./isolate.ts";

/** Undefined for a token that is none, is not meant for DNS, or is good no longer. */
export async function rightsOfToken(env: Env, { access }: Config, token: string): Promise<Rights | undefined> {
  const verdict = await judgeAccountToken(authenticationDeps(env, access), token, [dnsAudience]);
  if (verdict.outcome !== "good") return undefined;
  const { user } = verdict.identity;
  const home = parseAccountUsername(user.username)?.namespace;
  const { policy, revision } = await knownAccess(env).policy.current();
  const services = { verb: "get", group: "", resource: "services", subresource: "", name: "" };
  return {
    // What was answered under other rights is of no use to the same account under these.
    key: `${user.username} ${revision}`,
    areEverybodys: false,
    exposes: (namespace) => namespace === home || policy.allows(user, { ...services, namespace }),
  };
}
