/**
 * The reviews that there are: whether somebody may do something, what they may do, who they are, whose a token is.
 * Source: kubernetes, pkg/apis/authorization/validation/validation.go; pkg/registry/authorization;
 * pkg/registry/authentication/tokenreview/storage.go.
 */
import type { PolicyRule } from "../../domain/rbac.ts";
import type { User } from "../../domain/user.ts";
import type { ReviewedToken } from "../deps.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import { badRequest } from "../refusal.ts";
import { forbidden, invalid, type FieldError } from "../validation/field-error.ts";
import { attributesOf, subjectOf, textOf } from "./asked.ts";
import type { Review } from "./review.ts";

const authentication = { group: "authentication.k8s.io", version: "v1" } as const;
const authorization = { group: "authorization.k8s.io", version: "v1" } as const;

export const reviews: readonly Review[] = [
  {
    ...authorization,
    kind: "SelfSubjectAccessReview",
    plural: "selfsubjectaccessreviews",
    singular: "selfsubjectaccessreview",
    namespaced: false,
    validate: (spec) => attributeErrors(spec),
    status: async (spec, { access, user }) => ({ allowed: await access.allows(user, attributesOf(spec)) }),
  },
  {
    ...authorization,
    kind: "SubjectAccessReview",
    plural: "subjectaccessreviews",
    singular: "subjectaccessreview",
    namespaced: false,
    validate: (spec) => [...attributeErrors(spec), ...subjectErrors(spec)],
    status: async (spec, { access }) => ({ allowed: await access.allows(subjectOf(spec), attributesOf(spec)) }),
  },
  {
    ...authorization,
    kind: "LocalSubjectAccessReview",
    plural: "localsubjectaccessreviews",
    singular: "localsubjectaccessreview",
    namespaced: true,
    validate: (spec, namespace) => [...attributeErrors(spec), ...subjectErrors(spec), ...localErrors(spec, namespace)],
    status: async (spec, { access }) => ({ allowed: await access.allows(subjectOf(spec), attributesOf(spec)) }),
  },
  {
    ...authorization,
    kind: "SelfSubjectRulesReview",
    plural: "selfsubjectrulesreviews",
    singular: "selfsubjectrulesreview",
    namespaced: false,
    validate: ({ namespace = "" }) => (namespace === "" ? badRequest("no namespace on request") : []),
    status: async (spec, { access, user }) => rulesStatus(await access.rulesOf(user, textOf(spec, "namespace"))),
  },
  {
    ...authentication,
    kind: "TokenReview",
    plural: "tokenreviews",
    singular: "tokenreview",
    namespaced: false,
    validate: (spec) =>
      textOf(spec, "token") === "" ? badRequest("token is required for TokenReview in authentication") : [],
    status: async (spec, deps) => tokenStatus(await deps.reviewToken(textOf(spec, "token"), audiencesOf(spec))),
  },
  {
    ...authentication,
    kind: "SelfSubjectReview",
    plural: "selfsubjectreviews",
    singular: "selfsubjectreview",
    namespaced: false,
    validate: () => [],
    status: async (_, { user }) => ({ userInfo: toUserInfo(user) }),
  },
];

function attributeErrors({ resourceAttributes, nonResourceAttributes }: JsonObject): FieldError[] {
  if (resourceAttributes !== undefined && nonResourceAttributes !== undefined) {
    const why = "cannot be specified in combination with resourceAttributes";
    return [invalid("spec.nonResourceAttributes", nonResourceAttributes, why)];
  }
  if (resourceAttributes !== undefined || nonResourceAttributes !== undefined) return [];
  const why = "exactly one of nonResourceAttributes or resourceAttributes must be specified";
  return [invalid("spec.resourceAttributes", null, why)];
}

function subjectErrors({ user = "", groups = [] }: JsonObject): FieldError[] {
  if (user !== "" || (Array.isArray(groups) && groups.length > 0)) return [];
  return [invalid("spec.user", user, "at least one of user or group must be specified")];
}

function localErrors({ resourceAttributes, nonResourceAttributes }: JsonObject, namespace: string): FieldError[] {
  if (nonResourceAttributes !== undefined) {
    return [forbidden("spec.nonResourceAttributes", "disallowed on this kind of request")];
  }
  const asked = isJsonObject(resourceAttributes) ? (resourceAttributes["namespace"] ?? "") : namespace;
  return asked === namespace
    ? []
    : [invalid("spec.resourceAttributes.namespace", asked, `must match metadata.namespace: ${namespace}`)];
}

function rulesStatus(rules: readonly PolicyRule[]): JsonObject {
  return {
    resourceRules: rules.flatMap(({ verbs = [], apiGroups = [], resources = [], resourceNames = [] }) => {
      if (resources.length === 0) return [];
      return [{ verbs, apiGroups, resources, ...(resourceNames.length > 0 && { resourceNames }) }];
    }),
    nonResourceRules: rules.flatMap(({ verbs = [], nonResourceURLs = [] }) => {
      return nonResourceURLs.length === 0 ? [] : [{ verbs, nonResourceURLs }];
    }),
    incomplete: false,
  };
}

function audiencesOf({ audiences }: JsonObject): string[] {
  return Array.isArray(audiences) ? audiences.map((audience) => String(audience)) : [];
}

function tokenStatus(reviewed: ReviewedToken): JsonObject {
  switch (reviewed.outcome) {
    case "good":
      return { authenticated: true, user: toUserInfo(reviewed.user), audiences: [...reviewed.audiences] };
    case "for-others": {
      const [meant, asked] = [reviewed.audiences, reviewed.asked].map((audiences) => quotedList(audiences));
      const why = `token audiences ${meant} is invalid for the target audiences ${asked}`;
      return { user: {}, error: `[${invalidToken}, ${why}]` };
    }
    case "bad":
      return { user: {}, error: invalidToken };
  }
}

const invalidToken = "invalid bearer token";

/** As Go prints a list of texts. */
function quotedList(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(" ")}]`;
}

function toUserInfo({ username, uid, groups, extra }: User): JsonObject {
  return { username, ...(uid !== undefined && { uid }), groups, ...(extra !== undefined && { extra }) };
}
