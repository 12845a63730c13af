/**
 * Reasons as Kubernetes `Status` objects: the one place that knows codes and wordings.
 * Source: k8s.io/apimachinery, pkg/api/errors/errors.go.
 */
import type { Attributes } from "../domain/rbac.ts";
import type { ApplyConflict, Reason, Subject } from "./refusal.ts";
import { fieldErrorText } from "./validation/field-error.ts";

export interface StatusCause {
  reason: string;
  message: string;
  field?: string;
}

export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

export interface Status {
  kind: "Status";
  apiVersion: "v1";
  metadata: Record<string, never>;
  status: "Success" | "Failure";
  message?: string;
  reason?: string;
  details?: StatusDetails;
  code: number;
}

export function success(details: StatusDetails | undefined, code: 200 | 201): Status {
  const status: Status = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code };
  return details === undefined ? status : { ...status, details };
}

export function toStatus(reason: Reason): Status {
  switch (reason.type) {
    case "not-found": {
      const where = reason.where === undefined ? "" : ` ${reason.where}`;
      return failure(404, "NotFound", `${about(reason.subject)} not found${where}`, detailsOf(reason.subject));
    }
    case "no-such-route":
      return failure(404, "NotFound", "the server could not find the requested resource", {});
    case "already-exists":
      return failure(409, "AlreadyExists", `${about(reason.subject)} already exists`, detailsOf(reason.subject));
    case "conflict": {
      const message = `Operation cannot be fulfilled on ${about(reason.subject)}: ${reason.why}`;
      return failure(409, "Conflict", message, detailsOf(reason.subject));
    }
    case "apply-conflict":
      return applyConflictStatus(reason.conflicts);
    case "invalid":
      return invalidStatus(reason);
    case "patch-failed":
      return failure(422, "Invalid", "the server rejected our request due to an error in our request", {});
    case "bad-request":
      return failure(400, "BadRequest", reason.message);
    case "method-not-allowed": {
      const message = "the server does not allow this method on the requested resource";
      return failure(405, "MethodNotAllowed", message, {});
    }
    case "not-acceptable": {
      const message = `only the following media types are accepted: ${reason.accepted.join(", ")}`;
      return failure(406, "NotAcceptable", message);
    }
    case "unsupported-media-type": {
      const accepted = reason.accepted.join(", ");
      const message = `the body of the request was in an unknown format - accepted media types include: ${accepted}`;
      return failure(415, "UnsupportedMediaType", message);
    }
    case "too-large":
      return failure(413, "RequestEntityTooLarge", `Request entity too large: ${reason.limit}`);
    case "forbidden":
      return forbiddenStatus(reason.subject, reason.why);
    case "namespace-terminating":
      return terminatingStatus(reason.subject, reason.namespace);
    case "expired":
      return failure(410, "Expired", reason.message);
    case "more-to-delete": {
      const message = `Timeout: ${reason.deleted} objects were deleted and more are left: ask again`;
      return failure(504, "Timeout", message, { retryAfterSeconds: 1 });
    }
    case "resource-version-too-large":
      return tooLargeVersionStatus(reason.asked, reason.current);
    case "too-many-requests": {
      const { retryAfterSeconds } = reason;
      return failure(429, "TooManyRequests", "Too many requests, please try again later.", { retryAfterSeconds });
    }
    case "not-implemented":
      return failure(501, "NotImplemented", reason.message);
    case "not-allowed":
      return notAllowedStatus(reason.username, reason.attributes);
    case "unauthenticated":
      return failure(401, "Unauthorized", "Unauthorized");
    case "denied":
      return failure(403, "Forbidden", reason.message);
    case "unavailable":
      return failure(503, "ServiceUnavailable", reason.message);
    case "internal":
      return failure(500, "InternalError", "Internal error occurred: the request could not be carried out");
  }
}

function failure(code: number, reason: string, message: string, details?: StatusDetails): Status {
  const status: Status = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code };
  return details === undefined ? status : { ...status, details };
}

