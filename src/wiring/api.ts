/** Fills in what the API declares that it needs, for one request, from the bindings. */
import { waitUntil } from "cloudflare:workers";
import type { Context } from "../api/context.ts";
import type { ApiDeps } from "../api/deps.ts";
import { Refusal } from "../api/refusal.ts";
import { Warnings } from "../api/warnings.ts";
import { configOf, type Config } from "../config/config.ts";
import { mastersGroup } from "../domain/rbac.ts";
import type { User } from "../domain/user.ts";
import { readDeparture } from "../registry/catalogue.ts";
import { readChangesOf } from "../registry/log.ts";
import { ChangeSource } from "../watch/change-source.ts";
import type { Subscription } from "../watch/fan-out.ts";
import { feedObject } from "./objects.ts";
import { knownAccess } from "./isolate.ts";
import { asProbing } from "./edge-nodes.ts";
import { issueToken, reviewToken, type Admitted } from "./access.ts";
import { announceTo, countReplicas, newUid, registryOf } from "./waking.ts";

/** Rollcall itself, where nobody asked. */
const rollcall: User = { username: "system:rollcall", groups: [mastersGroup] };
const self: Caller = {
  admitted: { user: rollcall, actingAs: rollcall, expiresMs: undefined },
  recheck: async () => undefined,
};

/** Who makes a request, and whether they would still be let in by it. */
interface Caller {
  admitted: Admitted;
  recheck: ApiDeps["recheck"];
}

/** For a request by somebody who was let in; `enter` asks again whether they are. */
export function apiDepsFor(
  env: Env,
  config: Config,
  admitted: Admitted,
  enter: () => Promise<Admitted | Refusal>,
): ApiDeps {
  const recheck = async (revision: number): Promise<Refusal | undefined> => {
    knownAccess(env).forgetBefore(revision);
    const again = await enter();
    return again instanceof Refusal ? again : undefined;
  };
  return apiDeps(env, config, { admitted, recheck });
}

/** For what happens by the API's rules without a request. */
export function contextOf(env: Env): Context {
  return { deps: apiDeps(env, configOf(env), self), warnings: new Warnings(), nowMs: Date.now() };
}

function apiDeps(env: Env, config: Config, { admitted, recheck }: Caller): ApiDeps {
  const { access, dns, serviceRanges, limits } = config;
  return {
    registry: registryOf(env),
    user: admitted.actingAs,
    authenticatedUser: admitted.user,
    expiresMs: admitted.expiresMs,
    recheck,
    access: knownAccess(env).policy,
    issueToken: (order) => issueToken(access, order),
    reviewToken: (token, audiences) => reviewToken(env, access, token, audiences),
    announce: (concerned, waitMs) => {
      waitUntil(countReplicas(env, concerned));
      return announceTo(env, concerned, waitMs);
    },
    follow: (subscription) =>
      new ChangeSource(
        {
          readChanges: (since) => readChangesOf(env.DB, since, subscription),
          connect: (from) => connectToFeed(env, from, admitted.user),
        },
        subscription,
      ),
    observe: (node) => asProbing(env, node),
    after: (durationMs, run) => {
      const timer = setTimeout(run, durationMs);
      return () => clearTimeout(timer);
    },
    departure: async (namespace) => {
      const departure = await readDeparture(env.DB, namespace, dns.ttlSeconds, Date.now());
      // While the registry cannot be read, other isolates may go on with what they knew.
      return { ...departure, longestTtlSeconds: departure.longestTtlSeconds + dns.staleSeconds };
    },
    serviceRanges,
    quotaOf: (resource) => limits.quotas[resource] ?? limits.quotas["*"],
    audit: (entry) => {
      // oxlint-disable-next-line no-console -- the log is where the platform keeps it.
      if (config.audit) console.log(JSON.stringify({ audit: entry }));
    },
    // Whether it can be told is seen when the stream connects.
    mayWatch: () =>
      feedObject(env)
        .hasRoom(admitted.user.username)
        .catch(() => true),
    nowMs: Date.now,
    newUid,
    random: Math.random,
  };
}

async function connectToFeed(env: Env, from: Subscription, { username }: User): Promise<WebSocket> {
  const query = new URLSearchParams({ subscription: JSON.stringify(from), watcher: username });
  const url = `https://feed/?${query.toString()}`;
  const { webSocket } = await feedObject(env).fetch(url, { headers: { Upgrade: "websocket" } });
  if (webSocket === null) throw new Error("the change feed opened no socket");
  return webSocket;
}
