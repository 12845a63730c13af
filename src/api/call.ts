/** One request to the API, understood as far as its path goes, and what comes of it. */
import type { KubeObject } from "../domain/object.ts";
import type { Context } from "./context.ts";
import type { Kind } from "./kinds/kind.ts";
import { Refusal, type Subject } from "./refusal.ts";
import type { Status } from "./status.ts";

/** What a path names; empty where it has no such part. */
export interface ResourcePath {
  group: string;
  version: string;
  namespace: string;
  plural: string;
  name: string;
  subresource: string;
}

export interface Call extends Context {
  kind: Kind;
  /** Empty for cluster-scoped kinds and for lists over all namespaces. */
  namespace: string;
  /** Empty where the path names a collection. */
  name: string;
  /** What comes behind the name, as in `/status`; empty for the object itself. */
  subresource: string;
  query: URLSearchParams;
  request: Request;
}

export interface ListAnswer {
  form: "list";
  items: KubeObject[];
  resourceVersion: string;
  continue: string | undefined;
}

/** What an answer tells beside its body, by the names of HTTP headers. */
type AnswerHeaders = Readonly<Record<string, string>>;

export type Answer =
  | { form: "object"; code: 200 | 201; object: KubeObject; headers?: AnswerHeaders }
  | ListAnswer
  | { form: "status"; status: Status; headers?: AnswerHeaders }
  /** What is no object of any kind, and is told as it is. */
  | { form: "document"; code: 201; document: object; headers?: AnswerHeaders };

/** Carries a call out. */
export type Verb = (call: Call) => Promise<Answer | Refusal>;

export function subjectOf({ kind, name }: Pick<Call, "kind" | "name">): Subject {
  return { group: kind.group, plural: kind.plural, kind: kind.kind, name };
}

export function notFound(call: Pick<Call, "kind" | "name">): Refusal {
  return new Refusal({ type: "not-found", subject: subjectOf(call) });
}
