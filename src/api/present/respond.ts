/** Answers and refusals as HTTP responses. */
import { stringify } from "yaml";
import type { KubeObject } from "../../domain/object.ts";
import type { Answer, Call, ListAnswer } from "../call.ts";
import { apiVersionOf } from "../kinds/kind.ts";
import { Refusal, type Reason } from "../refusal.ts";
import { toStatus } from "../status.ts";
import type { Warnings } from "../warnings.ts";
import type { Form, Format } from "./form.ts";
import { toPartialMetadata } from "./partial-metadata.ts";
import { parseIncludeObject, toTable } from "./table.ts";

export function respond(call: Call, answer: Answer | Refusal, form: Form): Response {
  if (answer instanceof Refusal) return refuse(answer.reason, call.warnings);
  if (answer.form === "status") {
    return withHeaders(toResponse(answer.status, answer.status.code, form.format, call.warnings), answer.headers);
  }
  if (answer.form === "document") return toResponse(answer.document, answer.code, form.format, call.warnings);
  const body = bodyOf(call, answer, form);
  if (body instanceof Refusal) return refuse(body.reason, call.warnings);
  if (answer.form === "list") return toResponse(body, 200, form.format, call.warnings);
  return withHeaders(toResponse(body, answer.code, form.format, call.warnings), answer.headers);
}

function withHeaders(response: Response, headers: Readonly<Record<string, string>> = {}): Response {
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}

/** The answer to a question that no kind has: it comes as it is, whatever other form was wished for. */
export function respondOnce(answer: object | Refusal, { format }: Form, warnings: Warnings): Response {
  return answer instanceof Refusal ? refuse(answer.reason, warnings) : toResponse(answer, 201, format, warnings);
}

export function refuse(reason: Reason, warnings?: Warnings): Response {
  const status = toStatus(reason);
  const response = toResponse(status, status.code, "json", warnings);
  const retryAfterSeconds = status.details?.retryAfterSeconds;
  if (reason.type === "unauthenticated") response.headers.set("WWW-Authenticate", "Bearer");
  if (retryAfterSeconds !== undefined) response.headers.set("Retry-After", String(retryAfterSeconds));
  return response;
}

type Shown = Exclude<Answer, { form: "status" | "document" }>;

function bodyOf(call: Call, answer: Shown, form: Form): object | Refusal {
  switch (form.as) {
    case "itself":
      return answer.form === "list" ? toList(call, answer) : answer.object;
    case "metadata":
      return answer.form === "list"
        ? toMetadataList(answer, form.apiVersion)
        : toPartialMetadata(answer.object, form.apiVersion);
    case "table": {
      const includeObject = parseIncludeObject(call.query);
      if (includeObject instanceof Refusal) return includeObject;
      const options = { apiVersion: form.apiVersion, includeObject, nowMs: call.nowMs };
      if (answer.form === "list") return toTable(call.kind, answer.items, listMeta(answer), options);
      return toTable(call.kind, [answer.object], objectMeta(answer.object), options);
    }
  }
}

function toList({ kind }: Call, answer: ListAnswer): object {
  return {
    kind: `${kind.kind}List`,
    apiVersion: apiVersionOf(kind),
    metadata: listMeta(answer),
    items: answer.items,
  };
}

function toMetadataList(answer: ListAnswer, apiVersion: string): object {
  const items = answer.items.map((object) => toPartialMetadata(object, apiVersion));
  return { kind: "PartialObjectMetadataList", apiVersion, metadata: listMeta(answer), items };
}

function listMeta(answer: ListAnswer): object {
  return { resourceVersion: answer.resourceVersion, continue: answer.continue };
}

function objectMeta({ metadata }: KubeObject): object {
  return { resourceVersion: metadata.resourceVersion };
}

function toResponse(body: object, code: number, format: Format, warnings?: Warnings): Response {
  const headers = new Headers({
    "Cache-Control": "no-cache, private",
    "Content-Type": `application/${format}; charset=UTF-8`,
    "X-Content-Type-Options": "nosniff",
    // The same path answers in several forms.
    Vary: "Accept",
  });
  for (const value of warnings?.headers() ?? []) headers.append("Warning", value);
  return new Response(format === "json" ? JSON.stringify(body) : stringify(body), { status: code, headers });
}
