/**
 * Questions that are put as objects: nothing is stored, and the answer is the object with its status.
 * Source: k8s.io/kubernetes, pkg/registry/authorization and pkg/registry/authentication.
 */
import { toTimestamp } from "../../domain/object.ts";
import type { User } from "../../domain/user.ts";
import { readTyped } from "../body/read-typed.ts";
import type { Call } from "../call.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import { apiVersionOf } from "../kinds/kind.ts";
import { parseWriteOptions } from "../options.ts";
import { badRequest, Refusal } from "../refusal.ts";
import type { TypeName } from "../schema/schema.ts";
import { invalid, type FieldError } from "../validation/field-error.ts";

export interface Review {
  readonly group: string;
  readonly version: string;
  readonly kind: TypeName;
  readonly plural: string;
  readonly singular: string;
  /** What is wrong with the question. */
  validate(spec: JsonObject): FieldError[] | Refusal;
  status(user: User): JsonObject;
}

/** What is asked of a review that no path leads further into. */
export type Question = Pick<Call, "deps" | "request" | "query" | "warnings" | "nowMs">;

export async function answerReview(review: Review, question: Question): Promise<JsonObject | Refusal> {
  const options = parseWriteOptions(question.query, "CreateOptions");
  if (options instanceof Refusal) return options;
  const expected = { apiVersion: apiVersionOf(review), kind: review.kind, schema: review.kind };
  const document = await readTyped(question.request, expected, question.warnings, options.fieldValidation);
  if (document instanceof Refusal) return document;
  if (document === undefined) return badRequest("couldn't get version/kind; json parse error: the body is empty");
  const { spec = {}, metadata = {} } = document;
  const errors = review.validate(isJsonObject(spec) ? spec : {});
  if (errors instanceof Refusal) return errors;
  if (errors.length > 0) {
    return new Refusal({ type: "invalid", subject: { group: review.group, kind: review.kind, name: "" }, errors });
  }
  const created = { ...(isJsonObject(metadata) && metadata), creationTimestamp: toTimestamp(question.nowMs) };
  return { ...document, metadata: created, status: review.status(question.deps.user) };
}

/** Until there is access control, whoever is let in may do everything. */
export const reviews: readonly Review[] = [
  {
    group: "authorization.k8s.io",
    version: "v1",
    kind: "SelfSubjectAccessReview",
    plural: "selfsubjectaccessreviews",
    singular: "selfsubjectaccessreview",
    validate({ resourceAttributes, nonResourceAttributes }) {
      if (resourceAttributes !== undefined && nonResourceAttributes !== undefined) {
        const why = "cannot be specified in combination with resourceAttributes";
        return [invalid("spec.nonResourceAttributes", nonResourceAttributes, why)];
      }
      if (resourceAttributes !== undefined || nonResourceAttributes !== undefined) return [];
      const why = "exactly one of nonResourceAttributes or resourceAttributes must be specified";
      return [invalid("spec.resourceAttributes", null, why)];
    },
    status: () => ({ allowed: true }),
  },
  {
    group: "authorization.k8s.io",
    version: "v1",
    kind: "SelfSubjectRulesReview",
    plural: "selfsubjectrulesreviews",
    singular: "selfsubjectrulesreview",
    validate: ({ namespace = "" }) => (namespace === "" ? badRequest("no namespace on request") : []),
    status: () => ({
      resourceRules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }],
      nonResourceRules: [{ verbs: ["*"], nonResourceURLs: ["*"] }],
      incomplete: false,
    }),
  },
  {
    group: "authentication.k8s.io",
    version: "v1",
    kind: "SelfSubjectReview",
    plural: "selfsubjectreviews",
    singular: "selfsubjectreview",
    validate: () => [],
    status: ({ username, groups }) => ({ userInfo: { username, groups: [...groups] } }),
  },
];
