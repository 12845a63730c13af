/** The Kubernetes REST surface: a table of contents. Paths lead to discovery or, by routes.ts, to a kind and a verb. */
import { Hono, type Context as HonoContext } from "hono";
import { aboutServer } from "./discovery/about-server.ts";
import { discoverGroup, discoverRoot, discoverVersion, isServed } from "./discovery/discovery.ts";
import { isRegistryFailure } from "../registry/registry-failure.ts";
import type { ApiEnv } from "./deps.ts";
import { negotiate } from "./present/form.ts";
import { refuse, respond, respondOnce } from "./present/respond.ts";
import { Refusal } from "./refusal.ts";
import { answerReview } from "./reviews/review.ts";
import { callOf, findDestination, type ResourcePath } from "./routes.ts";
import { watch } from "./verbs/watch.ts";
import { Warnings } from "./warnings.ts";

type Request = HonoContext<ApiEnv>;

const unreadable = "the registry cannot be reached right now: whether a write took effect is to be seen by reading it";

/** Where resources of the core group and of all others live. */
const roots = ["/api/:version", "/apis/:group/:version"] as const;

export function createApi(): Hono<ApiEnv> {
  const api = new Hono<ApiEnv>({ strict: false });
  api.onError((error) => {
    console.error("api:", error);
    return refuse(isRegistryFailure(error) ? { type: "unavailable", message: unreadable } : { type: "internal" });
  });
  api.notFound((context) => context.text("404 page not found\n", 404));
  api.route("/", aboutServer);
  for (const root of ["api", "apis"] as const) {
    api.get(`/${root}`, (context) => discoverRoot(root, context.req.header("Accept") ?? ""));
  }
  api.get("/apis/:group", (context) => document(context, discoverGroup(context.req.param("group"))));
  for (const root of roots) {
    api.get(root, (context) => {
      const { group, version } = pathOf(context);
      return document(context, discoverVersion(group, version));
    });
    api.all(`${root}/namespaces/:name/:subresource{status|finalize}`, (context) => {
      return carryOut(context, { ...pathOf(context), plural: "namespaces" });
    });
    api.all(`${root}/namespaces/:namespace/:plural/:name/:subresource`, (context) =>
      carryOut(context, pathOf(context)),
    );
    api.all(`${root}/namespaces/:namespace/:plural/:name`, (context) => carryOut(context, pathOf(context)));
    api.all(`${root}/namespaces/:namespace/:plural`, (context) => carryOut(context, pathOf(context)));
    api.all(`${root}/:plural/:name/:subresource`, (context) => carryOut(context, pathOf(context)));
    api.all(`${root}/:plural/:name`, (context) => carryOut(context, pathOf(context)));
    api.all(`${root}/:plural`, (context) => carryOut(context, pathOf(context)));
    api.all(`${root}/*`, (context) => nowhere(context));
  }
  return api;
}

function pathOf({ req }: Request): ResourcePath {
  const part = (name: string): string => req.param(name) ?? "";
  return {
    group: part("group"),
    version: part("version"),
    namespace: part("namespace"),
    plural: part("plural"),
    name: part("name"),
    subresource: part("subresource"),
  };
}

async function carryOut(context: Request, path: ResourcePath): Promise<Response> {
  if (!isServed(path.group, path.version)) return context.notFound();
  const request = context.req.raw;
  const query = new URL(request.url).searchParams;
  const destination = findDestination(path, request.method, query);
  if (destination instanceof Refusal) return refuse(destination.reason);
  const deps = context.env;
  const rest = { deps, request, query, warnings: new Warnings(), nowMs: deps.nowMs() };
  const accept = request.headers.get("Accept") ?? "";
  if ("watch" in destination) return watch(callOf(destination.watch, path, rest), accept);
  const form = negotiate(accept, "answersWithList" in destination && destination.answersWithList);
  if (form instanceof Refusal) return refuse(form.reason);
  if ("review" in destination) return respondOnce(await answerReview(destination.review, rest), form, rest.warnings);
  const call = callOf(destination.kind, path, rest);
  return respond(call, await destination.verb(call), form);
}

/** A path of a form that no resource has. */
function nowhere(context: Request): Response | Promise<Response> {
  const { group, version } = pathOf(context);
  return isServed(group, version) ? refuse({ type: "no-such-route" }) : context.notFound();
}

function document(context: Request, found: object | undefined): Response | Promise<Response> {
  return found === undefined ? context.notFound() : context.json(found);
}
