/**
 * Which part answers which path, and who gets in: DNS and readiness for everybody, the Kubernetes API and the metrics
 * behind the door.
 */
import { Hono, type Context as HonoContext } from "hono";
import { anonymous, authenticate } from "./access/authenticate.ts";
import { createApi } from "./api/api.ts";
import { healthText } from "./api/present/health-text.ts";
import type { Reason } from "./api/refusal.ts";
import { toStatus } from "./api/status.ts";
import type { User } from "./domain/user.ts";
import { authenticationDeps } from "./wiring/access.ts";
import { configOf, parsedConfigOf, type Config } from "./config.ts";
import { everything, type Asker } from "./dns/deps.ts";
import { handleDoh } from "./dns/doh.ts";
import { placesOf, type Origin } from "./dns/places.ts";
import { dnsServer } from "./wiring/isolate.ts";
import { metricsText } from "./metrics.ts";
import { isRegistryFailure } from "./registry/registry-failure.ts";
import { readProgrammingLatency } from "./registry/upkeep.ts";
import { apiDeps } from "./wiring/api.ts";
import { isRegistryReadable, proberChecks } from "./wiring/health.ts";

interface FrontEnv {
  Bindings: Env;
  Variables: { config: Config; user: User };
}

const api = createApi();

/** What lies behind the door; nothing else is told whether it exists. */
const guardedPaths = /^\/(api|apis|openapi|version|healthz|livez|metrics)(\/|$)/;

/** What Kubernetes tells anybody (system:public-info-viewer). */
const publicPaths = /^\/(version|healthz|livez)\/?$/;

const dnsUrls = /^https?:\/\/[^/?#]*\/dns-query(\?|$)/;

const closed =
  "nobody may use this API yet: set its administrator's token with `npx wrangler secret put ROLLCALL_ADMIN_TOKEN`";

const notYet = "nobody but the administrator may use this API yet";

const foreign =
  "without a token, Rollcall answers programs on this machine and its own pages alone: not a page of another site, and " +
  "not under another name than localhost or a loopback address";

const routes = new Hono<FrontEnv>({ strict: false })
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
    const verbose = context.req.query("verbose");
    if (!(await isRegistryReadable(context.env))) {
      return context.text("the registry cannot be read: were its migrations applied?\n", 503);
    }
    // A prober that is silent keeps nobody from asking and registering.
    const probers = verbose === undefined ? [] : await proberChecks(context.env);
    return context.text(healthText(verbose, "readyz", [{ name: "registry" }, ...probers]));
  })
  .use(async (context, next) => {
    if (!guardedPaths.test(context.req.path)) return context.text("404 page not found\n", 404);
    const authentication = await authenticate(authenticationDeps(context.env, context.var.config), context.req.raw);
    switch (authentication.outcome) {
      case "authenticated":
        context.set("user", authentication.identity.user);
        return mayUse(context) ? next() : refusal({ type: "denied", message: notYet });
      case "anonymous":
        if (!publicPaths.test(context.req.path)) return refusal({ type: "unauthenticated" });
        context.set("user", anonymous);
        return next();
      case "unauthenticated":
        return refusal({ type: "unauthenticated" });
      case "foreign":
        return refusal({ type: "denied", message: foreign });
      case "closed":
        return refusal({ type: "unavailable", message: closed });
    }
  })
  .get("/metrics", async (context) => {
    const text = metricsText(await readProgrammingLatency(context.env.DB));
    return context.text(text, 200, { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" });
  })
  .all("*", (context) =>
    api.fetch(context.req.raw, apiDeps(context.env, context.var.config, context.var.user), context.executionCtx),
  );

/** Until there are rules that say who may do what, the administrator may do everything and others nothing. */
function mayUse({ req, var: { user } }: HonoContext<FrontEnv>): boolean {
  return user.groups.includes("system:masters") || publicPaths.test(req.path);
}

function refusal(reason: Reason): Response {
  const status = toStatus(reason);
  const headers = reason.type === "unauthenticated" ? { "WWW-Authenticate": "Bearer" } : {};
  return Response.json(status, { status: status.code, headers });
}

function askerOf(request: Request): Asker {
  return { rights: everything, places: () => placesOf((request.cf ?? {}) as Origin) };
}

/** DNS is answered before any router has looked at the path, which would take longer than the answer (docs/performance.md). */
export function answer(request: Request, env: Env, execution: ExecutionContext): Response | Promise<Response> {
  const parsed = parsedConfigOf(env);
  if (!parsed.ok) return new Response(`the configuration is wrong:\n${parsed.errors.join("\n")}\n`, { status: 503 });
  const isPublic = parsed.config.dnsAccess === "public";
  if (isPublic && dnsUrls.test(request.url)) {
    return handleDoh(request, dnsServer(env, parsed.config), askerOf(request));
  }
  return routes.fetch(request, env, execution);
}
