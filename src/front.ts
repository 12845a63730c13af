/** Which part answers which path, and who gets in: DNS and readiness for everybody, the Kubernetes API behind the door. */
import { Hono } from "hono";
import { admit } from "./access/bearer.ts";
import { createApi } from "./api/api.ts";
import { healthText } from "./api/present/health-text.ts";
import type { Reason } from "./api/refusal.ts";
import { toStatus } from "./api/status.ts";
import { parsedConfigOf, type Config } from "./config.ts";
import { handleDoh } from "./dns/doh.ts";
import { dnsServer } from "./isolate.ts";
import { metricsText } from "./metrics.ts";
import { proberChecks } from "./prober-check.ts";
import { isRegistryFailure } from "./registry/registry-failure.ts";
import { readProgrammingLatency } from "./registry/snapshots.ts";
import { apiDeps, isRegistryReadable } from "./wiring.ts";

interface FrontEnv {
  Bindings: Env;
  Variables: { config: Config };
}

const api = createApi();

/** What lies behind the door; nothing else is told whether it exists. */
const apiPaths = /^\/(api|apis|openapi|version|healthz|livez)(\/|$)/;

const closed =
  "nobody may use this API yet: set its administrator's token with `npx wrangler secret put ROLLCALL_ADMIN_TOKEN`";

export const front = new Hono<FrontEnv>({ strict: false })
  .use(async (context, next) => {
    const parsed = parsedConfigOf(context.env);
    if (!parsed.ok) return context.text(`the configuration is wrong:\n${parsed.errors.join("\n")}\n`, 503);
    context.set("config", parsed.config);
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
  .get("/metrics", async (context) => {
    const text = metricsText(await readProgrammingLatency(context.env.DB));
    return context.text(text, 200, { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" });
  })
  .all("/dns-query", (context) => handleDoh(context.req.raw, dnsServer(context.env, context.var.config)))
  .all("*", async (context) => {
    if (!apiPaths.test(context.req.path)) return context.text("404 page not found\n", 404);
    const { config } = context.var;
    switch (await admit(config.access, context.req.header("Authorization") ?? null)) {
      case "admitted":
        return api.fetch(context.req.raw, apiDeps(context.env, config), context.executionCtx);
      case "unauthenticated":
        return refusal({ type: "unauthenticated" });
      case "closed":
        return refusal({ type: "unavailable", message: closed });
    }
  });

function refusal(reason: Reason): Response {
  const status = toStatus(reason);
  const headers = reason.type === "unauthenticated" ? { "WWW-Authenticate": "Bearer" } : {};
  return Response.json(status, { status: status.code, headers });
}
