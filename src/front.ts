/**
 * Which part answers which path, and who gets in: readiness for everybody, DNS for everybody or by a token in the path,
 * the Kubernetes API and the metrics behind the door.
 */
import { Hono } from "hono";
import { createApi } from "./api/api.ts";
import { healthText } from "./api/present/health-text.ts";
import { whyNotAllowed } from "./api/authorization.ts";
import type { ApiDeps } from "./api/deps.ts";
import { refuse } from "./api/present/respond.ts";
import { Refusal } from "./api/refusal.ts";
import { admit } from "./wiring/access.ts";
import { configOf, parsedConfigOf, type Config } from "./config/config.ts";
import { effortOf } from "./guard/effort.ts";
import { secured } from "./guard/headers.ts";
import { metricsText } from "./metrics.ts";
import { isRegistryFailure } from "./registry/registry-failure.ts";
import { readProgrammingLatency } from "./registry/upkeep.ts";
import { apiDepsFor } from "./wiring/api.ts";
import { answerByToken, answerDns } from "./wiring/dns.ts";
import { guarded, sourceRefusal } from "./wiring/guard.ts";
import { knownHealth } from "./wiring/health.ts";

interface FrontEnv {
  Bindings: Env;
  Variables: { config: Config; deps: ApiDeps };
}

const api = createApi();

/** What lies behind the door; nothing else is told whether it exists. */
const guardedPaths = /^\/(api|apis|openapi|version|healthz|livez|metrics)(\/|$)/;

/** Where DNS is for everybody. */
const dnsUrls = /^https?:\/\/[^/?#]*\/dns-query(\?|$)/;

export const routes = new Hono<FrontEnv>({ strict: false })
  .use(async (context, next) => {
    context.set("config", configOf(context.env));
    return next();
  })
  .onError((error, context) => {
    console.error("front:", error);
    if (isRegistryFailure(error)) return context.text("the registry cannot be read right now\n", 503);
    return context.text("internal error\n", 500);
  })
  .get("/", (context) => context.text("Rollcall: Kubernetes API at /api and /apis, DNS over HTTPS at /dns-query\n"))
  .get("/readyz", async (context) => {
    const tooFast = await sourceRefusal(context.env, context.req.raw);
    if (tooFast !== undefined) return refuse(tooFast);
    const verbose = context.req.query("verbose");
    const health = knownHealth(context.env);
    if (!(await health.isRegistryReadable())) {
      return context.text("the registry cannot be read: were its migrations applied?\n", 503);
    }
    // A prober that is silent keeps nobody from asking and registering.
    const probers = verbose === undefined ? [] : await health.proberChecks();
    return context.text(healthText(verbose, "readyz", [{ name: "registry" }, ...probers]));
  })
  // Resolvers send no headers, so that a token stands in the path. A wrong one is not told from any other wrong path.
  .all("/dns-query/:token{[\\w.-]+}", async (context, next) => {
    const { env, var: variables, req } = context;
    return (await answerByToken(req.raw, env, variables.config, req.param("token"))) ?? next();
  })
  .use(async (context, next) => {
    if (!guardedPaths.test(context.req.path)) return context.text("404 page not found\n", 404);
    const { env, req, var: known } = context;
    const tooFast = await sourceRefusal(env, req.raw);
    if (tooFast !== undefined) return refuse(tooFast);
    const enter = () => admit(env, known.config, req.raw, req.path);
    const admitted = await enter();
    if (admitted instanceof Refusal) return refuse(admitted.reason);
    context.set("deps", apiDepsFor(env, known.config, admitted, enter));
    return next();
  })
  .use(async (context, next) => {
    const { env, req, var: known } = context;
    const effort = effortOf(req.method, req.path, new URL(req.url).searchParams);
    const reason = await guarded(env, known.config, effort, known.deps.authenticatedUser, next);
    return reason === undefined ? undefined : refuse(reason);
  })
  .get("/metrics", async (context) => {
    const notAllowed = await whyNotAllowed(context.var.deps, { verb: "get", path: "/metrics" });
    if (notAllowed !== undefined) return refuse(notAllowed.reason);
    const text = metricsText(await readProgrammingLatency(context.env.DB));
    return context.text(text, 200, { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" });
  })
  .all("*", (context) => api.fetch(context.req.raw, context.var.deps, context.executionCtx));

async function answerOthers(request: Request, env: Env, execution: ExecutionContext): Promise<Response> {
  return secured(await routes.fetch(request, env, execution), request.url.startsWith("https:"));
}

/** DNS is answered before any router has looked at the path, which would take longer than the answer (docs/performance.md). */
export function answer(request: Request, env: Env, execution: ExecutionContext): Response | Promise<Response> {
  const parsed = parsedConfigOf(env);
  if (!parsed.ok) return new Response(`the configuration is wrong:\n${parsed.errors.join("\n")}\n`, { status: 503 });
  const isPublic = parsed.config.dnsAccess === "public";
  if (isPublic && dnsUrls.test(request.url)) {
    return answerDns(request, env, parsed.config);
  }
  return answerOthers(request, env, execution);
}
