/** DNS over HTTPS as the front answers it: within its rate, for whoever may ask, and for the pages that may. */
import type { Config } from "../config/config.ts";
import { everything, type Asker, type Rights } from "../dns/deps.ts";
import { handleDoh } from "../dns/doh.ts";
import { placesOf, type Origin } from "../dns/places.ts";
import { retryAfterSeconds } from "../guard/rate.ts";
import { shared } from "../guard/headers.ts";
import { rightsOfToken } from "./dns-access.ts";
import { isDnsWithinRate } from "./guard.ts";
import { dnsServer } from "./isolate.ts";

/** For everybody. At once where it can be: a promise for each query would be work for nothing. */
export function answerDns(request: Request, env: Env, config: Config): Response | Promise<Response> {
  const asker = askerOf(request, everything);
  const allowed = isDnsWithinRate(env, request);
  if (allowed !== true) return answerWithin(allowed, request, env, config, asker);
  const answered = answerSafely(request, env, config, asker);
  if (config.dnsOrigins.length === 0) return answered;
  return Promise.resolve(answered).then((response) => shared(response, request, config.dnsOrigins));
}

/**
 * For whoever shows a token in the path; undefined for a token that is no good. The rate comes first, since guessing is
 * asking, too, and who is refused by it learns nothing of their token.
 */
export async function answerByToken(
  request: Request,
  env: Env,
  config: Config,
  token: string,
): Promise<Response | undefined> {
  if (!(await isDnsWithinRate(env, request))) return shared(tooManyQueries(), request, config.dnsOrigins);
  const rights = await rightsOfToken(env, config, token);
  if (rights === undefined) return undefined;
  return shared(await answerSafely(request, env, config, askerOf(request, rights)), request, config.dnsOrigins);
}

function askerOf(request: Request, rights: Rights): Asker {
  return { rights, places: () => placesOf((request.cf ?? {}) as Origin) };
}

async function answerWithin(
  allowed: Promise<boolean>,
  request: Request,
  env: Env,
  config: Config,
  asker: Asker,
): Promise<Response> {
  const answered = (await allowed) ? await answerSafely(request, env, config, asker) : tooManyQueries();
  return shared(answered, request, config.dnsOrigins);
}

/** A mistake of our own is told to the log, and to nobody else. */
function answerSafely(request: Request, env: Env, config: Config, asker: Asker): Response | Promise<Response> {
  try {
    const answered = handleDoh(request, dnsServer(env, config), asker);
    return answered instanceof Promise ? answered.catch(failed) : answered;
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown): Response {
  console.error("dns:", error);
  return new Response("internal error\n", { status: 500, headers: { "cache-control": "no-store" } });
}

function tooManyQueries(): Response {
  const headers = { "retry-after": String(retryAfterSeconds), "cache-control": "no-store" };
  return new Response("too many queries\n", { status: 429, headers });
}
