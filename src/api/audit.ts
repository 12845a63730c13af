/** What is told of each write, to whoever has to know later who did what. Never what was written: that may be a secret. */
import type { ResourceAttributes } from "../domain/rbac.ts";
import type { Answer } from "./call.ts";
import type { ApiDeps } from "./deps.ts";
import { Refusal } from "./refusal.ts";
import { toStatus } from "./status.ts";

export interface AuditEntry {
  at: string;
  /** Who showed who they are. */
  user: string;
  /** As whom they acted, if they impersonated somebody. */
  impersonatedUser?: string;
  verb: string;
  /** `endpointslices.discovery.k8s.io`, `pods/status` */
  resource: string;
  namespace?: string;
  name?: string;
  dryRun?: true;
  /** The HTTP status that it was answered with, and the reason of a refusal. */
  code: number;
  reason?: string;
}

/** What is known of a request before it is carried out. */
export interface Asked {
  by: Pick<ApiDeps, "authenticatedUser" | "user">;
  attributes: ResourceAttributes;
  isDryRun: boolean;
  nowMs: number;
}

const writes: ReadonlySet<string> = new Set(["create", "update", "patch", "delete", "deletecollection"]);

/** Undefined for what writes nothing. */
export function auditEntry(asked: Asked, answer: Answer | Refusal): AuditEntry | undefined {
  const { authenticatedUser, user } = asked.by;
  const { verb, group, resource, subresource, namespace } = asked.attributes;
  if (!writes.has(verb)) return undefined;
  const name = nameOf(asked.attributes, answer);
  return {
    at: new Date(asked.nowMs).toISOString(),
    user: authenticatedUser.username,
    ...(user !== authenticatedUser && { impersonatedUser: user.username }),
    verb,
    resource: (group === "" ? resource : `${resource}.${group}`) + (subresource === "" ? "" : `/${subresource}`),
    ...(namespace !== "" && { namespace }),
    ...(name !== "" && { name }),
    ...(asked.isDryRun && { dryRun: true }),
    ...outcomeOf(answer),
  };
}

/** A name may have been made up by the server. */
function nameOf({ name }: ResourceAttributes, answer: Answer | Refusal): string {
  if (name !== "" || answer instanceof Refusal || answer.form !== "object") return name;
  return answer.object.metadata.name;
}

function outcomeOf(answer: Answer | Refusal): Pick<AuditEntry, "code" | "reason"> {
  if (answer instanceof Refusal) {
    const { code, reason } = toStatus(answer.reason);
    return { code, ...(reason !== undefined && { reason }) };
  }
  if (answer.form === "list") return { code: 200 };
  return { code: "code" in answer ? answer.code : answer.status.code };
}
