/** What the API needs from the rest of Rollcall. worker.ts fills it in for each request. */
import type { AuditEntry } from "./audit.ts";
import type { IpRange } from "../domain/ip.ts";
import type { Node } from "../domain/node.ts";
import type { GroupResource, KubeObject } from "../domain/object.ts";
import type { Attributes, PolicyRule, RoleRef } from "../domain/rbac.ts";
import type { ServiceKey } from "../domain/service.ts";
import type { AccountReference } from "../domain/service-account.ts";
import type { User } from "../domain/user.ts";
import type { Departure } from "../registry/catalogue.ts";
import type { Concerned, Registry } from "../registry/registry.ts";

import type { Refusal } from "./refusal.ts";

export interface ApiDeps {
  registry: Registry;
  /** Whose rights the request is made with. */
  user: User;
  /** Who makes the request; another than `user` when they impersonate. */
  authenticatedUser: User;
  /** When what they showed is good no longer; undefined for never. */
  expiresMs: number | undefined;
  /**
   * Why they would not be let in now with the same request, if so; of what is remembered, also for other decisions, only
   * that counts which was read after the log had come to `revision`.
   */
  recheck(revision: number): Promise<Refusal | undefined>;
  access: Access;
  /** Makes a token for a service account; undefined while there is no key to sign it with. */
  issueToken(order: TokenOrder): Promise<IssuedToken | undefined>;
  /** Whose token it is, if it is meant for one of the audiences; for the API, where none is named. */
  reviewToken(token: string, audiences: readonly string[]): Promise<ReviewedToken>;
  /**
   * Wakes those concerned. Resolves with the services that had not taken the change in after `waitMs` (0: do not
   * wait).
   */
  announce(concerned: Concerned, waitMs: number): Promise<ServiceKey[]>;
  /** The changes to a kind from a revision on, as they come. */
  follow(subscription: ChangeSubscription): ChangeStream;
  /** The node as it is at this moment: whether a prober probes is known only when it is asked. */
  observe(node: Node): Promise<Node>;
  /** Calls `run` after a while, unless the function that it returns is called before. */
  after(durationMs: number, run: () => void): () => void;
  /** What decides how long clients may still be sent to a pod that is leaving its services. */
  departure(namespace: string): Promise<Departure>;
  /** Where cluster IPs are taken from (`SERVICE_CIDRS`), at most one range per family, the preferred one first. */
  serviceRanges: readonly IpRange[];
  /** How many objects of the resource a namespace may hold; undefined for any number. */
  quotaOf(resource: GroupResource): number | undefined;
  /** Told of each write, done or refused. */
  audit(entry: AuditEntry): void;
  /** Whether the user may have one more watch. */
  mayWatch(): Promise<boolean>;
  nowMs(): number;
  newUid(): string;
  /** At least 0, less than 1. */
  random(): number;
}

/** Who may do what, at this moment or a few seconds ago. */
export interface Access {
  allows(user: User, attributes: Attributes): Promise<boolean>;
  /** What holds for the user in a namespace, or everywhere where none is named. */
  rulesOf(user: User, namespace: string): Promise<readonly PolicyRule[]>;
  /** The rules of the role that a binding in the namespace names; undefined where there is no such role. */
  rulesOfRole(role: RoleRef, namespace: string): Promise<readonly PolicyRule[] | undefined>;
}

export interface TokenOrder {
  account: AccountReference;
  /** Whom it is meant for; the API, where nobody is named. */
  audiences: readonly string[];
  issuedMs: number;
  expiresMs: number;
}

export interface IssuedToken {
  token: string;
  audiences: readonly string[];
}

export type ReviewedToken =
  /** `audiences` are those that were asked for and that it is meant for. */
  | { outcome: "good"; user: User; audiences: readonly string[] }
  /** `audiences` are those that it is meant for, none of them among those that were asked for. */
  | { outcome: "for-others"; audiences: readonly string[]; asked: readonly string[] }
  | { outcome: "bad" };

export interface ChangeSubscription {
  resource: GroupResource;
  /** All namespaces when absent. */
  namespace?: string;
  /** Changes up to here are known already. */
  toldRevision: number;
}

export interface LoggedChange {
  revision: number;
  change: "ADDED" | "MODIFIED" | "DELETED";
  object: KubeObject;
  before: KubeObject | undefined;
}

/** What comes next on a stream of changes; after anything but changes and nudges it has ended. */
export type NextChanges =
  | {
      type: "changes";
      upToRevision: number;
      entries: readonly LoggedChange[];
      /** Set when it may have changed among them who may do what. */
      accessChanged?: true;
    }
  | { type: "nudge" }
  | { type: "too-old"; compactedRevision: number }
  | { type: "overrun" }
  | { type: "closed" };

export interface ChangeStream {
  changes(): AsyncIterable<NextChanges>;
  /** Wakes the reader although nothing has changed. */
  nudge(): void;
  close(): void;
}

/** How Hono is told of them: they travel as its environment. */
export interface ApiEnv {
  Bindings: ApiDeps;
}