/** `endpointslices.discovery.k8s.io "x"` */
function about({ group, plural, name }: Pick<Subject, "group" | "plural" | "name">): string {
  return `${qualified(plural, group)} ${JSON.stringify(name)}`;
}

function qualified(name: string, group: string): string {
  return group === "" ? name : `${name}.${group}`;
}

function detailsOf({ group, plural, name }: Pick<Subject, "group" | "plural" | "name">): StatusDetails {
  return { name, ...(group === "" ? {} : { group }), kind: plural };
}

/** Nobody reads more, and a body of a megabyte can be wrong in half a million places. */
const maxToldErrors = 100;

function invalidStatus({ subject, errors: found }: Extract<Reason, { type: "invalid" }>): Status {
  const { group, kind, name } = subject;
  const errors = found.slice(0, maxToldErrors);
  const texts = errors.map((error) => fieldErrorText(error));
  if (found.length > errors.length) texts.push(`and ${found.length - errors.length} more`);
  const all = texts.length === 1 ? texts.join("") : `[${texts.join(", ")}]`;
  const causes = errors.map(({ reason, message, field }) => ({ reason, message, field }));
  const message = `${qualified(kind, group)} ${JSON.stringify(name)} is invalid: ${all}`;
  return failure(422, "Invalid", message, { name, ...(group === "" ? {} : { group }), kind, causes });
}

function forbiddenStatus(subject: Subject, why: string, causes?: StatusCause[]): Status {
  const details = { ...detailsOf(subject), ...(causes === undefined ? {} : { causes }) };
  return failure(403, "Forbidden", `${about(subject)} is forbidden: ${why}`, details);
}

/** Source: k8s.io/apiserver, pkg/endpoints/handlers/responsewriters/errors.go (forbiddenMessage). */
function notAllowedStatus(username: string, attributes: Attributes): Status {
  const cannot = `User ${JSON.stringify(username)} cannot ${attributes.verb}`;
  if ("path" in attributes) {
    return failure(403, "Forbidden", `forbidden: ${cannot} path ${JSON.stringify(attributes.path)}`, {});
  }
  const { group, resource, subresource, namespace, name } = attributes;
  const whole = subresource === "" ? resource : `${resource}/${subresource}`;
  const where = namespace === "" ? "at the cluster scope" : `in the namespace ${JSON.stringify(namespace)}`;
  const why = `${cannot} resource ${JSON.stringify(whole)} in API group ${JSON.stringify(group)} ${where}`;
  const what = name === "" ? qualified(resource, group) : about({ group, plural: resource, name });
  const details = { ...(name !== "" && { name }), ...(group !== "" && { group }), kind: resource };
  return failure(403, "Forbidden", `${what} is forbidden: ${why}`, details);
}

/** Source: k8s.io/apimachinery, pkg/util/managedfields/internal/conflict.go. */
function applyConflictStatus(conflicts: readonly ApplyConflict[]): Status {
  const causes = conflicts.map(({ manager, field }) => {
    return { reason: "FieldManagerConflict", message: `conflict with ${manager}`, field };
  });
  const managers = [...new Set(conflicts.map(({ manager }) => manager))];
  const each = managers.map((manager) => {
    const fields = conflicts.filter((conflict) => conflict.manager === manager).map(({ field }) => `- ${field}`);
    return [`conflicts with ${manager}:`, ...fields].join("\n");
  });
  const [only] = causes.length === 1 ? causes : [];
  const message =
    only === undefined
      ? `Apply failed with ${causes.length} conflicts: ${each.join("\n")}`
      : `Apply failed with 1 conflict: ${only.message}: ${only.field}`;
  return failure(409, "Conflict", message, { causes });
}

function terminatingStatus(subject: Subject, namespace: string): Status {
  return forbiddenStatus(
    subject,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
    [
      {
        reason: "NamespaceTerminating",
        message: `namespace ${namespace} is being terminated`,
        field: "metadata.namespace",
      },
    ],
  );
}

function tooLargeVersionStatus(asked: number, current: number): Status {
  return failure(504, "Timeout", `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
    retryAfterSeconds: 1,
  });
}
