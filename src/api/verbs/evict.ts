/** POST of an Eviction: a deletion that asks nicely. There are no disruption budgets here, so it is always granted. */
import { readTyped } from "../body/read-typed.ts";
import { notFound, type Answer, type Call } from "../call.ts";
import { isJsonObject } from "../json.ts";
import { badRequest, Refusal } from "../refusal.ts";
import { success } from "../status.ts";
import { parseDeleteOptions } from "../write/delete-options.ts";
import { toDraft } from "../write/read-draft.ts";
import { deleteFound } from "./delete.ts";

export async function evict(call: Call): Promise<Answer | Refusal> {
  const expected = { apiVersion: undefined, kind: "Eviction", schema: "Eviction" } as const;
  const body = await readTyped(call.request, expected, call.warnings, "Ignore");
  if (body instanceof Refusal) return body;
  const { name } = toDraft(body ?? {}).metadata;
  if (name && name !== call.name) return badRequest("name in URL does not match name in Eviction object");
  const asked = body?.["deleteOptions"];
  const options = parseDeleteOptions(isJsonObject(asked) ? asked : undefined, call.query);
  if (options instanceof Refusal) return options;
  const pod = await call.deps.registry.get(call.kind.resource, call.namespace, call.name);
  if (pod === undefined) return notFound(call);
  const result = await deleteFound(call, pod, options);
  if (result instanceof Refusal || result.form === "list") return result;
  return { form: "status", status: success(undefined, 201), ...(result.headers && { headers: result.headers }) };
}
