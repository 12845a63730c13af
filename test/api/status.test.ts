import { describe, expect, it } from "vitest";
import type { Reason } from "../../src/api/refusal.ts";
import { toStatus } from "../../src/api/status.ts";
import { duplicate, invalid, required } from "../../src/api/validation/field-error.ts";

const pod = { group: "", plural: "pods", kind: "Pod", name: "web" };
const slice = { group: "discovery.k8s.io", plural: "endpointslices", kind: "EndpointSlice", name: "x" };
const badName = invalid("metadata.name", "Bad_Name", "must be good");

describe("a refusal is told as Kubernetes tells it:", () => {
  it.each<[Reason, number, string, string, object | undefined]>([
    [{ type: "not-found", subject: pod }, 404, "NotFound", 'pods "web" not found', { name: "web", kind: "pods" }],
    [
      { type: "not-found", subject: slice },
      404,
      "NotFound",
      'endpointslices.discovery.k8s.io "x" not found',
      { name: "x", group: "discovery.k8s.io", kind: "endpointslices" },
    ],
    [{ type: "no-such-route" }, 404, "NotFound", "the server could not find the requested resource", {}],
    [
      { type: "already-exists", subject: pod },
      409,
      "AlreadyExists",
      'pods "web" already exists',
      { name: "web", kind: "pods" },
    ],
    [
      { type: "conflict", subject: pod, why: "the object has been modified" },
      409,
      "Conflict",
      'Operation cannot be fulfilled on pods "web": the object has been modified',
      { name: "web", kind: "pods" },
    ],
    [
      { type: "invalid", subject: { ...pod, name: "Bad_Name" }, errors: [badName] },
      422,
      "Invalid",
      'Pod "Bad_Name" is invalid: metadata.name: Invalid value: "Bad_Name": must be good',
      {
        name: "Bad_Name",
        kind: "Pod",
        causes: [
          {
            reason: "FieldValueInvalid",
            message: 'Invalid value: "Bad_Name": must be good',
            field: "metadata.name",
          },
        ],
      },
    ],
    [
      { type: "invalid", subject: slice, errors: [required("addressType"), duplicate("ports[1].name", "a")] },
      422,
      "Invalid",
      'EndpointSlice.discovery.k8s.io "x" is invalid: [addressType: Required value, ports[1].name: Duplicate value: "a"]',
      {
        name: "x",
        group: "discovery.k8s.io",
        kind: "EndpointSlice",
        causes: [
          { reason: "FieldValueRequired", message: "Required value", field: "addressType" },
          { reason: "FieldValueDuplicate", message: 'Duplicate value: "a"', field: "ports[1].name" },
        ],
      },
    ],
    [{ type: "patch-failed" }, 422, "Invalid", "the server rejected our request due to an error in our request", {}],
    [{ type: "bad-request", message: "no" }, 400, "BadRequest", "no", undefined],
    [
      { type: "method-not-allowed" },
      405,
      "MethodNotAllowed",
      "the server does not allow this method on the requested resource",
      {},
    ],
    [
      { type: "not-acceptable", accepted: ["application/json", "application/yaml"] },
      406,
      "NotAcceptable",
      "only the following media types are accepted: application/json, application/yaml",
      undefined,
    ],
    [
      { type: "unsupported-media-type", accepted: ["application/json"] },
      415,
      "UnsupportedMediaType",
      "the body of the request was in an unknown format - accepted media types include: application/json",
      undefined,
    ],
    [
      { type: "too-large", limit: "limit is 1048576" },
      413,
      "RequestEntityTooLarge",
      "Request entity too large: limit is 1048576",
      undefined,
    ],
    [
      { type: "forbidden", subject: pod, why: "no" },
      403,
      "Forbidden",
      'pods "web" is forbidden: no',
      { name: "web", kind: "pods" },
    ],
    [
      { type: "namespace-terminating", subject: pod, namespace: "gone" },
      403,
      "Forbidden",
      'pods "web" is forbidden: unable to create new content in namespace gone because it is being terminated',
      {
        name: "web",
        kind: "pods",
        causes: [
          {
            reason: "NamespaceTerminating",
            message: "namespace gone is being terminated",
            field: "metadata.namespace",
          },
        ],
      },
    ],
    [{ type: "expired", message: "too old" }, 410, "Expired", "too old", undefined],
    [
      { type: "resource-version-too-large", asked: 100, current: 5 },
      504,
      "Timeout",
      "Timeout: Too large resource version: 100, current: 5",
      {
        causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
        retryAfterSeconds: 1,
      },
    ],
    [{ type: "not-implemented", message: "no logs" }, 501, "NotImplemented", "no logs", undefined],
    [{ type: "unauthenticated" }, 401, "Unauthorized", "Unauthorized", undefined],
    [{ type: "unavailable", message: "closed" }, 503, "ServiceUnavailable", "closed", undefined],
  ])("%j", (reason, code, word, message, details) => {
    const status = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason: word, code };
    expect(toStatus(reason)).toEqual(details === undefined ? status : { ...status, details });
  });

  it("of more things than anybody reads, a hundred are told, and how many there are besides", () => {
    const errors = Array.from({ length: 105 }, (_, index) => required(`items[${index}].name`));
    const status = toStatus({ type: "invalid", subject: { group: "", kind: "Pod", name: "web" }, errors });
    expect(status.message).toMatch(/items\[99\]\.name: Required value, and 5 more\]$/);
    expect(status.details?.causes).toHaveLength(100);
  });

  it("a bug says nothing of itself", () => {
    expect(toStatus({ type: "internal" })).toMatchObject({ code: 500, reason: "InternalError" });
  });
});
