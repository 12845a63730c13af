/**
 * Questions that are put as objects: nothing is stored, and the answer is the object with its status.
 * Source: k8s.io/kubernetes, pkg/registry/authorization and pkg/registry/authentication.
 */
import { toTimestamp } from "../../domain/object.ts";
import { readTyped } from "../body/read-typed.ts";
import type { Call } from "../call.ts";
import type { ApiDeps } from "../deps.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import { apiVersionOf } from "../kinds/kind.ts";
import { parseWriteOptions } from "../options.ts";
import { badRequest, Refusal } from "../refusal.ts";
import type { TypeName } from "../schema/schema.ts";
import type { FieldError } from "../validation/field-error.ts";

export interface Review {
  readonly group: string;
  readonly version: string;
  readonly kind: TypeName;
  readonly plural: string;
  readonly singular: string;
  /** Whether it is put within a namespace. */
  readonly namespaced: boolean;
  /** What is wrong with the question. */
  validate(spec: JsonObject, namespace: string): FieldError[] | Refusal;
  status(spec: JsonObject, deps: ApiDeps): Promise<JsonObject>;
}

/** A request that puts one. */
export type Question = Pick<Call, "deps" | "request" | "query" | "warnings" | "nowMs" | "namespace">;

export async function answerReview(review: Review, question: Question): Promise<JsonObject | Refusal> {
  const options = parseWriteOptions(question.query, "CreateOptions");
  if (options instanceof Refusal) return options;
  const expected = { apiVersion: apiVersionOf(review), kind: review.kind, schema: review.kind };
  const document = await readTyped(question.request, expected, question.warnings, options.fieldValidation);
  if (document instanceof Refusal) return document;
  if (document === undefined) return badRequest("couldn't get version/kind; json parse error: the body is empty");
  const { metadata = {} } = document;
  const spec = isJsonObject(document["spec"]) ? document["spec"] : {};
  const errors = review.validate(spec, question.namespace);
  if (errors instanceof Refusal) return errors;
  if (errors.length > 0) {
    return new Refusal({ type: "invalid", subject: { group: review.group, kind: review.kind, name: "" }, errors });
  }
  const created = { ...(isJsonObject(metadata) && metadata), creationTimestamp: toTimestamp(question.nowMs) };
  return { ...document, metadata: created, status: await review.status(spec, question.deps) };
}
