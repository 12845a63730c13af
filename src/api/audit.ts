/** What is told of each write, to whoever has to know later who did what. Never what was written: that may be a secret. */
import type { Answer, Call } from "./call.ts";
import { Refusal } from "./refusal.ts";
import { toStatus } from "./status.ts";

export interface AuditEntry {
  at: string;
  user: string;
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

/** Undefined for what writes nothing. */
export function auditEntry(call: Call, answer: Answer | Refusal): AuditEntry | undefined {
  const verb = verbOf(call);
  if (verb === undefined) return undefined;
  const { kind, namespace, subresource, query } = call;
  const name = nameOf(call, answer);
  return {
    at: new Date(call.nowMs).toISOString(),
    user: call.deps.user.username,
    verb,
    resource: subresource === "" ? kind.resource : `${kind.resource}/${subresource}`,
    ...(namespace !== "" && { namespace }),
    ...(name !== "" && { name }),
    ...(query.getAll("dryRun").includes("All") && { dryRun: true }),
    ...outcomeOf(answer),
  };
}

function verbOf({ request, name }: Call): string | undefined {
  switch (request.method) {
    case "POST":
      return "create";
    case "PUT":
      return "update";
    case "PATCH":
      return "patch";
    case "DELETE":
      return name === "" ? "deletecollection" : "delete";
    default:
      return undefined;
  }
}

/** A name may have been made up by the server. */
function nameOf({ name }: Call, answer: Answer | Refusal): string {
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
