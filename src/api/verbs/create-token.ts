/**
 * POST of a TokenRequest: makes a token for a service account. Nothing is stored; the token is good until its time is
 * over or the account goes.
 * Source: kubernetes, pkg/registry/core/serviceaccount/storage/token.go; pkg/apis/authentication/validation.
 */
import { toTimestamp } from "../../domain/object.ts";
import { readTyped } from "../body/read-typed.ts";
import { notFound, type Answer, type Call } from "../call.ts";
import type { JsonObject } from "../json.ts";
import { parseWriteOptions } from "../options.ts";
import { badRequest, Refusal } from "../refusal.ts";
import { invalid, type FieldError } from "../validation/field-error.ts";
import { toDraft } from "../write/read-draft.ts";

const expected = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", schema: "TokenRequest" } as const;

const defaultSeconds = 3_600;
const shortestSeconds = 600;
const longestSeconds = 2 ** 32;

/** What a TokenRequest asks for. */
interface TokenSpec {
  audiences?: string[];
  expirationSeconds?: number;
  boundObjectRef?: { apiVersion?: string; kind?: string };
}

const noKeys =
  "no tokens can be made here yet: set a secret to sign them with, " +
  "`openssl rand -base64 32 | npx wrangler secret put TOKEN_KEYS`";

export async function createToken(call: Call): Promise<Answer | Refusal> {
  const options = parseWriteOptions(call.query, "CreateOptions");
  if (options instanceof Refusal) return options;
  const document = await readTyped(call.request, expected, call.warnings, options.fieldValidation);
  if (document instanceof Refusal) return document;
  const request = toDraft(document ?? {});
  const spec = (request.spec ?? {}) as TokenSpec;
  const problem = whyNot(call, request.metadata, spec);
  if (problem !== undefined) return problem;

  const account = await call.deps.registry.get(call.kind.resource, call.namespace, call.name);
  if (account === undefined) return notFound(call);
  const { audiences = [], expirationSeconds = defaultSeconds } = spec;
  const expiresMs = call.nowMs + expirationSeconds * 1000;
  const issued = await call.deps.issueToken({
    account: { namespace: call.namespace, name: call.name, uid: account.metadata.uid },
    audiences,
    issuedMs: call.nowMs,
    expiresMs,
  });
  if (issued === undefined) return new Refusal({ type: "unavailable", message: noKeys });
  const made: JsonObject = {
    kind: expected.kind,
    apiVersion: expected.apiVersion,
    metadata: { name: call.name, namespace: call.namespace, creationTimestamp: toTimestamp(call.nowMs) },
    spec: { audiences: issued.audiences, expirationSeconds },
    status: { token: options.dryRun ? "" : issued.token, expirationTimestamp: toTimestamp(expiresMs) },
  };
  return { form: "document", code: 201, document: made };
}

function whyNot(call: Call, { name }: { name?: string }, spec: TokenSpec): Refusal | undefined {
  if (name && name !== call.name) return badRequest("name in URL does not match name in TokenRequest object");
  const errors = durationErrors(spec);
  if (errors.length > 0) {
    const subject = { group: "authentication.k8s.io", kind: expected.kind, name: call.name };
    return new Refusal({ type: "invalid", subject, errors });
  }
  if (spec.boundObjectRef === undefined) return undefined;
  const { apiVersion = "", kind = "" } = spec.boundObjectRef;
  return badRequest(`cannot bind token for serviceaccount ${JSON.stringify(call.name)} to type ${apiVersion}/${kind}`);
}

function durationErrors({ expirationSeconds = defaultSeconds }: TokenSpec): FieldError[] {
  const field = "spec.expirationSeconds";
  if (expirationSeconds < shortestSeconds) {
    return [invalid(field, expirationSeconds, "may not specify a duration less than 10 minutes")];
  }
  if (expirationSeconds <= longestSeconds) return [];
  return [invalid(field, expirationSeconds, "may not specify a duration larger than 2^32 seconds")];
}
