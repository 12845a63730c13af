/** The Kubernetes REST surface: a table of contents. Paths lead to discovery or, by routes.ts, to a kind and a verb. */
import { Hono, type Context as HonoContext, type MiddlewareHandler } from "hono";
import { auditEntry, type Asked } from "./audit.ts";
import { aboutServer } from "./discovery/about-server.ts";
import { discoverGroup, discoverRoot, discoverVersion, isServed } from "./discovery/discovery.ts";
import { isRegistryFailure } from "../registry/registry-failure.ts";
import { resourceAttributes, whyNotAllowed } from "./authorization.ts";
import type { ApiDeps, ApiEnv } from "./deps.ts";
import { negotiate } from "./present/form.ts";
import { refuse, respond, respondOnce } from "./present/respond.ts";
import { Refusal } from "./refusal.ts";
import { answerReview } from "./reviews/review.ts";
import type { Answer, ResourcePath } from "./call.ts";
import { callOf, findDestination } from "./routes.ts";
import { watch } from "./verbs/watch.ts";
import { Warnings } from "./warnings.ts";

type Request = HonoContext<ApiEnv>;

const unreadable = "the registry cannot be reached right now: whether a write took effect is to be seen by reading it";

/** Where resources of the core group and of all others live. */
const roots = ["/api/:version", "/apis/:group/:version"] as const;

/** A list that is always empty, so that clients can be told that there are no other kinds. */
const crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

export function createApi(): Hono<ApiEnv> {
  const api = new Hono<ApiEnv>({ strict: false });
  api.onError((error) => {
    console.error("api:", error);
    return refuse(failureOf(error).reason);
  });
  api.notFound((context) => context.text("404 page not found\n", 404));
  for (const path of [
    "/version",
    "/healthz",
    "/livez",
    "/openapi/*",
    "/api",
    "/apis",
    "/apis/:group",
    ...roots,
    crds,
  ]) {
    api.use(path, mayReadPath);
  }
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

/** What leads to no resource is asked for by its path. */
const mayReadPath: MiddlewareHandler<ApiEnv> = async ({ env, req }, next) => {
  const attributes = { verb: req.method.toLowerCase(), path: req.path };
  const notAllowed = await whyNotAllowed(env, attributes);
  return notAllowed === undefined ? next() : refuse(notAllowed.reason);
};

async function carryOut(context: Request, path: ResourcePath): Promise<Response> {
  const request = context.req.raw;
  const query = new URL(request.url).searchParams;
  const deps = context.env;
  const nowMs = deps.nowMs();
  const attributes = resourceAttributes(path, request.method, query);
  const asked: Asked = { by: deps, attributes, isDryRun: query.getAll("dryRun").includes("All"), nowMs };
  const notAllowed = await whyNotAllowed(deps, attributes);
  if (notAllowed !== undefined) {
    audit(deps, asked, notAllowed);
    return refuse(notAllowed.reason);
  }
  if (!isServed(path.group, path.version)) return context.notFound();
  const destination = findDestination(path, request.method, query);
  if (destination instanceof Refusal) return refuse(destination.reason);
  const rest = { deps, request, query, warnings: new Warnings(), nowMs };
  const accept = request.headers.get("Accept") ?? "";
  if ("watch" in destination) return watch(callOf(destination.watch, path, rest), accept);
  const form = negotiate(accept, "answersWithList" in destination && destination.answersWithList);
  if (form instanceof Refusal) return refuse(form.reason);
  if ("review" in destination) {
    const question = { ...rest, namespace: path.namespace };
    return respondOnce(await answerReview(destination.review, question), form, rest.warnings);
  }
  const call = callOf(destination.kind, path, rest);
  const answer = await destination.verb(call).catch((error: unknown) => {
    // Whether it took effect is not known, and who tried is told all the same.
    audit(deps, asked, failureOf(error));
    throw error;
  });
  audit(deps, asked, answer);
  return respond(call, answer, form);
}

function audit(deps: ApiDeps, asked: Asked, answer: Answer | Refusal): void {
  const entry = auditEntry(asked, answer);
  if (entry !== undefined) deps.audit(entry);
}

function failureOf(error: unknown): Refusal {
  return new Refusal(isRegistryFailure(error) ? { type: "unavailable", message: unreadable } : { type: "internal" });
}

/** A path of a form that no resource has. */
async function nowhere(context: Request): Promise<Response> {
  const notAllowed = await whyNotAllowed(context.env, {
    verb: context.req.method.toLowerCase(),
    path: context.req.path,
  });
  if (notAllowed !== undefined) return refuse(notAllowed.reason);
  const { group, version } = pathOf(context);
  return isServed(group, version) ? refuse({ type: "no-such-route" }) : context.notFound();
}

function document(context: Request, found: object | undefined): Response | Promise<Response> {
  return found === undefined ? context.notFound() : context.json(found);
}
