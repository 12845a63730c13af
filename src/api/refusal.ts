/**
 * Why a request is not carried out. Every expected failure of the API is one of these reasons, handed back as a value;
 * status.ts alone knows how each looks to a client.
 */
import type { Attributes } from "../domain/rbac.ts";
import type { FieldError } from "./validation/field-error.ts";

/** What an error is about. */
export interface Subject {
  group: string;
  /** `pods` */
  plural: string;
  /** `Pod` */
  kind: string;
  /** Empty where the name is not known. */
  name: string;
}

/** A field of another manager that an apply would change. */
export interface ApplyConflict {
  /** `"kubectl-patch" using v1` */
  manager: string;
  /** `.spec.replicas` */
  field: string;
}

export type Reason =
  /** `where` it was looked for, if that is not everywhere. */
  | { type: "not-found"; subject: Pick<Subject, "group" | "plural" | "name">; where?: string }
  | { type: "no-such-route" }
  | { type: "already-exists"; subject: Subject }
  /** `why` follows "the request cannot be fulfilled". */
  | { type: "conflict"; subject: Subject; why: string }
  | { type: "apply-conflict"; conflicts: readonly ApplyConflict[] }
  | { type: "invalid"; subject: Pick<Subject, "group" | "kind" | "name">; errors: readonly FieldError[] }
  /** A JSON patch that does not apply: Kubernetes says no more than that. */
  | { type: "patch-failed" }
  | { type: "bad-request"; message: string }
  | { type: "method-not-allowed" }
  | { type: "not-acceptable"; accepted: readonly string[] }
  | { type: "unsupported-media-type"; accepted: readonly string[] }
  | { type: "too-large"; limit: string }
  | { type: "forbidden"; subject: Subject; why: string }
  | { type: "namespace-terminating"; subject: Subject; namespace: string }
  /** A resourceVersion or a continue token whose state is gone. */
  | { type: "expired"; message: string }
  /** A collection of which one request could delete only so many. */
  | { type: "more-to-delete"; deleted: number }
  | { type: "resource-version-too-large"; asked: number; current: number }
  | { type: "too-many-requests"; retryAfterSeconds: number }
  | { type: "not-implemented"; message: string }
  /** By the rules of access control. */
  | { type: "not-allowed"; username: string; attributes: Attributes }
  | { type: "unauthenticated" }
  | { type: "denied"; message: string }
  | { type: "unavailable"; message: string }
  | { type: "internal" };

/** A class only so that `instanceof` tells it from whatever a manifest may hold. It is returned, never thrown. */
export class Refusal {
  readonly reason: Reason;

  constructor(reason: Reason) {
    this.reason = reason;
  }
}

export function badRequest(message: string): Refusal {
  return new Refusal({ type: "bad-request", message });
}
