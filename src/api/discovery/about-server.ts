/** What clients ask of any Kubernetes server: which version it is, whether it lives, which schemas it has. */
import { Hono } from "hono";
import { kinds } from "../kinds/kinds.ts";
import { healthText } from "../present/health-text.ts";
import { openApiV2 } from "./openapi-v2.ts";
import { openApiIndex, openApiResponse } from "./openapi-v3.ts";

/** The version whose behaviour is followed; kubectl warns of versions that are more than one minor version away. */
const version = {
  major: "1",
  minor: "32",
  gitVersion: "v1.32.0+rollcall",
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "2026-11-01T00:00:00Z",
  goVersion: "none",
  compiler: "none",
  platform: "workers/any",
};

const openApi = openApiV2(kinds);

const ping = [{ name: "ping" }];

export const aboutServer = new Hono({ strict: false })
  .get("/version", (context) => context.json(version))
  // Whoever answers lives; whether the registry can be read is for /readyz to say.
  .get("/healthz", (context) => context.text(healthText(context.req.query("verbose"), "healthz", ping)))
  .get("/livez", (context) => context.text(healthText(context.req.query("verbose"), "livez", ping)))
  // The media type that clients ask for is none that old ones can read in an answer.
  .get("/openapi/v2", () => new Response(openApi, { headers: { "Content-Type": "application/octet-stream" } }))
  .get("/openapi/v3", (context) => context.json(openApiIndex()))
  .get("/openapi/v3/*", (context) => {
    const path = context.req.path.slice("/openapi/v3/".length);
    return openApiResponse(path, context.req.query("hash")) ?? context.notFound();
  })
  .get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", (context) =>
    context.json({
      kind: "CustomResourceDefinitionList",
      apiVersion: "apiextensions.k8s.io/v1",
      metadata: { resourceVersion: "1" },
      items: [],
    }),
  );
