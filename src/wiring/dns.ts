/** DNS over HTTPS as the front answers it: within its rate, and for the pages that may ask. */
import type { Config } from "../config/config.ts";
import type { Asker } from "../dns/deps.ts";
import { handleDoh } from "../dns/doh.ts";
import { retryAfterSeconds } from "../guard/rate.ts";
import { shared } from "../guard/headers.ts";
import { isDnsWithinRate } from "./guard.ts";
import { dnsServer } from "./isolate.ts";

/** At once where it can be: a promise for each query would be work for nothing. */
export function answerDns(request: Request, env: Env, config: Config, asker: Asker): Response | Promise<Response> {
  const allowed = isDnsWithinRate(env, request);
  if (allowed !== true) return answerWithin(allowed, request, env, config, asker);
  const answered = answerSafely(request, env, config, asker);
  if (config.dnsOrigins.length === 0) return answered;
  return Promise.resolve(answered).then((response) => shared(response, request, config.dnsOrigins));
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
